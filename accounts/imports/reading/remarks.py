"""What is worth saying about a file as a whole before anybody tries it: once, and not row by row."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.imports.reading.format import Row
from accounts.imports.reading.sheets import Formula

NAMED = 5


def remarks(headings: Sequence[str], first: Sequence[Row]) -> list[str]:
    """Sentences about the first rows; none where there is nothing to say."""
    places = {place for row in first for place, cell in enumerate(row.cells) if isinstance(cell, Formula)}
    names = [f"“{headings[place]}”" for place in sorted(places) if place < len(headings)]
    return [_never_calculated(names)] if names else []


def _never_calculated(names: list[str]) -> str:
    more = len(names) - NAMED
    which = ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
    column = "Column" if len(names) == 1 else "Columns"
    return (
        f"{column} {which}: there are formulas that were never calculated, so their cells have no result and their "
        "rows will be refused. Open the file in Excel or LibreOffice, save it, and send that."
    )
