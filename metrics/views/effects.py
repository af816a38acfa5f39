"""What plays change: those with a hold-out, each against the accounts that it left alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.calendar import local_today
from accounts.roles import Permission
from blueprints.models import Play
from metrics.effects import FEWEST, HARMS, HELPS, MIXED, NONE, TOO_FEW, Effect
from metrics.reports.play_effects import NO_HOLD_OUT, After, PlayEffect, of_plays, report

VERDICTS = {
    HELPS: (gettext_lazy("Helps"), "green"), HARMS: (gettext_lazy("Does harm"), "red"),
    MIXED: (gettext_lazy("Helps and harms"), "amber"), NONE: (gettext_lazy("No effect so far"), ""),
    TOO_FEW: (gettext_lazy("Too few to say"), ""), NO_HOLD_OUT: (gettext_lazy("Leaves nobody alone"), ""),
}  # fmt: skip


@require_GET
@requires(Permission.PLAY_VIEW)
def play_effects(request: MemberRequest) -> HttpResponse:
    found = report(request.tenant, today=local_today(request.tenant))
    rows = [_row(each) | {"after": [_told(after) for after in each.after]} for each in found]
    none = [row["play"] for row in rows if row["verdict"] == NONE]
    return render(request, "metrics/play_effects.html", {"rows": rows, "none": none, "fewest": FEWEST})


@require_GET
@requires(Permission.PLAY_VIEW)
def play_effect_panel(request: MemberRequest, pk: int) -> HttpResponse:
    """One play's effect after the most days that can be told of, or why nothing can be said yet."""
    play = get_object_or_404(Play, pk=pk)
    found = of_plays([play], request.tenant, today=local_today(request.tenant))[pk]
    context = {"row": _brief(found), "fewest": FEWEST}
    return render(request, "metrics/_play_effect.html", context)


@require_GET
@requires(Permission.PLAY_VIEW)
def play_effects_panel(request: MemberRequest) -> HttpResponse:
    """A line for each play that leaves or left somebody alone."""
    found = report(request.tenant, today=local_today(request.tenant))
    return render(request, "metrics/_play_effects.html", {"rows": [_brief(each) for each in found]})


def _row(found: PlayEffect) -> dict[str, Any]:
    label, tone = VERDICTS[found.verdict]
    since = found.since and formats.date(found.since)
    return {"play": found.play, "verdict": found.verdict, "label": label, "tone": tone, "since": since}


def _brief(found: PlayEffect) -> dict[str, Any]:
    told = found.told
    drawn = found.drawn
    return _row(found) | {"told": _told(told) if told else None, "drawn": drawn, "holds_out": found.holds_out}


def _told(after: After) -> dict[str, Any]:
    named = (
        (_("Health"), after.health, _("points")), (_("Usage"), after.usage, "%"), (_("Renewed"), after.renewed, "%"),
        (_("Left"), after.lost, "%"),
    )  # fmt: skip
    return {"days": after.days, "lines": [_line(label, effect, unit) for label, effect, unit in named]}


def _line(label: str, effect: Effect, unit: str) -> dict[str, Any]:
    """Minus and plus are said, since a difference without its sign says nothing."""
    said = {"label": label, "effect": effect, "unit": unit}
    if effect.difference is None:
        return said | {"difference": "", "range": ""}
    return said | {"difference": f"{effect.difference:+.1f}", "range": f"{effect.low:+.1f} … {effect.high:+.1f}"}
