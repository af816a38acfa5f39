"""XML in pieces, without a tree: nothing is kept but what a handler keeps, and nothing is declared by the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from accounts.imports.reading.format import Unreadable

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PIECE = 65_536
LONGEST_TAG = 1_000_000
DAMAGED = "The workbook is damaged: open it in Excel, save it again, and send that."


def parser() -> expat.XMLParserType:
    """Names come without their namespace's prefix; a document that defines entities is refused."""
    made = expat.ParserCreate(namespace_separator=" ")
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse  # type: ignore[assignment]
    return made


def bare(name: str) -> str:
    return name.rpartition(" ")[2]


def feed(made: expat.XMLParserType, source: IO[bytes]) -> Iterator[None]:
    """Piece by piece; between two of them the caller takes what its handlers found."""
    fed = 0
    try:
        while piece := source.read(PIECE):
            fed += len(piece)
            made.Parse(piece, False)
            if fed - made.CurrentByteIndex > LONGEST_TAG:
                raise Unreadable(DAMAGED)
            yield
        made.Parse(b"", True)
    except expat.ExpatError:
        raise Unreadable(DAMAGED) from None
    yield


def _refuse(*_declared: object) -> None:
    raise Unreadable("The workbook declares markup of its own, which no spreadsheet does: it isn't read.")
