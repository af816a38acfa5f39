"""What each room says that it knows: kinds of events, how to tell them, first steps. Filled by each facts.py."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import string
from collections.abc import Callable, Mapping
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


@dataclass(frozen=True)
class FirstStep:
    """Something to do in a new workspace; it is done when the rows that `done` asks for exist."""

    code: str
    title: Any
    says: Any
    url_name: str
    permission: str
    done: Callable[[], Any]


DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_KINDS: dict[str, EventKind] = {}
_STEPS: dict[str, FirstStep] = {}


class _Lenient(string.Formatter):
    """Old events may lack a fact that today's sentence names."""

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        value = kwargs.get(str(key))
        return "—" if value in (None, "") else _readable(value)


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


def first_step(step: FirstStep) -> None:
    _STEPS[step.code] = step


def first_steps() -> list[FirstStep]:
    """Lower rooms first, as their facts are read."""
    return list(_STEPS.values())
