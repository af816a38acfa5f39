"""What changed between two wordings of a plan: pure comparison of items, whoever kept them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Any]
Key = tuple[str, int]

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
NAMES = {"noun", "id"}


@dataclass(frozen=True)
class Change:
    """One field of an item, or the north star: what stood there, and what stands there."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Difference:
    """An item that came, went or changed; `item` as it stands last, `changes` only where it changed."""

    what: str
    noun: str
    item: Item
    changes: Sequence[Change] = ()

    @property
    def title(self) -> str:
        return str(self.item.get("title") or self.item.get("text") or "")


@dataclass(frozen=True)
class Wording:
    """A plan as it stood once: its north star, and its items as {noun, id, audience, about, …fields}."""

    north_star: str
    items: Sequence[Item]


def same(before: Wording, after: Wording) -> bool:
    return before.north_star == after.north_star and _by_key(before.items) == _by_key(after.items)


def between(before: Wording, after: Wording) -> list[Difference]:
    """From one wording to the next: what changed in the order of the later one, then what went."""
    old, new = _by_key(before.items), _by_key(after.items)
    found = [_north_star(before.north_star, after.north_star)]
    for key, item in new.items():
        found.append(_compared(key, old.get(key), item))
    found += [Difference(REMOVED, key[0], item) for key, item in old.items() if key not in new]
    return [one for one in found if one is not None]


def _north_star(before: str, after: str) -> Difference | None:
    if before == after:
        return None
    return Difference(CHANGED, "plan", {"title": "North star"}, [Change("north_star", before, after)])


def _compared(key: Key, before: Item | None, after: Item) -> Difference | None:
    if before is None:
        return Difference(ADDED, key[0], after)
    names = [*after, *(name for name in before if name not in after)]
    changes = [
        Change(name, before.get(name), after.get(name))
        for name in names
        if name not in NAMES and before.get(name) != after.get(name)
    ]
    return Difference(CHANGED, key[0], after, changes) if changes else None


def _by_key(items: Iterable[Item]) -> dict[Key, Item]:
    return {(str(item["noun"]), int(item["id"])): item for item in items}
