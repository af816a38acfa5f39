"""What a row says about a contract, made whole: its term, and what it is worth a year in the smallest unit."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from accounts.imports.values import amounts, currencies, histories
from accounts.imports.values.wrong import Wrong

Fault = Callable[[str, str], None]  # key of the field, what is wrong
DAY = dt.timedelta(days=1)
MONTHS_A_YEAR, DAYS_A_MONTH = 12, Decimal("30.4375")
MOST_YEARS = 10


def settle(values: dict[str, Any], expected: str, fault: Fault, today: dt.date | None = None) -> None:
    """In place. `expected`: the currency of amounts that name none. An amount always leaves with its currency."""
    _term(values, fault, today)
    arr, total = values.pop("arr", None), values.pop("total", None)
    months = values.pop("term_months", None)
    if "movements" in values:
        _history(values, expected, fault)
    key, money = ("arr", arr) if arr is not None else ("total", total)
    if money is None:
        return
    try:
        values["currency"], values["amount_minor"] = _worth(money, key == "total", values, months, expected)
    except Wrong as wrong:
        fault(key, str(wrong))


def _history(values: dict[str, Any], expected: str, fault: Fault) -> None:
    try:
        values["movements"] = histories.read(values["movements"], values.get("currency") or expected)
    except Wrong as wrong:
        del values["movements"]
        fault("movements", str(wrong))


def later(day: dt.date, months: int) -> dt.date:
    """The same day so many months on, or the last of a shorter month."""
    years, month = divmod(day.month - 1 + months, MONTHS_A_YEAR)
    year = day.year + years
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def months_between(start: dt.date, end: dt.date) -> Decimal:
    """Whole months where the days say so, else by days."""
    whole = (end.year - start.year) * MONTHS_A_YEAR + end.month - start.month
    if whole > 0 and later(start, whole) == end:
        return Decimal(whole)
    return Decimal((end - start).days) / DAYS_A_MONTH


def _term(values: dict[str, Any], fault: Fault, today: dt.date | None) -> None:
    last_day = values.pop("last_day", None)
    if last_day and "end_on" not in values:
        values["end_on"] = (dt.date.fromisoformat(last_day) + DAY).isoformat()
    months = values.get("term_months")
    start, end = values.get("start_on") or values.get("signed_on"), values.get("end_on")
    if not start and end:
        start = _began(dt.date.fromisoformat(end), months, today).isoformat()
    if start:
        values["start_on"] = start
    if start and not end and months:
        values["end_on"] = later(dt.date.fromisoformat(start), months).isoformat()
    end = values.get("end_on")
    if start and end and end <= start:  # ISO days compare as texts
        fault("last_day" if last_day else "end_on", f"lies before the term starts, on {start}")


def _began(end: dt.date, months: int | None, today: dt.date | None) -> dt.date:
    """Most books say when a contract renews and not since when it runs: so many whole years that it runs today."""
    years = 1
    while not months and today and years < MOST_YEARS and later(end, -years * MONTHS_A_YEAR) > today:
        years += 1
    return later(end, -(months or years * MONTHS_A_YEAR))


def _worth(
    money: tuple[Decimal, str, bool], whole_term: bool, values: dict[str, Any], months: int | None, expected: str
) -> tuple[str, int]:
    value, sign, exact = money
    currency = _currency(sign, values.get("currency"), expected)
    if value < 0:
        raise Wrong("is negative")
    if not whole_term:
        return currency, amounts.minor(value, currency, exact=exact)
    amounts.minor(value, currency, exact=exact)
    return currency, amounts.minor(_a_year(value, values, months), currency, exact=False)


def _a_year(value: Decimal, values: dict[str, Any], months: int | None) -> Decimal:
    """A deal that doesn't say how long it runs is taken to run a year."""
    start = values.get("start_on") or values.get("signed_on")
    term = Decimal(months or MONTHS_A_YEAR)
    if not months and start and (end := values.get("end_on")) and end > start:
        term = months_between(dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    return value * MONTHS_A_YEAR / term


def _currency(sign: str, said: str | None, expected: str) -> str:
    if not sign:
        return said or expected
    found = currencies.meant(sign, said or expected)
    if not found:
        raise Wrong(f"is in a currency that nobody knows: {sign}")
    if said and found != said:
        raise Wrong(f"is in {found}, but the row says {said}")
    return found
