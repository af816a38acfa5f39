"""The one writer of CSV: what a spreadsheet would take for a formula leaves as text, and comes back as it was."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

# A sign, a tab or a line break makes a spreadsheet calculate; so do their full-width twins.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
THOUSAND = re.compile(r"-?\d{1,3}\.\d{3}")
# Apostrophes in front count as ours, so that each is taken off once for every one put on.
RISKY = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")
# Excel reads UTF-8 only when told.
MARK = "\ufeff"


def harmless(value: object) -> str:
    """The value as a cell: a plain number stays one, a would-be formula gets an apostrophe."""
    text = plain(value)
    return f"'{text}" if _is_risky(text) else text


def unharmed(text: str) -> str:
    """What the cell said before `harmless`; any other text stays as it is."""
    return text[1:] if text.startswith("'") and _is_risky(text) else text


def _is_risky(text: str) -> bool:
    return RISKY.match(text) is not None and NUMBER.fullmatch(text.lstrip("'")) is None


def plain(value: object) -> str:
    """A value as every reader of texts takes it: ISO days and instants in UTC, figures in full, Yes or No."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dt.datetime):
        return instant(value)
    return figure(Decimal(str(value))) if isinstance(value, Decimal | float) else str(value)


def figure(value: Decimal) -> str:
    """In full. «1.234» would be read as more than a thousand where commas are decimal, «1.2340» is not."""
    text = format(value, "f")
    return f"{text}0" if THOUSAND.fullmatch(text) else text


def instant(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Line by line, every cell quoted, so that nothing is held in memory."""
    yield MARK + _line(head)
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[object]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return buffer.getvalue()
