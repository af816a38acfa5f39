"""How every action changes a row: only the fields that differ, only the version that the person saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import F, Model
from django.db.models.functions import Now

from accounts.actions.errors import Conflict, named_refusals

M = TypeVar("M", bound=Model)


def change(row: M, values: Mapping[str, Any], *, version: int | None = None) -> dict[str, tuple[Any, Any]]:
    """Writes the values that differ and returns {field: (before, after)}.

    With `version`, a row that moved on since raises Conflict; the check and the write are one statement.
    """
    changed = {name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return {}
    model = type(row)
    expected = row.version if version is None else version  # type: ignore[attr-defined]
    updates: dict[str, Any] = {name: after for name, (_, after) in changed.items()} | {"version": F("version") + 1}
    if any(field.name == "updated_at" for field in model._meta.fields):
        updates["updated_at"] = Now()
    with named_refusals(model):
        written = model._default_manager.filter(pk=row.pk, version=expected).update(**updates)
    if not written:
        raise Conflict(model._default_manager.get(pk=row.pk))
    row.refresh_from_db()
    return changed


def stamp(row: Model, *, version: int | None = None) -> None:
    """Counts a row's version on where its parts changed and not the row itself; stale: Conflict."""
    model = type(row)
    expected = row.version if version is None else version  # type: ignore[attr-defined]
    same = model._default_manager.filter(pk=row.pk, version=expected)
    if not same.update(version=F("version") + 1, updated_at=Now()):
        raise Conflict(model._default_manager.get(pk=row.pk))
    row.refresh_from_db(fields=["version", "updated_at"])


def told(changed: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """The changes as an event's facts: plain JSON, labels instead of rows."""
    return {
        "fields": sorted(changed),
        "changed": ", ".join(sorted(name.removesuffix("_minor").replace("_", " ") for name in changed)),
        "before": {name: plain(before) for name, (before, _) in changed.items()},
        "after": {name: plain(after) for name, (_, after) in changed.items()},
    }


def plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | list | dict) or value is None else str(value)
