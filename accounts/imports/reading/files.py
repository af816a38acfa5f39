"""A file of either kind as headings and rows: where the table begins, how wide it is, which rows don't fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from accounts.formats import plural
from accounts.imports.reading import objects, texts, workbooks
from accounts.imports.reading.format import MOST_COLUMNS, MOST_ROWS, Cell, Format, Row, Unreadable, letters

LOOKED_AT = 20
LONGEST_HEADING = 120


def rows(path: Path, form: Format) -> Iterator[Row]:
    """The rows under the headings that hold anything. Unreadable, also on the way: the file as a whole is of no use."""
    for read, row in enumerate(_below(path, form), 1):
        if read > MOST_ROWS:
            raise Unreadable(f"The file has more than {MOST_ROWS:,} rows: split it.", row.number)
        yield row


def headings(path: Path, form: Format) -> list[str]:
    """One for each column, each once: the second “Name” is “Name (2)”, a blank one “Column C”."""
    names: list[str] = []
    for column, cell in enumerate(_above(path, form)):
        name = _text(cell)[:LONGEST_HEADING] or f"Column {letters(column)}"
        again = 1
        while (each := name if again == 1 else f"{name} ({again})") in names:
            again += 1
        names.append(each)
    return names


def _above(path: Path, form: Format) -> Sequence[Cell]:
    """The cells that name the columns."""
    if form.kind != "json":
        top, _rest = _split(path, form)
        return top.cells[: _width(top)]
    if found := objects.names(path, form):
        return found
    next(objects.rows(path, form), None)  # tells what is wrong with it
    raise Unreadable("There is nothing in the file.")


def _below(path: Path, form: Format) -> Iterator[Row]:
    """The rows, each as wide as the headings or at fault."""
    if form.kind == "json":
        yield from objects.rows(path, form)
        return
    top, rest = _split(path, form)
    width = _width(top)
    fits = _narrow if form.kind == "csv" else _wide
    for row in rest:
        yield row if row.fault or len(row.cells) == width else fits(row, width)


def sheets(path: Path) -> list[str]:
    """The names of a workbook's sheets."""
    return workbooks.names(path)


def likeliest_sheet(path: Path) -> str:
    """The first that has headings over rows; where none has, the one with the most in it."""
    found = workbooks.beginnings(path, LOOKED_AT)
    table = next((name for name, first in found.items() if _is_table(first)), None)
    return table or max(found, key=lambda name: sum(_count(row) for row in found[name]))


def _is_table(first: list[Row]) -> bool:
    """Three headings or more, all different, and below them rows that mostly fill at least half of the columns."""
    if len(first) < 2:
        return False
    place = _headings_among(first)
    names = [_text(cell) for cell in first[place].cells if _text(cell)]
    below = first[place + 1 :]
    full = sum(1 for row in below if 2 * _count(row) >= len(names))
    return len(names) > 2 and len({*names}) == len(names) and bool(below) and 2 * full >= len(below)


def _count(row: Row) -> int:
    return sum(1 for cell in row.cells if _text(cell))


def settled(path: Path, form: Format) -> Format:
    """With the row of the headings and the sheet as they were found."""
    top, _rest = _split(path, form)
    sheet = form.sheet or (sheets(path)[0] if form.kind == "xlsx" else "")
    return replace(form, heading_row=top.number, sheet=sheet)


def _split(path: Path, form: Format) -> tuple[Row, Iterator[Row]]:
    """The headings, and the rows below."""
    if form.kind == "csv" and len(form.delimiter) != 1:
        raise Unreadable(f"“{form.delimiter}” can't be what separates the cells.")
    rest: Iterator[Row]
    try:
        found = workbooks.rows(path, form) if form.kind == "xlsx" else texts.rows(path, form)
        if form.heading_row:
            rest = (row for row in found if row.number >= form.heading_row)
            top = next(rest, None)
        else:
            first = list(islice(found, LOOKED_AT))
            place = _headings_among(first)
            top = first[place] if first else None
            rest = chain(first[place + 1 :], found)
    except LookupError:
        raise Unreadable(f"“{form.encoding}” isn't an encoding that can be read.") from None
    if top is None:
        raise Unreadable("There is nothing in the file." if not form.heading_row else "There are no headings there.")
    if top.fault:
        raise Unreadable(f"The headings can't be read. {top.fault}", top.number)
    return top, rest


def _headings_among(first: list[Row]) -> int:
    """Titles and dates above a table fill a cell or two; the headings are as wide as what is below."""
    filled = [_count(row) for row in first]
    widest = max(filled, default=0)
    return next((place for place, count in enumerate(filled) if 2 * count > widest), 0)


def _width(top: Row) -> int:
    width = _filled(top.cells)
    if width > MOST_COLUMNS:
        many = (
            f"{width:,}"
            if len(top.cells) < MOST_COLUMNS + 1 or width > MOST_COLUMNS + 1
            else f"more than {MOST_COLUMNS}"
        )
        raise Unreadable(f"The file has {many} columns; {MOST_COLUMNS} is the most.", top.number, MOST_COLUMNS + 1)
    return width


def _filled(cells: Iterable[Cell]) -> int:
    """How many cells there are up to the last that holds anything."""
    return max((place for place, cell in enumerate(cells, 1) if cell is not None and cell != ""), default=0)


def _narrow(row: Row, width: int) -> Row:
    """A delimited row says how many cells it has: fewer are as wrong as more, for nobody knows which are missing."""
    if len(row.cells) > width and _filled(row.cells) <= width:
        return Row(row.number, row.cells[:width])
    fault = f"Row {row.number} has {plural(len(row.cells), 'cell')}, but there are {plural(width, 'heading')}: "
    if len(row.cells) < width:
        return Row(row.number, row.cells, f"{fault}it ends in column {letters(len(row.cells) - 1)}.")
    return Row(row.number, row.cells, f"{fault}column {letters(width)} is one too many. Is a delimiter not in quotes?")


def _wide(row: Row, width: int) -> Row:
    """A workbook leaves empty cells out."""
    if len(row.cells) < width:
        row.cells.extend([None] * (width - len(row.cells)))
    elif _filled(row.cells) > width:
        where = f"Row {row.number}, column {letters(_filled(row.cells) - 1)}"
        return Row(row.number, row.cells, f"{where}: the cell has no heading above it.")
    else:
        del row.cells[width:]
    return row


def _text(cell: Cell) -> str:
    return "" if cell is None else " ".join(str(cell).split())
