"""Values of the types that tenants choose from, read out of JSON into what is kept."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

LONGEST = 300


class Unreadable(ValueError):
    """Why a value can't be taken, in words for whoever sent it; `field`: what is wrong, empty for the whole row."""

    def __init__(self, reason: str, field: str = "value") -> None:
        super().__init__(reason)
        self.field = field


def number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise Unreadable("“value” must be a number.")
    try:
        exact = Decimal(str(value).strip())
    except InvalidOperation:
        raise Unreadable("“value” must be a number.") from None
    if not exact.is_finite() or not math.isfinite(float(exact)) or abs(exact) >= Decimal("1e15"):
        raise Unreadable("“value” must be a number of at most 15 digits.")
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def date(value: Any) -> str:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    try:
        return dt.date.fromisoformat(value.strip()).isoformat()
    except (AttributeError, TypeError, ValueError):
        raise Unreadable("“value” must be a date such as 2026-03-31.") from None


def boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unreadable("“value” must be true or false.")
    return value


def text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise Unreadable("“value” must be a text.")
    if len(value.strip()) > LONGEST:
        raise Unreadable(f"“value” has at most {LONGEST} characters.")
    return value.strip()


def choice(value: Any, choices: Sequence[Any]) -> Any:
    if not isinstance(value, str) or value not in choices:
        raise Unreadable("“value” must be one of: " + ", ".join(str(known) for known in choices) + ".")
    return value


READERS: dict[str, Callable[[Any], Any]] = {
    "number": number, "percent": number, "date": date, "boolean": boolean, "text": text,
}  # fmt: skip
