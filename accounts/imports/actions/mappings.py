"""Mappings that are kept without a file at hand, as other systems bring them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.actions.errors import Conflict, Refused, named_refusals, refuse
from accounts.actions.validity import only
from accounts.actions.writing import change
from accounts.imports.actions import columns as column_rules
from accounts.imports.fields import parsed_new
from accounts.imports.models import SavedMapping
from accounts.models import User

FIELDS = ("name", "noun", "columns", "options")


@transaction.atomic
def add(values: Mapping[str, Any], *, by: User | None) -> SavedMapping:
    """values: name, noun, columns (heading to field), options. Refused: `name`, `columns`, `columns.<heading>`."""
    mapping = SavedMapping(created_by=by, **_checked(values))
    with named_refusals(SavedMapping):
        mapping.save()
    return mapping


@transaction.atomic
def edit(mapping: SavedMapping, values: Mapping[str, Any], *, by: User | None, version: int | None) -> SavedMapping:
    """With `version`, Conflict when somebody else was first."""
    if version is not None and version != mapping.version:
        raise Conflict(mapping)
    change(mapping, _checked(values), version=version)
    return mapping


@transaction.atomic
def forget(mapping: SavedMapping, *, by: User | None, version: int | None) -> None:
    if version is not None and version != mapping.version:
        raise Conflict(mapping)
    column_rules.forget_mapping(mapping, by=by)


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    wanted = only(values, FIELDS)
    wanted["columns"] = {heading: path for heading, path in wanted.get("columns", {}).items() if path}
    known, paths = column_rules.paths(), list(wanted["columns"].values())
    errors: dict[str, list[str]] = {}
    for heading, path in wanted["columns"].items():
        if path not in known and parsed_new(path) is None:
            errors[f"columns.{heading}"] = [f"There is no field “{path}”."]
        elif paths.count(path) > 1:
            errors[f"columns.{heading}"] = ["Another heading means this field already."]
    if errors:
        raise Refused(errors)
    if not paths:
        raise refuse("columns", "Say what at least one heading means.")
    return wanted
