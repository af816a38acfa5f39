"""What a person saw before editing a row that counts no versions: a fingerprint, checked under a lock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model

from accounts.actions.errors import Conflict

M = TypeVar("M", bound=Model)


def fingerprint(row: Model, fields: Iterable[str]) -> str:
    """Short and stable; it tells whether something moved on, it hides nothing."""
    said = "\x1f".join(f"{name}={row.serializable_value(name)}" for name in fields)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def locked(row: M, fields: Iterable[str], seen: str | None) -> M:
    """The row as it stands, held until the transaction ends; Conflict when it isn't what the person saw."""
    current = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if seen is not None and fingerprint(current, fields) != seen:
        raise Conflict(current)
    return current
