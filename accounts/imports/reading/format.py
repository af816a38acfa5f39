"""How a file is written, one of its rows, and why it can't be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any, NamedTuple

Cell = str | int | float | Decimal | dt.date | dt.datetime | bool | None

# What a spreadsheet's cell can hold at most, and what one row may hold in all.
CELL, ROW = 32_767, 1_000_000
MOST_COLUMNS, MOST_ROWS = 200, 1_000_000
# What texts may be written in. Those with a mark or an order of bytes are recognized rather than chosen.
RECOGNIZED = ("utf-8-sig", "utf-16-le", "utf-16-be")
ENCODINGS = ("utf-8", "utf-16", "cp1252", "cp1250", "iso-8859-1", "mac_roman", *RECOGNIZED)


class Unreadable(Exception):
    """Of no use as it is: the message tells people what to do."""

    def __init__(self, message: str, row: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.message, self.row, self.column = message, row, column


@dataclass(frozen=True)
class Format:
    """How csv, xlsx or json (that is its `kind`) is to be read. `sheet` empty: the first one.

    `heading_row` as the spreadsheet counts; 0: the first that looks like headings.
    """

    kind: str = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""
    decimal: str = "."
    dates: str = "ymd"
    currency: str = ""
    heading_row: int = 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Format:
        """Names that are unknown here are left out: they come from another version."""
        return cls(**{each.name: given[each.name] for each in fields(cls) if each.name in given})


class Row(NamedTuple):
    """`number` as the spreadsheet counts it. A row with a fault is refused whole; its cells are for people to see."""

    number: int
    cells: list[Cell]
    fault: str = ""


def letters(column: int) -> str:
    """A column, from 0, as spreadsheets name it: A … Z, AA …"""
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
