"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import re

from accounts.imports.reading.format import Unreadable

CSV_OR_XLSX = "Save it as CSV or as an Excel workbook (.xlsx) and send that."
BEGINNINGS = {
    b"\x89PNG": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture", b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document", b"{\\rtf": "a text document (RTF)", b"\x1f\x8b": "a compressed file (gzip)",
    b"7z\xbc\xaf": "a compressed file (7z)", b"Rar!": "a compressed file (RAR)", b"BZh": "a compressed file (bzip2)",
    b"PAR1": "a Parquet file", b"SQLite format 3\0": "a database (SQLite)", b"\x00\x00\xfe\xff": "a text in UTF-32",
    b"\xff\xfe\x00\x00": "a text in UTF-32", b"MZ": "a program", b"\x7fELF": "a program",
    b"RIFF": "a sound or picture file", b"OggS": "a sound file",
}  # fmt: skip
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
IN_ZIP = {
    b"xl/workbook.bin": "a binary Excel workbook (.xlsb)",
    b"opendocument.spreadsheet": "an OpenDocument spreadsheet (.ods)",
    b"word/": "a Word document", b"ppt/": "a presentation", b"Index/Document.iwa": "a Numbers spreadsheet",
}  # fmt: skip
HTML = re.compile(
    rb"(?:<!--.{0,1000}?-->\s*)?<(?:!doctype\s+html|html|head|body|table|meta|div)\b", re.IGNORECASE | re.DOTALL
)
LOOKED_AT = 4_096


def is_workbook(head: bytes) -> bool:
    """True for an Excel workbook, False for a text. Unreadable: anything else that is known by its beginning."""
    if head.startswith(OLE):
        _refuse_ole(head)
    if head.startswith(ZIP):
        _refuse_other_zips(head)
        return True
    for beginning, what in BEGINNINGS.items():
        if head.startswith(beginning) and (len(beginning) > 3 or b"\0" in head[:LOOKED_AT]):
            raise Unreadable(f"This is {what}, not a table. {CSV_OR_XLSX}")
    bare = head[:LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()
    if HTML.match(bare):
        raise Unreadable(f"This is a web page (HTML), not a table. {CSV_OR_XLSX}")
    if bare.startswith(b"<?xml"):
        raise Unreadable(f"This is an XML file. {CSV_OR_XLSX}")
    return False


def _refuse_ole(head: bytes) -> None:
    if ENCRYPTED in head:
        raise Unreadable("The workbook is protected by a password. Save it without one and send that.")
    raise Unreadable("This is a workbook in the old Excel format (.xls). Save it as .xlsx or CSV and send that.")


def _refuse_other_zips(head: bytes) -> None:
    for name, what in IN_ZIP.items():
        if name in head:
            raise Unreadable(f"This is {what}. {CSV_OR_XLSX}")
    if b"xl/" not in head and b"[Content_Types].xml" not in head:
        raise Unreadable("This is a ZIP archive. Unpack it and send the table that is in it.")
