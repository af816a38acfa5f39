"""The atoms of the pages: small marks that appear many times a page, as Python because that is three times faster."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from lucide.templatetags.lucide import lucide as draw

from accounts import formats

register = template.Library()

# Never colour alone: every band has a shape and a word too.
TONES = {"healthy": "green", "symptoms": "amber", "at_risk": "red", "unknown": "none"}
LABELS = {"green": _("Healthy"), "amber": _("Symptoms"), "red": _("At risk"), "none": _("Unknown")}
SHAPES = {
    "green": mark_safe('<circle cx="5" cy="5" r="4"/>'),
    "amber": mark_safe('<path d="M5 .8 9.6 9H.4z"/>'),
    "red": mark_safe('<path d="M5 0l5 5-5 5-5-5z"/>'),
    "none": mark_safe(
        '<circle cx="5" cy="5" r="3.25" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2 1.4"/>'
    ),
}
PHASES = {
    "commit": (0, _("Committed")),
    "onboarding": (1, _("Onboarding")),
    "adoption": (2, _("Adoption")),
    "expansion": (3, _("Expansion")),
    "ended": (0, _("Former")),
}
RISING, FALLING = "M4 1l3.6 6H.4z", "M4 7L.4 1h7.2z"


def tone_of(status: str) -> str:
    """A band's or a colour's name as one of green, amber, red, none."""
    tone = TONES.get(status, status)
    return tone if tone in SHAPES else "none"


@register.simple_tag
@lru_cache(maxsize=1024)
def lucide(name: str, *, size: int = 24, **attributes: str) -> str:
    """The library's tag, remembered: it copies and writes out a tree of XML for each of a page's thirty icons."""
    return draw(name, size=size, **attributes)


@register.simple_tag
def glyph(status: str, label: str = "") -> SafeString:
    """The shape of a band, alone; give it a label where no word stands beside it."""
    tone = tone_of(status)
    name = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    shape = SHAPES[tone]
    return format_html(
        '<svg class="glyph glyph-{}" viewBox="0 0 10 10" fill="currentColor" {}>{}</svg>', tone, name, shape
    )


@register.simple_tag
def pill(status: str, score: int | None = None, label: str = "") -> SafeString:
    """Shape, word and, where there is one, the score: {% pill "at_risk" 34 %}."""
    tone = tone_of(status)
    points = "" if score is None else format_html('<span class="pill-n">{}</span>', score)
    return format_html(
        '<span class="pill pill-{}">{}<span>{}</span>{}</span>', tone, glyph(tone), label or LABELS[tone], points
    )


@register.simple_tag
def badge(text: str, tone: str = "") -> SafeString:
    """A word in a quiet box: state, role, kind. Tone: accent, green, amber, red."""
    return format_html('<span class="badge{}">{}</span>', f" badge-{tone}" if tone else "", text)


@register.simple_tag
def delta(change: float | None, unit: str = "") -> SafeString:
    """A change with its direction; "no change" is a dash."""
    if not change:
        return format_html(
            '<span class="delta"><span aria-hidden="true">–</span><span class="sr-only">{}</span></span>',
            _("no change"),
        )
    rising = change > 0
    return format_html(
        '<span class="delta delta-{}"><svg viewBox="0 0 8 8" fill="currentColor" aria-hidden="true">'
        '<path d="{}"/></svg>'
        '<span class="sr-only">{} </span>{}{}</span>',
        "up" if rising else "down",
        RISING if rising else FALLING,
        _("up") if rising else _("down"),
        f"{abs(change):g}",
        unit,
    )


@register.simple_tag
def phase(code: str) -> SafeString:
    """Where the account is on the right side of the bowtie: three rising bars and the word."""
    done, label = PHASES.get(code, (0, code))
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="4" height="{}" rx="1" class="{}"/>',
        ((i * 5, 6 - 2 * i, 6 + 2 * i, "phase-on" if i < done else "phase-off") for i in range(3)),
    )
    svg = format_html('<svg width="14" height="12" viewBox="0 0 14 12" aria-hidden="true">{}</svg>', bars)
    return format_html('<span class="phase">{}{}</span>', svg, label)


@register.simple_tag
def avatar(name: str, shown: bool = False) -> SafeString:
    """A person's initials; the name is for screen readers, or beside it when shown."""
    if not name:
        return format_html(
            '<span class="person"><span class="avatar avatar-none" aria-hidden="true">?</span>{}</span>', _("Nobody")
        )
    face = format_html('<span class="avatar" aria-hidden="true" title="{}">{}</span>', name, formats.initials(name))
    return format_html(
        '<span class="person">{}<span class="{}">{}</span></span>', face, "" if shown else "sr-only", name
    )


@register.simple_tag
def mono(name: str, size: str = "") -> SafeString:
    """A company's initials in a square; its name stands beside it. Size: lg."""
    return format_html(
        '<span class="mono{}" aria-hidden="true">{}</span>', f" mono-{size}" if size else "", formats.initials(name)
    )


@register.simple_tag
def spark(values: Sequence[float], status: str = "none", label: str = "") -> SafeString:
    """A line of the last weeks on one scale, so that rows can be compared; its sentence says what it shows."""
    if len(values) < 2:
        return format_html('<span class="muted">{}</span>', _("Collecting…"))
    width, height, pad = 92, 24, 3
    low, high = min(*values, 30), max(*values, 90)
    step = (width - 2 * pad) / (len(values) - 1)
    ys = [height - pad - (v - low) * (height - 2 * pad) / (high - low) for v in values]
    points = " ".join(f"{pad + i * step:.1f},{y:.1f}" for i, y in enumerate(ys))
    return format_html(
        '<svg class="spark spark-{}" width="92" height="24" viewBox="0 0 92 24" role="img" aria-label="{}">'
        '<polygon class="spark-a" points="3,24 {} 89,24"/><polyline class="spark-l" points="{}"/>'
        '<circle class="spark-d" cx="89" cy="{}" r="2.25"/></svg>',
        tone_of(status), label or f"{len(values)} values, from {values[0]:g} to {values[-1]:g}",
        points, points, f"{ys[-1]:.1f}",
    )  # fmt: skip


@register.simple_tag
def meter(
    value: float, total: float = 100, tone: str = "accent", label: str = "", target: float | None = None
) -> SafeString:
    """A bar of how much of the whole; the target is a tick at its percentage."""
    share = 0.0 if not total else max(0.0, min(100.0, 100 * value / total))
    tick = "" if target is None else format_html('<rect class="meter-g" x="{}" width="0.7" height="6"/>', target)
    return format_html(
        '<svg class="meter meter-{}" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="meter-t" width="100" height="6"/><rect class="meter-f" width="{}" height="6"/>{}</svg>',
        tone, f"{label}: {share:.0f}%" if label else f"{share:.0f}%", f"{share:.1f}", tick,
    )  # fmt: skip


@register.simple_tag
def pips(done: int, total: int, label: str = "") -> SafeString:
    """A few things, done or not, as marks in a row."""
    width = total * 13
    marks = format_html_join(
        "",
        '<rect x="{}" y="1.5" width="10" height="7" rx="2" class="{}"/>',
        ((i * 13 + 1, "pip-on" if i < done else "pip-off") for i in range(total)),
    )
    return format_html(
        '<svg class="pips" width="{}" height="10" viewBox="0 0 {} 10" role="img" aria-label="{}">{}</svg>',
        width, width, label or f"{done} of {total}", marks,
    )  # fmt: skip


@register.simple_tag
def age(days: int | None, warn: int | None = None, late: int | None = None) -> SafeString:
    """Days as "6 d"; amber from `warn` on, red from `late` on."""
    tone = ""
    if days is not None and late is not None and days >= late:
        tone = " age-red"
    elif days is not None and warn is not None and days >= warn:
        tone = " age-amber"
    return format_html('<span class="age{}">{}</span>', tone, formats.days(days))


register.filter("money", formats.money)
register.filter("short_money", formats.short_money)
register.filter("date_us", formats.date, expects_localtime=True)
register.filter("initials", formats.initials)
