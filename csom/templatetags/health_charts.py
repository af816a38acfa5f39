"""A score over time above its bands, and portfolios as bars of bands: SVG from the server, told in a sentence too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from csom.templatetags.ui import LABELS, tone_of

register = template.Library()

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 190, 30, 10, 18, 22
ORDER = ("healthy", "symptoms", "at_risk", "unknown")


@register.simple_tag
def health_chart(
    scores: Sequence[int | None], labels: Sequence[str], marks: Sequence[tuple[int, str]], bands: tuple[int, int],
    label: str,
) -> SafeString:  # fmt: skip
    """A score for each day, None where it was unknown: the line breaks there. `marks` are days with a word."""
    step = (WIDTH - LEFT - RIGHT) / max(1, len(scores) - 1)
    return format_html(
        '<svg class="chart health-chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}{}{}</svg>',
        WIDTH, HEIGHT, label, _zones(bands), _levels(bands), _days(labels, step), _marks(marks, step),
        _lines(scores, step),
    )  # fmt: skip


def _zones(bands: tuple[int, int]) -> SafeString:
    healthy, symptoms = bands
    rows = (("green", 100, healthy), ("amber", healthy, symptoms), ("red", symptoms, 0))
    return format_html_join(
        "",
        '<rect class="zone-{}" x="{}" y="{}" width="{}" height="{}"/>',
        ((tone, LEFT, _y(top), WIDTH - LEFT - RIGHT, round(_y(low) - _y(top), 1)) for tone, top, low in rows),
    )


def _levels(bands: tuple[int, int]) -> SafeString:
    return format_html_join(
        "",
        '<line class="grid-l" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>',
        ((LEFT, WIDTH - RIGHT, _y(n), _y(n), LEFT - 6, _y(n) + 3.5, n) for n in (0, bands[1], bands[0], 100)),
    )


def _days(labels: Sequence[str], step: float) -> SafeString:
    last = len(labels) - 1
    if last < 1:
        return SafeString("")
    chosen = sorted({round(last * n / 4) for n in range(5)})
    anchors = {0: "start", last: "end"}
    return format_html_join(
        "",
        '<text class="tick" x="{}" y="{}" text-anchor="{}">{}</text>',
        ((f"{LEFT + n * step:.1f}", HEIGHT - 6, anchors.get(n, "middle"), labels[n]) for n in chosen),
    )


def _marks(marks: Sequence[tuple[int, str]], step: float) -> SafeString:
    return format_html_join(
        "",
        '<line class="mark-l" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>'
        '<text class="tick" x="{0}" y="12" text-anchor="{3}">{4}</text>',
        ((f"{LEFT + n * step:.1f}", TOP, HEIGHT - BOTTOM, "start" if LEFT + n * step < WIDTH / 2 else "end", word)
         for n, word in marks),
    )  # fmt: skip


def _lines(scores: Sequence[int | None], step: float) -> SafeString:
    """One line for each stretch of known days; a lone day is a dot."""
    parts = []
    for known, stretch in groupby(enumerate(scores), key=lambda pair: pair[1] is not None):
        if known:
            points = [f"{LEFT + n * step:.1f},{_y(score or 0)}" for n, score in stretch]
            parts.append((" ".join(points), *points[-1].split(",")))
    return format_html_join(
        "", '<polyline class="trend-l" points="{}"/><circle class="trend-d" cx="{}" cy="{}" r="3"/>', parts
    )


def _y(score: float) -> float:
    return round(TOP + (1 - score / 100) * (HEIGHT - TOP - BOTTOM), 1)


@register.simple_tag
def band_bar(counts: Mapping[str, int], label: str) -> SafeString:
    """Accounts by band as one bar, with the counts in words under it; who is at risk is hatched, too."""
    total = sum(counts.values()) or 1
    x, parts = 0.0, []
    for band in ORDER:
        width = round(100 * counts.get(band, 0) / total, 2)
        if width:
            parts.append((tone_of(band), f"{x:.2f}", f"{width:.2f}"))
        x += width
    told = ", ".join(f"{counts.get(band, 0)} {LABELS[tone_of(band)]}" for band in ORDER)
    return format_html(
        '<svg class="band-bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        _("%(what)s: %(counts)s") % {"what": label, "counts": told},
        format_html_join("", '<rect class="part-{}" x="{}" width="{}" height="6"/>', parts),
    )
