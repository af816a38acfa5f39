"""How values and reasons of a score read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import formats
from accounts.models import Account
from accounts.registry import Fact, FactType
from metrics.health.explaining import AGED, ASKED, LEFT_OUT, REST, WEIGHED, Cause, Standing, Step
from metrics.health.scoring import GONE, STALE, UNLISTED, MeasureScore

WHY = {
    GONE: gettext_lazy("nobody knows this fact any more"), STALE: gettext_lazy("too old"),
    UNLISTED: gettext_lazy("no points for this value"), "unknown": gettext_lazy("not known"),
}  # fmt: skip
TREATED = {
    "reweigh": gettext_lazy("left out"), "neutral": gettext_lazy("counts half"), "zero": gettext_lazy("counts zero"),
}  # fmt: skip
UNKNOWN = {
    "nothing": gettext_lazy("Nothing that the model asks for is known."),
    "too_little": gettext_lazy("Too little is known for a score that could be trusted."),
}
# Where to look further, by what a fact is about; the rest is on the account's first page.
PAGES = {
    "usage": "usage:of-account", "plan": "plans:plan", "people": "people", "meeting": "meetings:of-account",
    "critical_event": "critical_events:of-account", "deployment": "deployments:of-account",
    "contract": "accounts:contract-list", "task": "accounts:account-tasks", "onboarding": "accounts:account-detail",
}  # fmt: skip


def value(fact: Fact | None, raw: Any, *, today: dt.date, currency: str) -> str:
    """A fact's value in words; a date with its distance."""
    if raw is None:
        return "–"
    kind = fact.type if fact else FactType.TEXT
    if kind == FactType.DATE:
        day = dt.date.fromisoformat(raw)
        days = (today - day).days
        away = _("%(n)s d ago") % {"n": days} if days >= 0 else _("in %(n)s d") % {"n": -days}
        return f"{formats.date(day)} ({away})"
    if kind == FactType.MONEY:
        return formats.money(int(raw), currency)
    if kind == FactType.BOOLEAN:
        return _("Yes") if raw else _("No")
    if kind in (FactType.NUMBER, FactType.PERCENT):
        unit = "%" if kind == FactType.PERCENT else f" {fact.unit}" if fact and fact.unit else ""
        return f"{raw:,.4g}{unit}" if isinstance(raw, float) else f"{raw:,}{unit}"
    return str(dict(fact.choices).get(raw, raw)) if fact else str(raw)


@dataclass(frozen=True)
class Line:
    """A measure in the table of an account's page."""

    label: str
    key: str
    raw: str
    as_of: str
    worth: str
    share: str
    points: str
    why: str
    judged: bool
    href: str


def adding_up(points: Sequence[float]) -> list[Decimal]:
    """Rounded to tenths so that they come to what they come to together: who adds them up finds the total."""
    tenths = [floor(10 * each + 1e-9) for each in points]
    missing = round(10 * sum(points)) - sum(tenths)
    for place in sorted(range(len(points)), key=lambda n: tenths[n] - 10 * points[n])[: max(missing, 0)]:
        tenths[place] += 1
    return [Decimal(each) / 10 for each in tenths]


def line(
    found: MeasureScore, fact: Fact | None, account: Account, today: dt.date, points: Decimal | None = None
) -> Line:
    why = ""
    if found.worth is None:
        why = _("%(why)s: %(treated)s") % {"why": WHY[found.why], "treated": TREATED[found.treated]}
    return Line(
        label=found.measure.label,
        key=found.measure.key,
        raw=value(fact, found.raw, today=today, currency=account.currency),
        as_of=formats.date(found.as_of) if found.as_of else "",
        worth="–" if found.worth is None else f"{found.worth / 100:.0f}",
        share=f"{found.share:.0f}%",
        points=f"{found.points if points is None else points:.1f}",
        why=why,
        judged=found.measure.judged,
        href=page_of(found.measure.fact, account),
    )


def page_of(name: str, account: Account) -> str:
    """Where somebody looks next because of this fact."""
    page = PAGES.get(name.partition(".")[0], "accounts:account-detail")
    return reverse("accounts:contact-list" if page == "people" else page, args=[account.pk])


def cause(found: Cause, account: Account, today: dt.date) -> dict[str, Any]:
    words = {
        "Model": _("Model"), "Limit": _("Limit"), "Set by hand": _("Set by hand"), REST: _("Smaller inputs, rounding"),
    }  # fmt: skip
    sign = "+" if found.points > 0 else "−"
    return {
        "label": words.get(found.label, found.label),
        "bare": found.label == REST,
        "why": _reason(found),
        "points": f"{sign}{abs(found.points):.1f}" if found.points else "",
        "before": value(found.fact, found.before, today=today, currency=account.currency),
        "after": value(found.fact, found.after, today=today, currency=account.currency),
    }


def first_cause(step: Step, account: Account, today: dt.date) -> dict[str, Any] | None:
    """What moved a score the way it went, and the most; to unknown it went down."""
    way = (step.after is not None) - (step.before is not None) or step.change or 0
    told = [each for each in step.causes if each.label != REST and (each.points * way > 0 or not way)]
    return cause(told[0], account, today) if told else None


def _reason(found: Cause) -> str:
    reasons = {
        AGED: ngettext("%(n)s day older", "%(n)s days older", found.days) % {"n": found.days},
        WEIGHED: _("the same value has another weight"),
        LEFT_OUT: _("no longer asked"),
        ASKED: _("asked from now on"),
    }  # fmt: skip
    return reasons.get(found.why, "")


def unknown(standing: Standing) -> list[str]:
    return [str(UNKNOWN[reason]) for reason in standing.score.unknown] if standing.score else []
