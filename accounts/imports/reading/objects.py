"""JSON, object by object in flat memory: a list of flat objects, as our exports write it, or one object a line."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import ijson

from accounts.imports.reading.format import CELL, MOST_COLUMNS, ROW, Cell, Format, Row, Unreadable

HEAD = 1024 * 1024  # where the names are looked for
PIECE = 65_536
DEEPEST = 50
LONGEST_NAME = 1_000
MOST_DIGITS = 40
# More than Python makes a number of; a run of twice as many has these in one of its pieces.
FIGURES = re.compile("[0-9]{2000}")
FLAT = "a row is an object of texts, numbers, yes or no, and null"
SHAPE = f"This isn't a list of objects: {FLAT}, such as [{{“Name”: “Northwind”}}]."
STRAY = "a byte here isn't text: save the file as UTF-8"
ENDED, BROKEN = "the file ends in the middle", "from here on this isn't JSON"

Event = tuple[str, Any]


class _Broken(Exception):
    """What the parser stumbled over, in words."""


def names(path: Path, form: Format) -> list[str]:
    """The names in the objects of the first megabyte, in the order in which they come."""
    table = _Table(None)
    try:
        for _row in table.rows(_events(path, form, HEAD)):
            pass
    except _Broken:
        # It may only be cut there; and whatever is wrong is found again when all is read.
        pass
    return list(table.places)


def rows(path: Path, form: Format) -> Iterator[Row]:
    """One for each object, counted from 1; a row's cells lie under `names`."""
    table = _Table(names(path, form))
    try:
        yield from table.rows(_events(path, form))
    except _Broken as broken:
        where = f"Row {table.number}" + (f", “{table.name}”" if table.name else "")
        raise Unreadable(f"{where}: {broken}.", table.number) from broken


def _events(path: Path, form: Format, size: int = -1) -> Iterator[Event]:
    """What the parser finds, piece by piece: what it holds back grows with one value only, and that has an end."""
    found = ijson.sendable_list()
    parser = ijson.basic_parse_coro(found, multiple_values=True)
    decoder = codecs.getincrementaldecoder(form.encoding)("surrogateescape")
    silent = 0
    with path.open("rb") as source:
        while piece := source.read(PIECE if size < 0 else min(PIECE, size - source.tell())):
            broken = _sent(parser, decoder, piece)
            silent = 0 if found else silent + len(piece)
            yield from found
            found.clear()
            if broken or silent > ROW:
                raise _Broken(broken or f"the value has more than {ROW:,} characters")
    if broken := _sent(parser, decoder, b""):
        raise _Broken(broken)


def _sent(parser: Any, decoder: codecs.IncrementalDecoder, piece: bytes) -> str:
    """What is wrong with this piece; the last one is empty."""
    try:
        text = decoder.decode(piece, not piece)
        if FIGURES.search(text):
            return "the number has thousands of digits"
        if text:
            parser.send(text.encode(errors="surrogateescape"))
        if not piece:
            parser.close()
    except UnicodeError:
        return STRAY
    except ijson.JSONError as error:
        told = str(error)
        return STRAY if "UTF8" in told else ENDED if "premature EOF" in told else BROKEN
    return ""


class _Table:
    """Rows out of events. `known`: the names that a row may have; None: all that come are noted."""

    def __init__(self, known: list[str] | None) -> None:
        self.places = {name: place for place, name in enumerate(known or ())}
        self.noting = known is None
        self.number, self.name, self.fault = 0, "", ""
        self.cells: list[Cell] = []
        self.met: set[str] = set()
        self.size = self.depth = 0
        self.home = 0  # how deep an object's values lie: one less where each line is an object

    def rows(self, events: Iterator[Event]) -> Iterator[Row]:
        for event, value in events:
            if event == "map_key":
                if self.depth == self.home:
                    self._begin_value(value)
            elif event == "start_map" or event == "start_array":
                self._open(event)
            elif event == "end_map" or event == "end_array":
                self.depth -= 1
                if event == "end_map" and self.depth == self.home - 1:
                    self.name = ""
                    if self.fault or any(cell is not None and cell != "" for cell in self.cells):
                        yield Row(self.number, self.cells, self.fault)
            elif self.depth == self.home and self.depth:
                self._take(value)
            elif self.depth < self.home or not self.depth:
                raise Unreadable(SHAPE, self.number + 1)

    def _open(self, event: str) -> None:
        self.depth += 1
        self.home = self.home or (1 if event == "start_map" else 2)
        if self.depth == self.home:
            if event == "start_array":
                raise Unreadable(SHAPE, self.number + 1)
            self.number += 1
            self.cells, self.met, self.fault, self.size = [None] * len(self.places), set(), "", 0
        elif self.depth == self.home + 1:
            self._blame(f"there is {'an object' if event == 'start_map' else 'a list'} in it; {FLAT}")
        if self.depth > DEEPEST:
            raise Unreadable(f"Row {self.number}, “{self.name}”: there is more than {DEEPEST} deep in it.", self.number)

    def _begin_value(self, name: str) -> None:
        if len(name) > LONGEST_NAME:
            raise Unreadable(f"Row {self.number} has a name of {len(name):,} characters.", self.number)
        if "\0" in name:
            raise Unreadable(f"Row {self.number} has a name with a NUL character.", self.number)
        self.name = name
        if name in self.met:
            self._blame("it is there twice")
        self.met.add(name)
        if self.noting and name not in self.places:
            self.places[name] = len(self.places)
            self.cells.append(None)
            if len(self.places) > MOST_COLUMNS:
                raise Unreadable(f"The objects have more than {MOST_COLUMNS} names.", self.number)

    def _take(self, value: Any) -> None:
        place = self.places.get(self.name)
        if place is None:
            if value is not None and value != "":
                self._blame("no object at the beginning of the file has this name")
                self.cells.append(_kept(value))
        elif self.cells[place] is None:
            self.cells[place] = _kept(value)
        if type(value) is str:
            self.size += len(value)
            if len(value) > CELL:
                self._blame(f"the value has {len(value):,} characters; a spreadsheet's cell holds {CELL:,} at most")
            elif "\0" in value:
                self._blame("the value has a NUL character")
            elif self.size > ROW:
                self._blame(f"the row has more than {ROW:,} characters")
        elif type(value) is not bool and value is not None and not _is_plain(value):
            self._blame(f"the number has more than {MOST_DIGITS} digits")

    def _blame(self, wrong: str) -> None:
        self.fault = self.fault or f"Row {self.number}, “{self.name[:120]}”: {wrong}."


def _is_plain(number: int | Decimal) -> bool:
    if isinstance(number, int):
        return abs(number) < 10**MOST_DIGITS
    return abs(number.adjusted()) < MOST_DIGITS and len(number.as_tuple().digits) <= MOST_DIGITS


def _kept(value: Any) -> Cell:
    """For people to see, and for the database to hold, also where the row is refused."""
    if isinstance(value, str):
        return value[:CELL].replace("\0", "\u2400") if len(value) > CELL or "\0" in value else value
    kept: Cell = value if isinstance(value, bool | None) or _is_plain(value) else str(value)[:MOST_DIGITS]
    return kept
