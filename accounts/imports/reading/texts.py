"""Delimited texts, row by row in flat memory: what is wrong with a row stays with that row."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TextIO

from accounts.imports.reading.format import CELL, ROW, Cell, Format, Row, Unreadable, letters

PIECE, SHOWN = 65_536, 40
# Bytes that mean nothing in the file's encoding come as lone surrogates, so that only their row is lost.
STRAY = "accounts.imports.stray"
FIRST_STRAY, LAST_STRAY = 0xDC00, 0xDCFF
# UTF-8 read as one of these has letters behind one another that no language has: Ã¼, Â®, â€™.
ONE_BYTE = ("cp1252", "iso-8859-1")
MISREAD = ("Ã", "Â", "â")
MEANT = re.compile(r"[\x00-\x7f\u00a0-\u00ff\u2010-\u2122]+")
READABLE = dict.fromkeys(range(55296, 57344), "�") | {0: "\u2400"}


class _TooLong(Exception):
    """More in one row than a row may hold."""


def _keep_stray(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    stray = error.object[error.start : error.end] or b"\xff"
    return "".join(chr(FIRST_STRAY + byte) for byte in stray), max(error.end, error.start + 1)


codecs.register_error(STRAY, _keep_stray)


class _Lines:
    """Hands lines to the parser and notes what it saw since the row began."""

    def __init__(self, source: TextIO, form: Format) -> None:
        self._read, self._misread = source.readline, MISREAD if form.encoding in ONE_BYTE else ()
        self.size, self.first, self.doubtful, self.quotes, self.over = 0, "", False, 0, False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._read(ROW)
        if not line:
            self.over = True
            raise StopIteration
        if not self.size:
            self.first = line
        self.size += len(line)
        if self.size > CELL or "\0" in line or not (line.isascii() or self._is_plain(line)):
            self.doubtful = True
        self.quotes += line.count('"')
        if self.size >= ROW:
            raise _TooLong
        return line

    def _is_plain(self, line: str) -> bool:
        return _clean(line) and not any(letter in line for letter in self._misread)

    def begin(self) -> None:
        self.size, self.doubtful, self.quotes = 0, False, 0

    def skip_row(self) -> None:
        """To the end of a row that can't be held: the line that ends outside of quotes."""
        ended = self.size < ROW
        while True:
            if ended and self.quotes % 2 == 0:
                return
            piece = self._read(PIECE)
            if not piece:
                return
            self.quotes += piece.count('"')
            ended = piece.endswith(("\n", "\r"))


def rows(path: Path, form: Format) -> Iterator[Row]:
    """All rows that hold anything, headings among them; the parser's state begins anew after a row that broke it."""
    with path.open(encoding=form.encoding, errors=STRAY, newline="") as source:
        lines = _Lines(source, form)
        parser = csv.reader(lines, delimiter=form.delimiter)
        for number in count(1):
            try:
                cells = next(parser)
            except StopIteration:
                return
            except (_TooLong, csv.Error):
                yield _too_long(number, lines, form)
            else:
                fault = _fault(number, cells, lines, form) if lines.doubtful or lines.over else ""
                if any(cells):
                    yield Row(number, _readable(cells), fault) if fault else Row(number, cells, "")  # type: ignore[arg-type]
            lines.begin()


def _clean(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


def _fault(number: int, cells: list[str], lines: _Lines, form: Format) -> str:
    if lines.over:
        return f"Row {number}: a quotation mark opens a cell that is never closed."
    for column, cell in enumerate(cells):
        if wrong := _wrong(cell, form):
            return f"Row {number}, column {letters(column)}: {wrong}."
    return ""


def _wrong(cell: str, form: Format) -> str:
    if len(cell) > CELL:
        return f"the cell has {len(cell):,} characters; a spreadsheet's holds {CELL:,} at most"
    if "\0" in cell:
        return "the cell has a NUL byte"
    stray = next((letter for letter in cell if FIRST_STRAY <= ord(letter) <= LAST_STRAY), "")
    if not stray and not _clean(cell):
        return f"the text isn't {form.encoding.upper()}"
    if not stray:
        meant = _meant(cell, form)
        return f"the text is UTF-8 and not {form.encoding.upper()}: “{meant}” is meant" if meant else ""
    byte = bytes([ord(stray) - FIRST_STRAY])
    meant = byte.decode("cp1252", "ignore")
    hint = f" (in Windows-1252 it would be “{meant}”)" if meant.isprintable() and meant.strip() else ""
    return f"the byte {byte.hex().upper()} isn't {form.encoding.upper()}{hint}"


def _meant(cell: str, form: Format) -> str:
    """What a cell says that somebody wrote in UTF-8 into a file of another encoding; empty: it is written like that."""
    if cell.isascii() or form.encoding not in ONE_BYTE:
        return ""
    try:
        meant = cell.encode(form.encoding).decode()
    except UnicodeError:
        return ""
    return meant[:SHOWN] if MEANT.fullmatch(meant) else ""


def _too_long(number: int, lines: _Lines, form: Format) -> Row:
    cells = next(csv.reader([lines.first[:CELL]], delimiter=form.delimiter), [])
    where = f"Row {number}, column {letters(max(len(cells) - 1, 0))}"
    lines.skip_row()
    if lines.quotes % 2:
        raise Unreadable(f"{where}: a quotation mark opens a cell that is never closed.", number, len(cells))
    return Row(number, _readable(cells), f"{where}: the cell has more than {CELL:,} characters.")


def _readable(cells: list[str]) -> list[Cell]:
    """For people to see and to mend, and for the database to hold."""
    return [cell[:CELL].translate(READABLE) for cell in cells]
