"""The kinds of file that a list can leave as."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from accounts.exports.documents import as_json
from accounts.exports.streams import blocks
from accounts.exports.texts import as_csv
from accounts.exports.workbooks import as_xlsx

Rows = Iterable[Sequence[object]]
ZIP = "application/zip"


@dataclass(frozen=True)
class Kind:
    """`code` is also how a file's name ends; `written(head, rows, title)` gives its bytes piece by piece."""

    code: str
    label: str
    media_type: str
    written: Callable[[Sequence[str], Rows, str], Iterator[bytes]]


def _csv(head: Sequence[str], rows: Rows, title: str) -> Iterator[bytes]:
    return blocks(as_csv(head, rows))


def _json(head: Sequence[str], rows: Rows, title: str) -> Iterator[bytes]:
    return blocks(as_json(head, rows))


CSV = Kind("csv", "CSV", "text/csv; charset=utf-8", _csv)
XLSX = Kind("xlsx", "Excel workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx)
JSON = Kind("json", "JSON", "application/json", _json)
KINDS = {kind.code: kind for kind in (CSV, XLSX, JSON)}
