"""What plays change: those with a hold-out, each against the accounts that it left alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, requires
from accounts.calendar import local_today
from accounts.roles import Permission
from metrics.effects import FEWEST, Effect
from metrics.reports.play_effects import After, report


@require_GET
@requires(Permission.PLAY_VIEW)
def play_effects(request: MemberRequest) -> HttpResponse:
    found = report(request.tenant, today=local_today(request.tenant))
    rows = [{"play": each.play, "verdict": each.verdict, "after": [_told(a) for a in each.after]} for each in found]
    none = [row["play"] for row in rows if row["verdict"] == "none"]
    return render(request, "metrics/play_effects.html", {"rows": rows, "none": none, "fewest": FEWEST})


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
