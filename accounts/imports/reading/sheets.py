"""The cells of one sheet, row by row: expat calls, a row is made; nothing of it stays when the next one comes."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from openpyxl.utils.datetime import from_excel, from_ISO8601

from accounts.exports import unescaped
from accounts.imports.reading.format import CELL, ROW, Cell, Row, Unreadable, letters
from accounts.imports.reading.markup import DAMAGED, MAIN, bare, feed, parser
from accounts.imports.reading.strings import Strings

FARTHEST, LOWEST = 16_384, 1_048_576
SHOWN = 200
# The names that come for every cell.
TAGS = {f"{MAIN} {tag}": tag for tag in ("c", "v", "f", "row", "is", "t")}
PLACES: dict[str, int] = {letters(column): column for column in range(FARTHEST)}
DIGITS = "0123456789"


class Formula(str):
    """One that was never calculated: what it says, since it has no result."""

    __slots__ = ()


class Book(NamedTuple):
    """What a sheet's cells are understood by."""

    strings: Strings
    dates: set[int]
    spans: set[int]
    epoch: dt.datetime


class Sheet:
    """Handlers for one sheet, and the rows that are complete."""

    def __init__(self, book: Book) -> None:
        self.book, self.ready = book, list[Row]()
        self.number = self.column = 0
        self.cells: list[Cell] = []
        self.fault = ""
        self.kind, self.style = "n", 0
        self.text: list[str] | None = None
        self.length = self.size = 0
        self.value: str | None = None
        self.formula, self.phonetic = "", False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = TAGS.get(name) or bare(name)
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "v" or (tag == "t" and not self.phonetic):
            self.text = []
        elif tag == "row":
            # Two rows of one number can't be told from each other: the later one counts on.
            self.number = max(int(attributes.get("r") or 0), self.number + 1)
            if self.number > LOWEST:
                raise Unreadable(DAMAGED)
            self.cells, self.column, self.fault, self.size = [], -1, "", 0
        elif tag == "f":
            self.formula, self.text = "=", []
        elif tag == "rPh":
            self.phonetic = True

    def end(self, name: str) -> None:
        tag = TAGS.get(name) or bare(name)
        if (tag == "v" or tag == "t") and self.text is not None:
            self.value = (self.value or "") + "".join(self.text)
            self.text = None
        elif tag == "f":
            self.formula += "".join(self.text or ())
            self.text, self.length = None, 0
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            if self.fault or any(cell is not None and cell != "" for cell in self.cells):
                self.ready.append(Row(self.number, self.cells, self.fault))
        elif tag == "rPh":
            self.phonetic = False

    def data(self, text: str) -> None:
        if self.text is not None:
            self.length += len(text)
            if self.length <= CELL:
                self.text.append(text)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        where = attributes.get("r")
        self.column = PLACES.get(where.rstrip(DIGITS), FARTHEST) if where else self.column + 1
        self.kind, style = attributes.get("t", "n"), attributes.get("s")
        self.style = int(style) if style else 0
        self.value, self.formula, self.length = None, "", 0

    def _end_cell(self) -> None:
        if self.length > CELL:
            self._blame(f"the cell has {self.length:,} characters; {CELL:,} is the most that Excel allows")
            self.value, self.kind = (self.value or "")[:CELL], "str"
        if not self.value:
            # A formula that gives an empty text says so: its kind is "str".
            if self.formula and self.kind != "str":
                self._blame("the formula has no result yet; open the file in Excel and save it")
                if self._reached():
                    self.cells.append(Formula(self.formula))
            return
        if not self._reached():
            return
        try:
            self.cells.append(self._understood(self.value))
        except (ValueError, IndexError, OverflowError, TypeError):
            self._blame(f"“{self.value[:SHOWN]}” can't be read")
            self.cells.append(self.value[:SHOWN])

    def _reached(self) -> bool:
        """Whether the row goes up to this cell, which is empty cells away from the last."""
        if self.column >= FARTHEST:
            self._blame("the cell lies beyond the last column")
            return False
        self.size += self.length
        if self.size > ROW:
            self._blame(f"the row has more than {ROW:,} characters")
            return False
        cells = self.cells
        if len(cells) < self.column:
            cells.extend([None] * (self.column - len(cells)))
        elif len(cells) > self.column:
            self._blame("the cell stands there twice")
            return False
        return True

    def _blame(self, wrong: str) -> None:
        self.fault = self.fault or f"Row {self.number}, column {letters(self.column)}: {wrong}."

    def _understood(self, value: str) -> Cell:
        if self.kind == "s":
            text = self.book.strings[int(value)]
            if len(text) > CELL:
                self._blame(f"the cell has more than {CELL:,} characters, the most that Excel allows")
            return text[:CELL]
        if self.kind == "n":
            number = float(value) if "." in value or "E" in value or "e" in value else int(value)
            if not math.isfinite(number):
                raise ValueError(value)
            return self._day(number) if self.style in self.book.dates else number
        if self.kind == "b":
            return value.strip() not in ("0", "false")
        if self.kind == "d":
            return _whole_day(from_ISO8601(value))
        return unescaped(value)

    def _day(self, number: float) -> Cell:
        return _whole_day(from_excel(number, self.book.epoch, timedelta=self.style in self.book.spans))


def rows(source: IO[bytes], book: Book) -> Iterator[Row]:
    """All rows that hold anything, in the order of the file."""
    sheet, made = Sheet(book), parser()
    made.StartElementHandler, made.EndElementHandler = sheet.start, sheet.end
    made.CharacterDataHandler = sheet.data
    for _piece in feed(made, source):
        yield from sheet.ready
        sheet.ready.clear()


def _whole_day(value: Any) -> Cell:
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value
    return value if isinstance(value, dt.date) else str(value)
