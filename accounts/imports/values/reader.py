"""Rows into what they say about each noun, shaped like the tables' columns, with every cell that is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from accounts.imports.fields import CustomSpec
from accounts.imports.reading import Cell, Format
from accounts.imports.values import terms, words
from accounts.imports.values.converters import Surroundings, shown
from accounts.imports.values.plans import Column, Plan, plan_of
from accounts.imports.values.wrong import Wrong

Said = dict[str, dict[str, Any]]
Errors = list[dict[str, str]]
SNIPPET = 60
LONGEST_NAME = 160


class Reader:
    """Knows the tenant's people and own fields. A mapping is understood once and then used for every row.

    `members`: user id by address and by name, in small letters. `blanks`: "clear" empties what a blank cell stands for.
    """

    def __init__(
        self,
        format: Format,
        members: Mapping[str, int],
        customs: Mapping[str, CustomSpec],
        *,
        headings: Sequence[str] = (),
        blanks: str = "keep",
        zone: dt.tzinfo = dt.UTC,
        now: dt.datetime | None = None,
        strangers: str = "refuse",
    ) -> None:
        self._currency = format.currency or "USD"
        self._customs, self._headings, self._clears = customs, headings, blanks == "clear"
        self._around = Surroundings(format, members, zone, now or dt.datetime.now(dt.UTC), strangers)
        self._columns: dict[int, str] | None = None
        self._plan: Plan = plan_of({}, customs, headings, self._around)

    def read(self, number: int, cells: Sequence[Cell], columns: dict[int, str]) -> tuple[Said, Errors]:
        """By noun, only what the row says; of a deal that isn't won no more than which one it is, and its stage."""
        if columns is not self._columns and columns != self._columns:
            self._columns, self._plan = columns, plan_of(columns, self._customs, self._headings, self._around)
        plan = self._plan
        if plan.stage is not None and not _is_won(cells, plan.stage):
            return {"contract": _not_won(plan, cells)}, []
        said, errors = _converted(plan, cells)
        if plan.names and "contact" in said:
            _join_names(said["contact"], plan, errors)
        if "contract" in said:
            self._settle(said, plan, cells, errors)
        if self._clears:
            _clear(said, plan)
        return said, errors

    def _settle(self, said: Said, plan: Plan, cells: Sequence[Cell], errors: Errors) -> None:
        def fault(key: str, message: str) -> None:
            column = plan.column("contract", key)
            if column is None:
                errors.append({"column": "", "message": f"The end of the term {message}."})
            else:
                errors.append(_error(column, cells[column.place], message))

        expected = said.get("account", {}).get("currency") or self._currency
        terms.settle(said["contract"], expected, fault, self._around.now.astimezone(self._around.zone).date())
        if not said["contract"]:
            del said["contract"]


def _converted(plan: Plan, cells: Sequence[Cell]) -> tuple[Said, Errors]:
    said: Said = {}
    errors: Errors = []
    count = len(cells)
    for column in plan.columns:
        index, noun, key, convert, _heading, section, _clearable, _empty = column
        cell = cells[index] if index < count else None
        if cell is None or cell == "":
            continue
        try:
            value = convert(cell)
        except Wrong as wrong:
            errors.append(_error(column, cell, str(wrong)))
            continue
        if value is None:
            continue
        values = said.get(noun)
        if values is None:
            values = said[noun] = {}
        if section:
            values.setdefault(section, {})[key] = value
        else:
            values[key] = value
    return said, errors


def _is_won(cells: Sequence[Cell], index: int) -> bool:
    """A deal of no stage has nothing against it."""
    cell = cells[index] if index < len(cells) else None
    return cell is None or cell == "" or words.won(shown(cell))


def _not_won(plan: Plan, cells: Sequence[Cell]) -> dict[str, Any]:
    assert plan.stage is not None
    said, _errors = _converted(plan, cells)
    known = said.get("contract", {})
    kept = {key: known[key] for key in ("name", "external_id") if key in known}
    return kept | {"not_won": " ".join(shown(cells[plan.stage]).replace("\0", "").split())[:SNIPPET]}


def _join_names(contact: dict[str, Any], plan: Plan, errors: Errors) -> None:
    parts = [contact.pop("first_name", ""), contact.pop("last_name", "")]
    name = " ".join(part for part in parts if part)
    if not name or "name" in contact:
        return
    contact["name"] = name
    column = plan.column("contact", "last_name") or plan.column("contact", "first_name")
    if len(name) > LONGEST_NAME and column is not None:
        errors.append(_error(column, name, f"has {len(name)} characters; at most {LONGEST_NAME} fit"))


def _clear(said: Said, plan: Plan) -> None:
    """Only in nouns that the row speaks of: a row without any cell of a contact says nothing about one."""
    for _index, noun, key, _convert, _heading, section, clearable, empty in plan.columns:
        if clearable and noun in said:
            (said[noun].setdefault(section, {}) if section else said[noun]).setdefault(key, empty)


def _error(column: Column, cell: Cell, message: str) -> dict[str, str]:
    text = " ".join(shown(cell).replace("\0", "␀").split())
    snippet = text if len(text) <= SNIPPET else f"{text[:SNIPPET]}…"
    return {"column": column.heading, "message": f"“{snippet}” {message}."}
