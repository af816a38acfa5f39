"""Comparisons: which there are, which fit which type of fact, what they compare with, and whether one passes."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.registry import Fact, FactType

Test = Mapping[str, Any]
Facts = Mapping[str, Any]
Known = Mapping[str, Fact]

MOST_CHOICES = 50
MOST_DAYS = 36_500
LONGEST_TEXT = 200
LARGEST = 10**15
OPTIONS = ("fact", "fresh_days")
EVENT = "event."
OWN_FIELD = "account.custom."
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


@dataclass(frozen=True)
class Comparison:
    """`takes`: one value as the fact's own, many of them, a number of days, a day, or yes or no.

    `passes` gets the value as known, the value of the test, and the tenant's day.
    """

    words: str
    takes: str
    passes: Callable[[Any, Any, dt.date], bool]


def same(known: Any, wanted: Any) -> bool:
    """A kind with its like: in Python True equals 1, in conditions it doesn't."""
    return kind(known) == kind(wanted) and known == wanted


def _in_order(known: Any, wanted: Any) -> bool:
    return kind(known) == kind(wanted) and kind(known) in ("number", "text", "date")


COMPARISONS: dict[str, Comparison] = {
    "is": Comparison("is", "one", lambda known, wanted, today: same(known, wanted)),
    "is_not": Comparison("is not", "one", lambda known, wanted, today: not same(known, wanted)),
    "in": Comparison("is one of", "many", lambda known, wanted, today: any(same(known, one) for one in wanted)),
    "not_in": Comparison("is none of", "many", lambda known, wanted, today: not any(same(known, w) for w in wanted)),
    "at_least": Comparison("is at least", "one", lambda known, wanted, _: _in_order(known, wanted) and known >= wanted),
    "at_most": Comparison("is at most", "one", lambda known, wanted, _: _in_order(known, wanted) and known <= wanted),
    "more_than": Comparison("is more than", "one", lambda known, want, _: _in_order(known, want) and known > want),
    "less_than": Comparison("is less than", "one", lambda known, want, _: _in_order(known, want) and known < want),
    "before": Comparison("is before", "day", lambda known, wanted, _: _in_order(known, wanted) and known < wanted),
    "after": Comparison("is after", "day", lambda known, wanted, _: _in_order(known, wanted) and known > wanted),
    "within_days": Comparison("is within {}", "days", lambda known, n, today: 0 <= (known - today).days <= n),
    "within_days_ago": Comparison(
        "was within the last {}", "days", lambda known, n, today: 0 <= (today - known).days <= n
    ),
    "older_than_days": Comparison("was more than {} ago", "days", lambda known, n, today: (today - known).days > n),
    "in_past": Comparison("is in the past", "flag", lambda known, wanted, today: (known < today) is wanted),
    "known": Comparison("is known", "flag", lambda known, wanted, today: (known is not None) is wanted),
}

EQUAL = ("is", "is_not")
LISTED = (*EQUAL, "in", "not_in")
ORDERED = ("at_least", "at_most", "more_than", "less_than")
DATED = ("within_days", "within_days_ago", "older_than_days", "in_past", "before", "after")
FITTING: dict[FactType | None, tuple[str, ...]] = {
    FactType.NUMBER: (*ORDERED, *LISTED, "known"),
    FactType.MONEY: (*ORDERED, *LISTED, "known"),
    FactType.PERCENT: (*ORDERED, *LISTED, "known"),
    FactType.DATE: (*DATED, *EQUAL, "known"),
    FactType.BOOLEAN: (*EQUAL, "known"),
    FactType.TEXT: (*LISTED, "known"),
    FactType.CHOICE: (*LISTED, "known"),
    # Facts of events are declared without a type: whatever needs none.
    None: (*LISTED, *ORDERED, "before", "after", "known"),
}
TYPES: dict[FactType | None, str] = {
    FactType.NUMBER: "a number", FactType.PERCENT: "a number",
    FactType.MONEY: "a whole amount in the currency’s smallest unit, such as cents",
    FactType.DATE: "a date such as 2026-03-31", FactType.BOOLEAN: "yes or no", FactType.TEXT: "a text",
    FactType.CHOICE: "a choice", None: "a value",
}  # fmt: skip


def fitting(fact: Fact | None) -> tuple[str, ...]:
    return FITTING[fact.type if fact else None]


def compared(test: Test) -> tuple[str, Any]:
    """The comparison's name and what it compares with."""
    return next((key, value) for key, value in test.items() if key not in OPTIONS)


def named(test: Test) -> str:
    """The fact's name; a tenant's own field may be called by the name that older conditions have."""
    name: str = test["fact"]
    return f"custom.{name.removeprefix(OWN_FIELD)}" if name.startswith(OWN_FIELD) else name


def kind(value: Any) -> str | None:
    kinds = ((bool, "flag"), (int | float | Decimal, "number"), (str, "text"), (dt.date, "date"))
    return next((name for type_, name in kinds if isinstance(value, type_)), None)


def exact(value: Any) -> Any:
    """Numbers as PostgreSQL's numeric has them; all else as it is."""
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def to_day(value: Any) -> dt.date | None:
    if not isinstance(value, str) or not ISO_DATE.match(value):
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None


def value_of(test: Test, facts: Facts, *, today: dt.date, known: Known | None) -> Any:
    """What is known as the test may trust it; None where nothing is, or nothing fresh enough."""
    name = named(test)
    fact = known.get(name) if known is not None else None
    if known is not None and fact is None and not name.startswith(EVENT):
        return None
    value = facts.get(name, facts.get(test["fact"]))
    if value in (None, "") or (fact and _is_stale(fact, test, facts, today)):
        return None
    return to_day(value) if fact and fact.type is FactType.DATE else exact(value)


def _is_stale(fact: Fact, test: Test, facts: Facts, today: dt.date) -> bool:
    limits = [limit for limit in (fact.fresh_days, test.get("fresh_days")) if limit is not None]
    if not fact.dated_by or not limits:
        return False
    day = to_day(facts.get(f"@{fact.dated_by}"))
    return day is None or (today - day).days > min(limits)


def wanted_of(name: str, value: Any, fact: Fact | None) -> Any:
    """What the test compares with, as something that can be compared."""
    if COMPARISONS[name].takes in ("flag", "days"):
        return value
    if isinstance(value, list):
        return [exact(one) for one in value]
    return to_day(value) if fact and fact.type is FactType.DATE else exact(value)


def passes(test: Test, facts: Facts, *, today: dt.date, known: Known | None) -> bool:
    name, wanted = compared(test)
    value = value_of(test, facts, today=today, known=known)
    if value is None:
        return name == "known" and wanted is False
    fact = known.get(named(test)) if known is not None else None
    return COMPARISONS[name].passes(value, wanted_of(name, wanted, fact), today)


def value_problem(name: str, value: Any, fact: Fact | None, types: Mapping[FactType | None, str] = TYPES) -> str | None:
    """What is wrong with what the test compares with; `fact` None: any value will do. `types` names what it needs."""
    takes = COMPARISONS[name].takes
    if takes == "flag":
        return None if isinstance(value, bool) else "is true or false"
    if takes == "days":
        return None if _whole(value) and 0 <= value <= MOST_DAYS else f"needs a number of days from 0 to {MOST_DAYS}"
    if takes == "day":
        return None if to_day(value) else f"needs {types[FactType.DATE]}"
    if takes == "many":
        if not isinstance(value, list) or not value:
            return "needs a list"
        if len(value) > MOST_CHOICES:
            return f"takes at most {MOST_CHOICES} values"
        return next((problem for one in value if (problem := _one_problem(one, fact, types))), None)
    return _one_problem(value, fact, types)


def _one_problem(value: Any, fact: Fact | None, types: Mapping[FactType | None, str]) -> str | None:
    if not _of_type(value, fact.type if fact else None):
        return f"needs {types[fact.type if fact else None]}"
    if fact and fact.choices and value not in (choices := [choice for choice, _ in fact.choices]):
        return f"knows no “{value}”: one of {', '.join(map(str, choices))}"
    return None


def _of_type(value: Any, type_: FactType | None) -> bool:
    if type_ is None:
        return isinstance(value, bool) or _number(value) or _text(value)
    if type_ is FactType.MONEY:
        return _amount(value)
    if type_ in (FactType.NUMBER, FactType.PERCENT):
        return _number(value)
    if type_ is FactType.BOOLEAN:
        return isinstance(value, bool)
    return to_day(value) is not None if type_ is FactType.DATE else _text(value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _amount(value: Any) -> bool:
    return _whole(value) and abs(value) <= LARGEST


def _number(value: Any) -> bool:
    return math.isfinite(value) and abs(value) <= LARGEST if isinstance(value, float) else _amount(value)


def _text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and "\x00" not in value
