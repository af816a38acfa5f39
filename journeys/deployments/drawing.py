"""Where everything of a plan's picture stands: bars, links and the scale, in units of the picture. Plain Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NAMES = 188  # a column of their own: behind the bars the links would run through the words
EDGE = 8
LEFT, WIDTH, ROW, HEAD, PAD = EDGE + NAMES, 572, 30, 26, 10
BAR = 14
LEAST = 4.0
TICKS = 8
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Stretch:
    """One activity: planned days, days as expected, and what it waits for."""

    pk: int
    planned: tuple[dt.date, dt.date]
    expected: tuple[dt.date, dt.date]
    after: tuple[int, ...] = ()


@dataclass(frozen=True)
class Bar:
    """`x`, `width`: as expected; `planned_*`: a thin line under it."""

    pk: int
    x: float
    y: float
    width: float
    planned_x: float
    planned_y: float
    planned_width: float


@dataclass(frozen=True)
class Tick:
    x: float
    day: dt.date


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    bars: list[Bar]
    links: list[str]
    ticks: list[Tick]
    today_x: float | None
    agreed_x: float | None
    foot: int


def chart(rows: Sequence[Stretch], today: dt.date, agreed: dt.date) -> Chart | None:
    """A row an activity, from the first day that matters to the last; None where there is nothing to draw."""
    if not rows:
        return None
    first = min([agreed, *(day for row in rows for day in (row.planned[0], row.expected[0]))]) - DAY
    last = max([agreed, *(day for row in rows for day in (row.planned[1], row.expected[1]))]) + DAY
    scale = WIDTH / ((last - first).days + 1)

    def at(day: dt.date) -> float:
        return round(LEFT + (day - first).days * scale, 1)

    def wide(start: dt.date, end: dt.date) -> float:
        return round(max(LEAST, ((end - start).days + 1) * scale), 1)

    bars = [
        Bar(
            row.pk, at(row.expected[0]), HEAD + PAD + place * ROW, wide(*row.expected),
            at(row.planned[0]), HEAD + PAD + place * ROW + BAR + 3, wide(*row.planned),
        )
        for place, row in enumerate(rows)
    ]  # fmt: skip
    height = HEAD + PAD + len(rows) * ROW + PAD
    today_x = at(today) if first <= today <= last else None
    return Chart(
        LEFT + WIDTH + EDGE, height, bars, _links(rows, {bar.pk: bar for bar in bars}),
        [Tick(at(day), day) for day in _ticks(first, last)], today_x, at(agreed + DAY), height - PAD,
    )  # fmt: skip


def _links(rows: Sequence[Stretch], bars: Mapping[int, Bar]) -> list[str]:
    """From the end of what is awaited down, or up, to the start of what waits."""
    found = []
    for row in rows:
        for key in row.after:
            if key in bars:
                before, after = bars[key], bars[row.pk]
                x, y, to = before.x + before.width, before.y + BAR / 2, after.y + BAR / 2
                turn = max(x + 3, after.x - 4) if after.x > x else x + 3
                found.append(f"M{x:.1f} {y:.1f}H{turn:.1f}V{to:.1f}H{after.x:.1f}")
    return found


def _ticks(first: dt.date, last: dt.date) -> list[dt.date]:
    """Mondays, as many as can be read."""
    monday = first + DAY * (-first.weekday() % 7)
    weeks = [monday + DAY * 7 * n for n in range((last - monday).days // 7 + 1)]
    step = -(-len(weeks) // TICKS) or 1
    return weeks[::step]
