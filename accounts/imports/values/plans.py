"""A mapping as it is worked off, row after row: each column with its noun, its key and its converter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from accounts.exports import unharmed
from accounts.imports.fields import CustomSpec, Field, field_of
from accounts.imports.values.converters import Convert, Surroundings, converter

# Keys whose column in the table is called otherwise.
COLUMNS = {"csm": "csm_id", "ae": "ae_id", "delivery": "delivery_id", "author": "author_id"}
EMPTY_TEXTS = frozenset({"text", "email", "domain", "choice"})


class Column(NamedTuple):
    place: int
    noun: str
    key: str
    convert: Convert
    heading: str
    section: str  # of the noun’s values: custom, facts, or none
    clearable: bool
    empty: Any


class Plan(NamedTuple):
    columns: tuple[Column, ...]
    stage: int | None
    names: bool  # a contact's name comes in two columns

    def column(self, noun: str, key: str) -> Column | None:
        return next((each for each in self.columns if each.noun == noun and each.key == key), None)


def plan_of(
    columns: Mapping[int, str], customs: Mapping[str, CustomSpec], headings: Sequence[str], around: Surroundings
) -> Plan:
    """KeyError for a path that means nothing: who maps asks `field_of` first."""
    made, stage = [], None
    for index, path in sorted(columns.items()):
        field = field_of(path, customs)
        if field is None:
            raise KeyError(path)
        if path == "contract.stage":
            stage = index
        else:
            made.append(_column(index, field, headings, around))
    names = any(each.noun == "contact" and each.key in ("first_name", "last_name") for each in made)
    return Plan(tuple(made), stage, names)


def _column(index: int, field: Field, headings: Sequence[str], around: Surroundings) -> Column:
    section, _, own = field.key.rpartition(".")
    key = own if section else COLUMNS.get(field.key, field.key)
    empty = "" if field.type in EMPTY_TEXTS and not section and key != "external_id" else None
    heading = headings[index] if index < len(headings) else field.label
    convert = _unharmed(converter(field, around)) if around.format.kind == "csv" else converter(field, around)
    return Column(index, field.noun, key, convert, heading, section, field.clearable, empty)


def _unharmed(convert: Convert) -> Convert:
    """Without the apostrophe that keeps a spreadsheet from calculating."""

    def original(cell: Any) -> Any:
        return convert(unharmed(cell) if cell.__class__ is str and cell[0] == "'" else cell)

    return original
