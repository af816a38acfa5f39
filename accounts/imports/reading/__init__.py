"""Files into rows: what kind of file it is, its headings, and row after row in flat memory."""

from accounts.imports.reading.files import headings, likeliest_sheet, rows, settled, sheets
from accounts.imports.reading.format import Cell, Format, Row, Unreadable, letters
from accounts.imports.reading.remarks import remarks
from accounts.imports.reading.sniffing import sniff

__all__ = [
    "Cell", "Format", "Row", "Unreadable", "headings", "letters", "likeliest_sheet", "remarks", "rows", "settled",
    "sheets", "sniff",
]  # fmt: skip
