"""How a file is written, by its first megabyte: kind, encoding, delimiter."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter

from accounts.imports.reading.format import Format, Unreadable
from accounts.imports.reading.signatures import CSV_OR_XLSX, is_workbook

DELIMITERS = (",", ";", "\t", "|")
LINES = 200
JSON = re.compile(r'\ufeff?\s*(?:\{\s*["}]|\[\s*(?:[{"\]]|\[\s*"))')
# Marks at the beginning; the encodings' names are the ones that swallow them.
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SHARE = 0.9
CONTROLS = frozenset(range(32)) - {0, 9, 10, 12, 13, 27}


def sniff(head: bytes, name: str) -> Format:
    """Unreadable: empty, or not a table at all. The name only tells when the content doesn't."""
    if not head.strip():
        raise Unreadable("The file is empty.")
    if is_workbook(head):
        return Format(kind="xlsx", encoding="", delimiter="")
    encoding = _encoding(head)
    text = head.decode(encoding, "replace")
    if not text.strip("\ufeff\0 \t\r\n"):
        raise Unreadable("The file is empty.")
    if JSON.match(text):
        return Format(kind="json", encoding=encoding, delimiter="")
    return Format(kind="csv", encoding=encoding, delimiter=_delimiter(text, name))


def _encoding(head: bytes) -> str:
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    wide = _wide(head)
    if wide:
        return wide
    odd = sum(byte in CONTROLS for byte in head[:65_536]) + head[:65_536].count(0)
    if odd > max(8, len(head[:65_536]) // 50):
        raise Unreadable(f"This isn't a text but a binary file. {CSV_OR_XLSX}")
    return _narrow(head)


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of a table in Latin letters is zero."""
    low, high = head[0:4_096:2].count(0), head[1:4_096:2].count(0)
    if low + high < max(3, len(head[:4_096]) // 5):
        return ""
    if high > SHARE * (low + high):
        return "utf-16-le"
    return "utf-16-be" if low > SHARE * (low + high) else ""


def _narrow(head: bytes) -> str:
    """UTF-8 unless more of the high bytes are wrong than right: a stray one doesn't make the file another."""
    try:
        # The head may end within a character.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        text = head.decode("utf-8", "replace")
        wrong = text.count("\ufffd")
        right = sum(1 for letter in text if ord(letter) > 127) - wrong
        return "utf-8" if right > wrong else "cp1252"
    return "utf-8"


def _delimiter(text: str, name: str) -> str:
    lines = text.splitlines()[:LINES]
    first = lines[0].strip('\ufeff"').lower()
    if first.startswith("sep=") and len(first) == 5:
        return first[4]
    best = max(DELIMITERS, key=lambda delimiter: _fit(lines, delimiter))
    if _fit(lines, best) == (0.0, 0):
        return "\t" if name.lower().endswith((".tsv", ".tab")) else ","
    return best


def _fit(lines: list[str], delimiter: str) -> tuple[float, int]:
    """How many rows have the most common number of cells, if that is more than one; the wider, the better."""
    widths: Counter[int] = Counter()
    try:
        for cells in csv.reader(lines[:-1] or lines, delimiter=delimiter):
            if cells:
                widths[len(cells)] += 1
    except csv.Error:
        return 0.0, 0
    wide = {width: rows for width, rows in widths.items() if width > 1}
    if not wide:
        return 0.0, 0
    width, rows = max(wide.items(), key=lambda item: (item[1], item[0]))
    return round(rows / sum(widths.values()), 1), width
