"""Events that a play may listen to: in groups to choose from, and what of each only words its sentence."""

from __future__ import annotations

from typing import Any

from accounts.registry import EventKind, event_kinds, group_of
from blueprints.rules.comparisons import EVENT


def to_listen_to() -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of kinds about accounts: at anything else a play has nothing to act on."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in sorted(event_kinds(), key=lambda kind: str(kind.label)):
        if (group := group_of(kind.kind)) is not None:
            groups.setdefault(str(group), []).append((kind.kind, str(kind.label)))
    return sorted(groups.items())


def worded(trigger: str) -> set[str]:
    """Names of facts that only word the sentence, and that nobody need ask about."""
    kind = _kind(trigger)
    return {f"{EVENT}{name}" for name in kind.wording} if kind else set()


def _kind(trigger: str) -> EventKind | None:
    known: dict[str, Any] = {kind.kind: kind for kind in event_kinds()}
    return known.get(trigger)
