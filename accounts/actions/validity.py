"""Whether a row could be written as it is: every wrong field by name, before the database is asked."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model

from accounts.actions.errors import Refused

M = TypeVar("M", bound=Model)


def only(values: Mapping[str, Any], allowed: Iterable[str]) -> dict[str, Any]:
    """The values trimmed of spaces; a name that isn't among the allowed ones is refused, not ignored."""
    unknown = sorted(set(values) - set(allowed))
    if unknown:
        raise Refused({name: ["This can't be set here."] for name in unknown})
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def check(row: Model) -> None:
    """Lengths, choices and formats. Relations are left to their keys in the database, which know the tenant."""
    relations = [field.name for field in row._meta.fields if isinstance(field, ForeignKey)]
    try:
        row.clean_fields(exclude=relations)
    except ValidationError as error:
        raise Refused({field: list(messages) for field, messages in error.message_dict.items()}) from error


def check_change(row: M, values: Mapping[str, Any]) -> None:
    """The same for a row as it would stand with these values."""
    draft = copy.copy(row)
    for name, value in values.items():
        setattr(draft, name, value)
    check(draft)


def settled(row: M) -> M:
    """The row with what the database filled in, such as instants, after an insert."""
    row.refresh_from_db()
    return row
