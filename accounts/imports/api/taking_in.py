"""What a caller says about a file's columns, by their headings, as the actions take it, by their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.exceptions import ValidationError

from accounts.actions.errors import Refused
from accounts.api.problems import nested
from accounts.imports.actions import columns, imports
from accounts.imports.models import Import
from accounts.models import User

FOLLOW = "follow"


def take_in(said: dict[str, Any], *, by: User) -> Import:
    """The file with its columns mapped, and on its way where `run` asks for it."""
    name, chunks = _file(said)
    job = imports.open(name, chunks, noun=said["noun"], by=by, mapping=said.get("mapping"))
    run = said.get("run", False)
    options = dict(said.get("options", {})) | ({FOLLOW: run} if run else {})
    if "format" in said:
        job = _read_as(job, said["format"], by=by)
        job.columns = columns.suggested(job, job.mapping)
    if "format" in said or "columns" in said or options:
        chosen = numbered(job, said["columns"]) if "columns" in said else job.columns
        job = _map(job, chosen, options, by=by)
    return imports.check(job, by=by) if run else job


def map_anew(job: Import, said: dict[str, Any], *, by: User, version: int | None) -> Import:
    """Column by column: those that aren't named keep their field, also where the file is read in another way."""
    meant = {job.headings[int(number)]: path for number, path in job.columns.items()}
    if "format" in said:
        job, version = _read_as(job, said["format"], by=by, version=version), None
        job.columns = numbered(job, {heading: path for heading, path in meant.items() if heading in job.headings})
    chosen = job.columns | numbered(job, said.get("columns", {}))
    return _map(job, chosen, said.get("options", {}), by=by, version=version)


def numbered(job: Import, said: Mapping[str, str]) -> dict[str, str]:
    """By heading, or by the column's number where no heading is called that."""
    numbers = {heading: str(number) for number, heading in reversed(list(enumerate(job.headings)))}
    known = {*numbers.values()}
    errors = {
        name: ["The file has no column of this name."] for name in said if name not in numbers and name not in known
    }
    if errors:
        raise ValidationError({"columns": errors})
    return {numbers.get(name, name): path for name, path in said.items()}


def _file(said: dict[str, Any]) -> tuple[str, Iterable[bytes]]:
    if "file" in said:
        return said.get("name") or said["file"].name, said["file"].chunks()
    return said.get("name") or f"{said['noun']}.csv", [said["content"].encode()]


def _read_as(job: Import, format: Mapping[str, Any], *, by: User, version: int | None = None) -> Import:
    return imports.map_columns(job, {}, by=by, format=format, version=version)


def _map(
    job: Import, chosen: Mapping[str, str], options: Mapping[str, Any], *, by: User, version: int | None = None
) -> Import:
    try:
        return imports.map_columns(job, chosen, by=by, options=options, version=version)
    except Refused as refused:
        raise ValidationError(_by_heading(job, refused)) from refused


def _by_heading(job: Import, refused: Refused) -> dict[str, Any]:
    errors, wrong = dict(refused.errors), {}
    for place in refused.errors:
        noun, _, number = place.partition(".")
        if noun == "columns" and number.isdigit() and int(number) < len(job.headings):
            wrong[job.headings[int(number)]] = errors.pop(place)
    return nested(errors) | ({"columns": wrong} if wrong else {})
