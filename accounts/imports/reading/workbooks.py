"""Excel workbooks: checked as an archive before anything is unpacked, then opened with openpyxl's parts."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import Stylesheet
from openpyxl.xml.constants import ARC_STYLE, SHARED_STRINGS

from accounts.imports.reading import sheets
from accounts.imports.reading.format import Format, Row, Unreadable
from accounts.imports.reading.markup import DAMAGED
from accounts.imports.reading.strings import Strings, read_strings

AS_CSV = "Save the table as CSV and send that."
MOST_PARTS = 5_000
MOST_SHEETS = 30  # that are looked into
# Unpacked: in all, for the shared texts, and for a part that is read whole.
MOST_BYTES, MOST_TEXTS, MOST_SMALL = 4 << 30, 1 << 30, 8 << 20
# Tables of many like rows shrink to a fiftieth; a bomb to a thousandth.
MOST_RATIO, HARMLESS = 150, 10 << 20
BROKEN = (zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException, KeyError, ValueError, TypeError, IndexError,
          AttributeError, EOFError, NotImplementedError, RuntimeError, OverflowError)  # fmt: skip
TAIL, ENTRY = 66_000, struct.Struct("<4s4H2LH")


class Part(NamedTuple):
    name: str
    target: str
    visible: bool


def names(path: Path) -> list[str]:
    """The sheets with cells, hidden ones last."""
    with _mended(), _opened(path) as reader:
        return [part.name for part in _parts(reader)]


def rows(path: Path, form: Format) -> Iterator[Row]:
    """The rows of the sheet that the format names, or of the first."""
    strings = Strings()
    try:
        with _mended(), _opened(path) as reader:
            parts = _parts(reader)
            part = next((each for each in parts if each.name == form.sheet), None) if form.sheet else parts[0]
            if part is None:
                raise Unreadable(f"The workbook has no sheet “{form.sheet}”.")
            book = _book(reader, strings)
            with reader.archive.open(part.target) as source:
                yield from sheets.rows(source, book)
    finally:
        strings.close()


def beginnings(path: Path, count: int) -> dict[str, list[Row]]:
    """The first rows of each sheet that is to be seen, by its name; of the first one, if none is."""
    strings = Strings()
    try:
        with _mended(), _opened(path) as reader:
            parts = _parts(reader)
            if len(parts) == 1:
                return {parts[0].name: []}
            book = _book(reader, strings)
            return {part.name: _first(reader, part, book, count) for part in _visible(parts)[:MOST_SHEETS]}
    finally:
        strings.close()


def _visible(parts: list[Part]) -> list[Part]:
    return [part for part in parts if part.visible] or parts[:1]


def _first(reader: ExcelReader, part: Part, book: sheets.Book, count: int) -> list[Row]:
    """None of a sheet that can't be read: that is said where it is chosen."""
    try:
        with reader.archive.open(part.target) as source:
            return list(islice(sheets.rows(source, book), count))
    except Unreadable:
        return []


@contextmanager
def _mended() -> Iterator[None]:
    """Whatever a library stumbles over is one thing to people: the file is damaged."""
    try:
        yield
    except Unreadable:
        raise
    except BROKEN as broken:
        raise Unreadable(DAMAGED) from broken


@contextmanager
def _opened(path: Path) -> Iterator[ExcelReader]:
    _count_parts(path)
    with path.open("rb") as file:
        # An open file, since the name's ending says nothing.
        reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        _weigh(reader.archive)
        reader.read_manifest()
        try:
            reader.read_workbook()
        except OSError:  # so openpyxl calls a contents list without a workbook
            raise Unreadable(DAMAGED) from None
        yield reader


def _count_parts(path: Path) -> None:
    """From the archive's last record: the list itself could be too long to be read."""
    with path.open("rb") as file:
        file.seek(max(os.fstat(file.fileno()).st_size - TAIL, 0))
        tail = file.read()
    where = tail.rfind(b"PK\x05\x06")
    if where < 0 or len(tail) - where < ENTRY.size:
        raise Unreadable(DAMAGED)
    count, length = ENTRY.unpack_from(tail, where)[4:6]
    if count > MOST_PARTS or length > MOST_PARTS * 1_000:
        raise Unreadable(f"The workbook has more than {MOST_PARTS:,} parts: no spreadsheet has so many. It isn't read.")


def _weigh(archive: zipfile.ZipFile) -> None:
    total = 0
    for part in archive.infolist():
        total += part.file_size
        if part.flag_bits & 1:
            raise Unreadable("The workbook is protected by a password. Save it without one and send that.")
        if part.file_size > HARMLESS and part.file_size > MOST_RATIO * part.compress_size:
            raise Unreadable(
                f"“{part.filename[:80]}” would unpack to {_size(part.file_size)}: the workbook isn't read."
            )
        if part.file_size > MOST_SMALL and _is_read_whole(part.filename):
            raise Unreadable(f"“{part.filename[:80]}” in the workbook is too large. {AS_CSV}")
        if part.file_size > MOST_TEXTS and "sharedStrings" in part.filename:
            raise Unreadable(f"The workbook has too many texts. {AS_CSV}")
    if total > MOST_BYTES:
        raise Unreadable(f"The workbook would unpack to {_size(total)}. {AS_CSV}")


def _is_read_whole(name: str) -> bool:
    return name.endswith((".xml", ".rels")) and "worksheets/" not in name and "sharedStrings" not in name


def _size(count: int) -> str:
    return f"{count >> 20:,} MB"


def _parts(reader: ExcelReader) -> list[Part]:
    found = [
        Part(sheet.name, relation.target, sheet.state == "visible")
        for sheet, relation in reader.parser.find_sheets()
        if relation.target in reader.valid_files and "chartsheet" not in relation.Type
    ]
    if not found:
        raise Unreadable("The workbook has no sheet with cells.")
    return sorted(found, key=lambda part: not part.visible)


def _book(reader: ExcelReader, strings: Strings) -> sheets.Book:
    shared = reader.package.find(SHARED_STRINGS)
    if shared is not None:
        with reader.archive.open(shared.PartName[1:]) as source:
            read_strings(source, strings)
    dates: set[int] = set()
    spans: set[int] = set()
    if ARC_STYLE in reader.valid_files:
        styles = Stylesheet.from_tree(fromstring(reader.archive.read(ARC_STYLE)))
        dates, spans = set(styles.date_formats), set(styles.timedelta_formats)
    return sheets.Book(strings, dates, spans, reader.wb.epoch)
