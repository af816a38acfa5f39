"""Files into rows: what kind of file it is, its headings, and row after row in flat memory."""

from accounts.imports.reading.files import headings, rows, settled, sheets
from accounts.imports.reading.format import Cell, Format, Row, Unreadable, letters
from accounts.imports.reading.sniffing import sniff

__all__ = ["Cell", "Format", "Row", "Unreadable", "headings", "letters", "rows", "settled", "sheets", "sniff"]
