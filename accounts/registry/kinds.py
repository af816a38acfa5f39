"""Kinds of events, and how to tell one of them in a sentence."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class EventKind:
    """`sentence` is a template over the event's facts, such as "{name} left, now at {moved_to}"."""

    kind: str
    label: str
    sentence: str
    icon: str = "circle"
    touch: bool = False  # counts as contact with the customer


DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_KINDS: dict[str, EventKind] = {}


class _Lenient(string.Formatter):
    """Old events may lack a fact that today's sentence names."""

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        value = kwargs.get(str(key))
        return "—" if value in (None, "") else _readable(value)

    def format_field(self, value: Any, format_spec: str) -> str:
        """`{count:run}` says how many of what: "1 run", "1,200 runs"; or `{count:match|matches}`."""
        if not format_spec or not isinstance(value, int):
            return str(value)
        one, _mark, many = format_spec.partition("|")
        return f"{value:,} {one if value == 1 else many or one + 's'}"


def _readable(value: Any) -> Any:
    """Facts keep days as 2026-03-31; people read 31 Mar 2026."""
    if not (isinstance(value, str) and DAY.fullmatch(value)):
        return value
    with contextlib.suppress(ValueError):
        day = dt.date.fromisoformat(value)
        return f"{day.day} {day:%b %Y}"
    return value


def declare(kind: str, label: str, sentence: str, *, icon: str = "circle", touch: bool = False) -> None:
    known = _KINDS.get(kind)
    declared = EventKind(kind, label, sentence, icon, touch)
    if known is not None and known != declared:
        raise ValueError(f"event kind {kind} is declared twice, differently")
    _KINDS[kind] = declared


def event_kind(kind: str) -> EventKind:
    return _KINDS[kind]


def event_kinds() -> list[EventKind]:
    return sorted(_KINDS.values(), key=lambda known: known.kind)


def tell(kind: str, facts: Mapping[str, Any]) -> str:
    """The event in one sentence; a kind that is no longer declared still tells its name."""
    known = _KINDS.get(kind)
    if known is None:
        return kind.replace(".", " ").replace("_", " ")
    return _Lenient().vformat(known.sentence, (), facts)
