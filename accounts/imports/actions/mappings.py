"""Mappings that are kept for the next file: out of an import at hand, or as other systems bring them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.actions.errors import Conflict, Refused, named_refusals, refuse
from accounts.actions.validity import only
from accounts.actions.writing import change
from accounts.imports.actions import columns as column_rules
from accounts.imports.actions import imports
from accounts.imports.fields import parsed_new
from accounts.imports.models import Import, SavedMapping
from accounts.models import User

FIELDS = ("name", "noun", "columns", "options")
# What is true of one import only.
PASSING = ("follow", "sample")


class Taken(Conflict):
    """Another mapping has this name; `current` is that one, and stays as it is."""

    def __init__(self, current: SavedMapping) -> None:
        super().__init__(current)
        self.args = ("Another mapping has this name. Say `replace` to put this one in its place.",)


@transaction.atomic
def add(values: Mapping[str, Any], *, by: User | None, replace: bool = False) -> tuple[SavedMapping, bool]:
    """values: name, noun, columns (heading to field; none: left out), options. The mapping, and whether it is new.

    Refused: `name`, `columns`, `columns.<heading>`. Taken where the name is, unless `replace`.
    """
    return _put({"columns": {}, "options": {}} | _checked(values), by=by, replace=replace)


@transaction.atomic
def save(job: Import, name: str, said: Mapping[str, Any], *, by: User | None, replace: bool = False) -> SavedMapping:
    """Maps the import's columns and keeps them by headings, both or neither; said: columns, format, options, version.

    Refused: `name`, and what `imports.map_columns` refuses. Taken where the name is, unless `replace`.
    """
    if not name.strip():
        raise refuse("name", "Give the mapping a name.")
    job = imports.map_columns(job, by=by, **said)
    values = {
        "name": name.strip(),
        "noun": job.noun,
        "format": job.format,
        "columns": {heading: job.columns.get(str(number), "") for number, heading in enumerate(job.headings)},
        "options": {key: value for key, value in job.options.items() if key not in PASSING},
    }
    mapping, _new = _put(values, by=by, replace=replace)
    Import.objects.filter(pk=job.pk).update(mapping=mapping)
    return mapping


@transaction.atomic
def edit(mapping: SavedMapping, values: Mapping[str, Any], *, by: User | None, version: int | None) -> SavedMapping:
    """With `version`, Conflict when somebody else was first."""
    if version is not None and version != mapping.version:
        raise Conflict(mapping)
    change(mapping, _checked(values), version=version)
    return mapping


@transaction.atomic
def forget(mapping: SavedMapping, *, by: User | None, version: int | None = None) -> None:
    if version is not None and version != mapping.version:
        raise Conflict(mapping)
    Import.objects.filter(mapping=mapping).update(mapping=None)
    mapping.delete()


def _put(values: dict[str, Any], *, by: User | None, replace: bool) -> tuple[SavedMapping, bool]:
    there = SavedMapping.objects.select_for_update().filter(name=values["name"]).first()
    if there is not None and not replace:
        raise Taken(there)
    if there is not None:
        change(there, values)
        return there, False
    made = SavedMapping(created_by=by, **values)
    with named_refusals(SavedMapping):
        made.save()
    return made, True


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    wanted = only(values, FIELDS)
    columns = {heading: path or "" for heading, path in wanted.get("columns", {}).items()}
    known, paths = column_rules.paths(), [path for path in columns.values() if path]
    errors: dict[str, list[str]] = {}
    for heading, path in columns.items():
        if path and path not in known and parsed_new(path) is None:
            errors[f"columns.{heading}"] = [f"There is no field “{path}”."]
        elif path and paths.count(path) > 1:
            errors[f"columns.{heading}"] = ["Another heading means this field already."]
    if errors:
        raise Refused(errors)
    if not paths:
        raise refuse("columns", "Say what at least one heading means.")
    return wanted | {"columns": columns}
