"""Whether a row could be written as it is: every wrong field by name, before the database is asked."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import ForeignKey, Model

from accounts.actions.errors import Refused
from accounts.tenancy.context import current_tenant_id

M = TypeVar("M", bound=Model)
TREES_LOCK = 7_202  # names our advisory locks; the second half is the tenant


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


def closes_circle(row: Model, field: str, above: Model) -> bool:
    """Whether `row` would be above itself with `above` in this field.

    One at a time in a tenant, until the transaction ends: two who each see no circle could close one together.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", [TREES_LOCK, current_tenant_id()])
    links = type(row)._default_manager.values_list(f"{field}_id", flat=True)
    link, seen = above.pk, set()
    while link is not None and link != row.pk and link not in seen:
        seen.add(link)
        link = links.filter(pk=link).first()
    return link is not None and link == row.pk


def settled(row: M) -> M:
    """The row with what the database filled in, such as instants, after an insert."""
    row.refresh_from_db()
    return row
