"""A test as a person says it, with the labels and units of the facts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts import formats
from accounts.registry import Fact, FactType
from blueprints.rules.comparisons import (
    COMPARISONS,
    EVENT,
    TYPES,
    Known,
    Test,
    compared,
    exact,
    kind,
    named,
    to_day,
    value_problem,
)
from blueprints.rules.tree import GROUPS, Tree

EXTERNAL = "ext."
# A form takes money in whole units, and turns it into what conditions keep.
TYPED = TYPES | {FactType.MONEY: "an amount such as 20000"}
JOINED = {"all": " and ", "any": " or "}


def sentence(test: Test, known: Known | None = None, *, currency: str = "USD") -> str:
    """“Next renewal is within 180 days”; a fact that nobody knows any more is called by its name."""
    name, wanted = compared(test)
    fact = (known or {}).get(named(test))
    words, takes = COMPARISONS[name].words, COMPARISONS[name].takes
    if takes == "flag":
        ending = words if wanted else words.replace("is ", "is not ", 1)
    elif takes == "days":
        ending = words.format(_count(wanted))
    elif isinstance(wanted, list):
        ending = f"{words} {', '.join(said(one, fact, currency=currency) for one in wanted)}"
    else:
        ending = f"{words} {said(wanted, fact, currency=currency)}"
    limit = f" (not older than {_count(test['fresh_days'])})" if "fresh_days" in test else ""
    return f"{label(test, fact)} {ending}{limit}"


def sentences(tree: Tree, known: Known | None = None, *, currency: str = "USD") -> list[str]:
    """One for each child of the tree; a group's tests stand in one, joined by “and” or “or”."""
    return [_child(child, known, currency, len(children) > 1) for children in tree.values() for child in children]


def _child(child: Any, known: Known | None, currency: str, beside: bool) -> str:
    """A group beside others stands in brackets: “a and b or c” could be read in two ways."""
    for group in GROUPS:
        if group in child:
            said_of_each = [sentence(test, known, currency=currency) for test in child[group]]
            together = JOINED[group].join(said_of_each)
            return f"({together})" if beside and len(said_of_each) > 1 else together
    return sentence(child, known, currency=currency)


def typed_wrong(test: Test, known: Known) -> str | None:
    """What is wrong with a value that somebody typed: “ARR” is at least: needs an amount such as 20000."""
    name, value = compared(test)
    fact = known.get(named(test))
    if problem := value_problem(name, value, fact, TYPED):
        return f"“{label(test, fact)}” {COMPARISONS[name].words.format('…')}: {problem}."
    old = value_problem("older_than_days", test["fresh_days"], None) if "fresh_days" in test else None
    return f"“{label(test, fact)}” not older than: {old}." if old else None


def label(test: Test, fact: Fact | None) -> str:
    if fact:
        return str(fact.label)
    name = test["fact"].removeprefix(EVENT).removeprefix("account.")
    if name.startswith(EXTERNAL):
        return f"{name.removeprefix(EXTERNAL).replace('_', ' ').capitalize()} (from another system, not defined here)"
    return name.replace("_", " ").replace(".", " ")


def said(value: Any, fact: Fact | None, *, currency: str = "USD") -> str:
    """A value as it is read: choices by their label, money with its currency, dates in words."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and (day := to_day(value)) and (fact is None or fact.type is FactType.DATE):
        return _day(day)
    if fact is None:
        return str(value).replace("_", " ")
    if fact.type is FactType.CHOICE:
        return str(dict(fact.choices).get(value, value))
    if kind(value) != "number":
        return str(value)
    if fact.type is FactType.MONEY:
        return formats.money(int(value), str(fact.unit) if fact.unit and fact.name.startswith(EVENT) else currency)
    plain = f"{exact(value).normalize():,f}".replace("-", "−")
    unit = "%" if fact.type is FactType.PERCENT else f" {formats.unit(value, str(fact.unit))}" if fact.unit else ""
    return f"{plain}{unit}"


def _day(day: dt.date) -> str:
    return f"{formats.MONTHS[day.month - 1]} {day.day}, {day.year}"


def _count(days: int) -> str:
    return f"{days:,} {'day' if days == 1 else 'days'}"
