"""Values of a tenant's own fields: typed as the tenant said, kept as plain JSON."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from accounts.actions.errors import Refused
from accounts.models import CustomField, FieldType

LONGEST = 2000


def merged(before: Mapping[str, Any], given: object) -> dict[str, Any]:
    """What stands there with the given values over it; None or an empty text removes a value.

    Errors are named custom.<key>.
    """
    if not isinstance(given, Mapping):
        raise Refused({"custom": ["This must be an object of keys and values."]})
    fields = {field.key: field for field in CustomField.objects.all()} if given else {}
    after, errors = dict(before), {}
    for key, value in given.items():
        if value == before.get(key, object()):
            continue
        try:
            cleaned = _cleaned(fields.get(key), value)
        except ValueError as error:
            errors[f"custom.{key}"] = [str(error)]
            continue
        if cleaned is None:
            after.pop(key, None)
        else:
            after[key] = cleaned
    if errors:
        raise Refused(errors)
    return after


def _cleaned(field: CustomField | None, value: Any) -> Any:
    if field is None:
        raise ValueError("There is no field of this key.")
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if not field.active:
        raise ValueError("This field is no longer in use.")
    if field.type == FieldType.CHOICE:
        return _choice(value, field.choices)
    return _READERS[FieldType(field.type)](value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("This must be a text.")
    if len(value.strip()) > LONGEST:
        raise ValueError(f"At most {LONGEST} characters, please.")
    return value.strip()


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError("This must be a number.")
    try:
        exact = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError("This must be a number.") from None
    if not exact.is_finite() or not math.isfinite(float(exact)):
        raise ValueError("This must be a number.")
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _date(value: Any) -> str:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    try:
        return dt.date.fromisoformat(value.strip()).isoformat()
    except (AttributeError, TypeError, ValueError):
        raise ValueError("This must be a date, such as 2026-03-31.") from None


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("This must be yes or no.")
    return value


def _choice(value: Any, choices: list[Any]) -> Any:
    if value not in choices:
        raise ValueError("This must be one of: " + ", ".join(str(choice) for choice in choices) + ".")
    return value


_READERS: dict[FieldType, Callable[[Any], Any]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.BOOLEAN: _boolean,
}
