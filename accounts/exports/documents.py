"""The one writer of JSON: a list of objects, one a line, each with the headings as names."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from accounts.exports.texts import figure, instant


def as_json(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Object by object. Amounts are decimal texts, days and instants ISO texts, what is empty is null."""
    first = True
    for row in rows:
        yield ("[\n" if first else ",\n") + _object(head, row)
        first = False
    yield "[]\n" if first else "\n]\n"


def _object(head: Sequence[str], row: Sequence[object]) -> str:
    said = {name: None if value == "" else value for name, value in zip(head, row, strict=True)}
    return json.dumps(said, ensure_ascii=False, default=_as_text)


def _as_text(value: object) -> str:
    if isinstance(value, dt.datetime):
        return instant(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return figure(value)
    return str(value)
