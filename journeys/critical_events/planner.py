"""The timeline in reverse: from the day of the event back to today, in working days. Plain arithmetic.

Everything is counted in working days from the event: 0 is the first one on or after its day, -1 the last one before.
So whoever moves the event moves all, and no step ever begins or ends on a holiday.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

DAY = dt.timedelta(days=1)
LONGEST_BREAK = 400  # days in a row without work: beyond this nothing is planned

Working = Callable[[dt.date], bool]


@dataclass(frozen=True)
class Step:
    """`days` of work, then `slack` days of air before the next thing begins."""

    key: int
    days: int
    slack: int = 0
    done: bool = False
    started_on: dt.date | None = None


@dataclass(frozen=True)
class Placed:
    """One step in time. `finish_by` and `start_by` are the latest days that still keep the event's day.

    `room`: working days until it must begin, or, once begun, that it may still take longer; negative is late.
    `threatened`: in time by itself, but what comes before it is late. `endangers`: keys that a late one pushes
    past their days, nearest first.
    """

    key: int
    start_by: dt.date
    finish_by: dt.date
    expected_finish: dt.date
    room: int
    state: str
    threatened: bool = False
    endangers: tuple[int, ...] = ()
    endangers_event: bool = False

    @property
    def late_by(self) -> int:
        return max(0, -self.room) if self.state == LATE else 0


DONE, LATE, RUNNING, NOW, AHEAD = "done", "late", "running", "now", "ahead"


@dataclass(frozen=True)
class Timeline:
    """`steps` last first, as they were given. `earliest_on`: the event's day, or the first one still possible."""

    event_on: dt.date
    steps: tuple[Placed, ...]
    earliest_on: dt.date
    late_by: int

    @property
    def is_kept(self) -> bool:
        return self.late_by == 0

    @property
    def late(self) -> tuple[Placed, ...]:
        return tuple(step for step in self.steps if step.state == LATE)

    @property
    def begin_by(self) -> dt.date | None:
        """When the first thing must begin; None without anything to do."""
        return self.steps[-1].start_by if self.steps else None


def plan(event_on: dt.date, steps: Sequence[Step], today: dt.date, working: Working) -> Timeline:
    """`steps`: last first. Today counts as a day to work on, where it is one."""
    line = _Line(event_on, working)
    now = line.at(today)
    latest = _backward(steps)
    begun = [None if step.started_on is None else line.at(step.started_on) for step in steps]
    expected = _forward(steps, begun, now, len(steps) - 1)
    placed = tuple(_place(n, steps, latest, begun, expected, now, line) for n in range(len(steps)))
    over = max((end for end, step in zip(expected, steps, strict=True) if not step.done), default=-1) + 1
    late_by = max(0, over)
    return Timeline(event_on, placed, line.day(late_by) if late_by else event_on, late_by)


class _Line:
    """Working days by their number, counted from the event."""

    def __init__(self, event_on: dt.date, working: Working) -> None:
        self.event_on, self.working = event_on, working
        self.before: list[dt.date] = []
        self.after: list[dt.date] = []

    def day(self, number: int) -> dt.date:
        if number < 0:
            while len(self.before) < -number:
                self.before.append(self._next((self.before or [self.event_on])[-1], -DAY))
            return self.before[-number - 1]
        while len(self.after) <= number:
            self.after.append(self._next((self.after or [self.event_on - DAY])[-1], DAY))
        return self.after[number]

    def at(self, day: dt.date) -> int:
        """The number of this day, or of the next working day where it is none."""
        first, last = sorted((day, self.event_on))
        count = sum(self.working(first + DAY * n) for n in range((last - first).days))
        return count if day > self.event_on else -count

    def _next(self, day: dt.date, way: dt.timedelta) -> dt.date:
        for _ in range(LONGEST_BREAK):
            day += way
            if self.working(day):
                return day
        raise ValueError("No working day in more than a year.")


def _backward(steps: Sequence[Step]) -> list[tuple[int, int]]:
    """(start, finish) at the latest."""
    edge, found = 0, []
    for step in steps:
        finish = edge - 1 - step.slack
        edge = finish - step.days + 1
        found.append((edge, finish))
    return found


def _forward(steps: Sequence[Step], begun: Sequence[int | None], now: int, first: int) -> list[int]:
    """When each would finish if work went on from now without a break, from the step `first` on; slack is eaten."""
    free = now
    ends = [now - 1] * len(steps)
    for n in range(first, -1, -1):
        if steps[n].done:
            continue
        start = begun[n]
        ends[n] = max(now if start is not None else free, (free if start is None else start) + steps[n].days - 1)
        free = max(free, ends[n] + 1)
    return ends


def _place(
    n: int,
    steps: Sequence[Step],
    latest: Sequence[tuple[int, int]],
    begun: Sequence[int | None],
    expected: Sequence[int],
    now: int,
    line: _Line,
) -> Placed:
    step, (start, finish) = steps[n], latest[n]
    alone = _forward(steps, begun, now, n)
    room = start - now if begun[n] is None else finish - alone[n]
    state = _state(step, room, begun[n] is not None)
    late = state == LATE
    pushed = [k for k in range(n - 1, -1, -1) if not steps[k].done and alone[k] > latest[k][1]] if late else []
    return Placed(
        key=step.key,
        start_by=line.day(start),
        finish_by=line.day(finish),
        expected_finish=line.day(finish if step.done else expected[n]),
        room=room,
        state=state,
        threatened=not step.done and not late and expected[n] > finish,
        endangers=tuple(steps[k].key for k in pushed),
        endangers_event=late and max(alone[: n + 1]) >= 0,
    )


def _state(step: Step, room: int, begun: bool) -> str:
    if step.done:
        return DONE
    if room < 0:
        return LATE
    if begun:
        return RUNNING
    return AHEAD if room else NOW
