"""Fields of accounts that a workspace defines for itself. A key and a type stay; values already hang on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from accounts import timeline
from accounts.actions import knowledge
from accounts.actions.errors import named_refusals, refuse
from accounts.actions.validity import check, only
from accounts.actions.writing import change, told
from accounts.models import CustomField, FieldType, User

EDITABLE = ("label", "choices", "active")


@transaction.atomic
def add(values: Mapping[str, Any], *, by: User | None) -> CustomField:
    """values: label, type, choices for one of a list; key is made from the label unless given."""
    wanted = only(values, ("key", "label", "type", "choices", "position", "active"))
    wanted["key"] = wanted.get("key") or slugify(wanted.get("label", "")).replace("-", "_")[:40]
    if not wanted["key"]:
        raise refuse("key", "Give the field a key of letters and digits.")
    wanted["choices"] = _choices(wanted.get("type", ""), wanted.get("choices") or [])
    last = CustomField.objects.aggregate(last=Max("position"))["last"]
    wanted.setdefault("position", 0 if last is None else last + 1)
    field = CustomField(**wanted)
    check(field)
    with named_refusals(CustomField):
        field.save()
    timeline.record("custom_field.added", by=by, field_id=field.pk, key=field.key, label=field.label)
    return field


@transaction.atomic
def edit(field: CustomField, values: Mapping[str, Any], *, by: User, version: int | None = None) -> CustomField:
    """Label, list and whether it is in use; with `version`, Conflict when somebody else was first."""
    wanted = {name: values[name] for name in EDITABLE if name in values}
    if "choices" in wanted:
        wanted["choices"] = _choices(field.type, wanted["choices"])
    changed = change(field, wanted, version=version)
    if changed:
        timeline.record(
            "custom_field.edited",
            by=by,
            field_id=field.pk,
            label=field.label,
            **told(changed),
        )
    if "active" in changed:
        knowledge.note_all()
    return field


@transaction.atomic
def move(field: CustomField, *, up: bool, by: User) -> None:
    """One place up or down; at the end of the list nothing happens."""
    fields = list(CustomField.objects.select_for_update())
    at = next(index for index, row in enumerate(fields) if row.pk == field.pk)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(fields):
        return
    fields[at], fields[to] = fields[to], fields[at]
    for position, row in enumerate(fields):
        row.position = position
    CustomField.objects.bulk_update(fields, ["position"])
    timeline.record("custom_field.edited", by=by, field_id=field.pk, label=field.label, changed="position")


def _choices(kind: str, choices: list[str]) -> list[str]:
    if kind != FieldType.CHOICE:
        return []
    tidy = list(dict.fromkeys(choice.strip() for choice in choices if choice.strip()))
    if not tidy:
        raise refuse("choices", "Name at least one value to choose.")
    return tidy
