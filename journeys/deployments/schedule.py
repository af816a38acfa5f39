"""When a plan's activities come, by what they wait for: planned, expected, and what has no slack. Plain Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

# (day, n) -> the n-th working day after it; with n = 0 the day itself or the next working day.
Shift = Callable[[dt.date, int], dt.date]
# (start, end) -> working days after start up to and with end.
Between = Callable[[dt.date, dt.date], int]


class Circle(Exception):
    """Activities that would wait for each other, in their order; the first stands at the end again."""

    def __init__(self, way: Sequence[int]) -> None:
        self.way = list(way)
        super().__init__(" → ".join(str(pk) for pk in way))


@dataclass(frozen=True)
class Item:
    """`days` are working days, the first one included; `after` are the keys of those that it waits for."""

    pk: int
    days: int
    after: tuple[int, ...] = ()
    not_before: dt.date | None = None
    done_on: dt.date | None = None


@dataclass(frozen=True)
class Slot:
    """First and last day as planned and as expected now; `slack` in working days until it moves the end."""

    start: dt.date
    end: dt.date
    expected_start: dt.date
    expected_end: dt.date
    slack: int
    done: bool

    @property
    def critical(self) -> bool:
        return not self.done and self.slack <= 0


@dataclass(frozen=True)
class Schedule:
    slots: dict[int, Slot]
    end: dt.date | None
    expected_end: dt.date | None


def ordered(items: Iterable[Item]) -> list[Item]:
    """Each behind those that it waits for; raises Circle where some wait for each other."""
    known = {item.pk: item for item in items}
    waits = {pk: {key for key in item.after if key in known} for pk, item in known.items()}
    found: list[Item] = []
    while waits:
        ready = [pk for pk, after in waits.items() if not after]
        if not ready:
            raise Circle(_circle(waits))
        for pk in ready:
            found.append(known[pk])
            del waits[pk]
        for after in waits.values():
            after.difference_update(ready)
    return found


def _circle(waits: Mapping[int, set[int]]) -> list[int]:
    way = [min(waits)]
    while True:
        following = min(waits[way[-1]])
        if following in way:
            # Told in the order of the work: what comes first stands first.
            return [*reversed([*way[way.index(following) :], following])]
        way.append(following)


def laid_out(items: Sequence[Item], begin: dt.date, today: dt.date, *, shift: Shift, between: Between) -> Schedule:
    """Every activity as early as it may come. What isn't done ends today at the earliest."""
    line = ordered(items)
    planned = _planned(line, begin, shift)
    expected = _expected(line, begin, today, shift)
    if not line:
        return Schedule({}, None, None)
    last = max(end for _start, end in expected.values())
    latest = _latest(line, last, shift)
    slots = {
        item.pk: Slot(
            *planned[item.pk], *expected[item.pk],
            slack=between(expected[item.pk][1], latest[item.pk]), done=item.done_on is not None,
        )
        for item in line
    }  # fmt: skip
    return Schedule(slots, max(end for _start, end in planned.values()), last)


Days = dict[int, tuple[dt.date, dt.date]]


def _planned(line: Sequence[Item], begin: dt.date, shift: Shift) -> Days:
    found: Days = {}
    for item in line:
        start = _start(item, begin, found, shift)
        found[item.pk] = start, shift(start, item.days - 1) if item.days > 1 else start
    return found


def _expected(line: Sequence[Item], begin: dt.date, today: dt.date, shift: Shift) -> Days:
    found: Days = {}
    for item in line:
        start = _start(item, begin, found, shift)
        end = shift(start, item.days - 1) if item.days > 1 else start
        if item.done_on is not None:
            found[item.pk] = min(start, item.done_on), item.done_on
        else:
            found[item.pk] = start, max(end, shift(today, 0))
    return found


def _start(item: Item, begin: dt.date, found: Days, shift: Shift) -> dt.date:
    earliest = max(begin, item.not_before) if item.not_before else begin
    return max([shift(earliest, 0), *(shift(found[key][1], 1) for key in item.after if key in found)])


def _latest(line: Sequence[Item], last: dt.date, shift: Shift) -> dict[int, dt.date]:
    """The last day on which each may end without moving the end of all."""
    followers: dict[int, list[Item]] = {}
    for item in line:
        for key in item.after:
            followers.setdefault(key, []).append(item)
    found: dict[int, dt.date] = {}
    for item in reversed(line):
        # A follower that is done waits for nobody any more.
        open_ones = [one for one in followers.get(item.pk, []) if one.done_on is None]
        found[item.pk] = min([last, *(shift(found[one.pk], -one.days) for one in open_ones)])
    return found
