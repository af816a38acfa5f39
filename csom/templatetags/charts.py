"""Charts as SVG from the server: no script, no inline style, a sentence for those who can't see them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 460, 150, 40, 8, 8, 22
TICKS = 4


@register.simple_tag
def trend_chart(values: Sequence[float], labels: Sequence[str], label: str) -> SafeString:
    """A line over time from zero up; `labels` name each value's time, `label` says in a sentence what is shown."""
    top = _round_top(max(values, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(values) - 1)
    points = [(LEFT + n * step, _height(value, top)) for n, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    last_x, last_y = points[-1] if points else (LEFT, _height(0, top))
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}<polygon class="trend-a" '
        'points="{},{} {} {},{}"/><polyline class="trend-l" points="{}"/>'
        '<circle class="trend-d" cx="{}" cy="{}" r="3"/></svg>',
        WIDTH, HEIGHT, label, _levels(top), _times(labels, step),
        LEFT, _height(0, top), line, f"{last_x:.1f}", _height(0, top), line, f"{last_x:.1f}", f"{last_y:.1f}",
    )  # fmt: skip


@register.simple_tag
def step_chart(steps: Sequence[tuple[int, float, float, float]], last: int, label: str) -> SafeString:
    """Shares from 0 to 1 that rise on certain days: (day, share, low, high) each, until day `last`."""
    scale = (WIDTH - LEFT - RIGHT) / max(1, last)
    known = [(0, 0.0, 0.0, 0.0), *steps]
    ends = [day for day, *_shares in known[1:]] + [last]
    line, lows, highs = (_stairs([(day, shares[n]) for day, *shares in known], ends, scale) for n in range(3))
    days = range(0, last + 1, max(1, _round_step(last)))
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}<polygon class="trend-a" points="{}"/>'
        '<polyline class="trend-l" points="{}"/></svg>',
        WIDTH, HEIGHT, label, _levels(1, ("0%", "50%", "100%")),
        format_html_join("", '<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>',
                         ((f"{LEFT + day * scale:.1f}", HEIGHT - 6, day) for day in days)),
        " ".join([*lows, *reversed(highs)]), " ".join(line),
    )  # fmt: skip


def _stairs(steps: Sequence[tuple[int, float]], ends: Sequence[int], scale: float) -> list[str]:
    corners = [(at, share) for (day, share), end in zip(steps, ends, strict=True) for at in (day, max(day, end))]
    return [f"{LEFT + day * scale:.1f},{_height(share, 1)}" for day, share in corners]


def _round_step(last: int) -> int:
    """About six marks on a scale of days: tens, thirties, nineties."""
    return next((step for step in (1, 5, 10, 30, 60, 90, 180) if last / step <= 6), 365)


def _levels(top: float, names: Sequence[str] = ()) -> SafeString:
    """Three lines across: nothing, half and `top`, by these names or as short numbers."""
    marks = [0.0, top / 2, top]
    return format_html_join(
        "",
        '<line class="grid-l" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>',
        ((LEFT, WIDTH - RIGHT, y, y, LEFT - 6, y + 3.5, name)
         for level, name in zip(marks, names or map(_short, marks), strict=True) for y in [_height(level, top)]),
    )  # fmt: skip


def _times(labels: Sequence[str], step: float) -> SafeString:
    """The first, the last and some between; those at the ends stay inside."""
    if not labels:
        return SafeString("")
    last = len(labels) - 1
    chosen = sorted({round(last * n / (TICKS - 1)) for n in range(TICKS)})
    anchors = {0: "start", last: "end"}
    return format_html_join(
        "",
        '<text class="tick" x="{}" y="{}" text-anchor="{}">{}</text>',
        ((f"{LEFT + n * step:.1f}", HEIGHT - 6, anchors.get(n, "middle"), labels[n].rsplit(",", 1)[0]) for n in chosen),
    )


def _height(value: float, top: float) -> float:
    return round(TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM), 1)


def _round_top(largest: float) -> float:
    """The next 1, 2 or 5 with zeros above the largest value."""
    if largest <= 0:
        return 1.0
    size = 10 ** math.floor(math.log10(largest))
    return float(next(size * n for n in (1, 2, 5, 10) if size * n >= largest))


def _short(value: float) -> str:
    for size, mark in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if abs(value) >= size:
            return f"{value / size:g}{mark}"
    return f"{value:g}"
