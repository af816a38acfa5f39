"""Kinds of events: how to tell one of them in a sentence, what can be asked about it, and where it is listed."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.registry.facts import Fact, FactType


@dataclass(frozen=True)
class EventKind:
    """`sentence` is a template over the event's facts, such as "{name} left, now at {moved_to}".

    `facts` are those that have a type, called as events of this kind call them. `wording` are those that only word the
    sentence: another fact says the same as data.
    """

    kind: str
    label: str
    sentence: str
    icon: str = "circle"
    touch: bool = False  # counts as contact with the customer
    facts: tuple[Fact, ...] = ()
    wording: tuple[str, ...] = ()

    @property
    def asked(self) -> dict[str, Fact]:
        """What can be asked about such an event: what is declared, and what else its sentence names, as text."""
        declared = {fact.name: fact for fact in self.facts}
        named = (name for _text, name, _spec, _conversion in string.Formatter().parse(self.sentence) if name)
        free = [name for name in named if name not in declared and name not in self.wording]
        return declared | {name: Fact(name, said(name), FactType.TEXT) for name in free}


DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_KINDS: dict[str, EventKind] = {}
_GROUPS: dict[str, Any] = {}  # by noun or kind; None: of the workspace, about no account


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


def declare(
    kind: str,
    label: str,
    sentence: str,
    *,
    icon: str = "circle",
    touch: bool = False,
    facts: Iterable[Fact] = (),
    wording: Iterable[str] = (),
) -> None:
    known = _KINDS.get(kind)
    declared = EventKind(kind, label, sentence, icon, touch, tuple(facts), tuple(wording))
    if known is not None and known != declared:
        raise ValueError(f"event kind {kind} is declared twice, differently")
    _KINDS[kind] = declared


def of_accounts(label: Any, *names: str) -> None:
    """Kinds of events about accounts, by noun or one by one, and what people call them together."""
    _GROUPS.update(dict.fromkeys(names, label))


def of_workspace(*names: str) -> None:
    """Kinds of events about no account, by noun or one by one: nothing can be done at an account when they happen."""
    _GROUPS.update(dict.fromkeys(names))


def group_of(kind: str) -> Any:
    """What the kind is listed under; None for one of the workspace. One that no room listed is a KeyError."""
    return _GROUPS[kind if kind in _GROUPS else kind.partition(".")[0]]


def said(name: str) -> str:
    """A fact's name as people read it, where nobody gave it a label."""
    return name.replace("_", " ").capitalize()


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
