"""The one writer of CSV: what a spreadsheet would take for a formula leaves as text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

# A sign, a tab or a line break makes a spreadsheet calculate; so do their full-width twins.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
# Excel reads UTF-8 only when told.
MARK = "\ufeff"


def harmless(value: object) -> str:
    """The value as a cell: a plain number stays one, a would-be formula gets an apostrophe."""
    text = "" if value is None else str(value)
    if NUMBER.fullmatch(text):
        return text
    risky = text.startswith(FORMULA) or text.strip().startswith(FORMULA)
    return f"'{text}" if risky else text


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Line by line, every cell quoted, so that nothing is held in memory."""
    yield MARK + _line(head)
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[object]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return buffer.getvalue()
