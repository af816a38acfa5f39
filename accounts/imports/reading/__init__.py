"""Files into rows: what kind of file it is, its headings, and row after row in flat memory."""

from accounts.imports.reading.format import Cell, Format, Row, Unreadable

__all__ = ["Cell", "Format", "Row", "Unreadable"]
