"""The operating model to read."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, requires
from accounts.roles import Permission
from blueprints.models import Blueprint, Chapter, Play, PlayVersion


@dataclass(frozen=True)
class Letter:
    """One letter of SPICED as a page shows it."""

    mark: str
    label: Any


LETTERS = {
    "situation": Letter("S", _("Situation")),
    "pain": Letter("P", _("Pain")),
    "impact": Letter("I", _("Impact")),
    "critical_event": Letter("CE", _("Critical event")),
    "decision": Letter("D", _("Decision")),
}


@require_GET
@requires(Permission.LIBRARY_VIEW)
def library(request: MemberRequest) -> HttpResponse:
    rows = [(blueprint, [LETTERS[name] for name in blueprint.letters]) for blueprint in Blueprint.objects.all()]
    chapters = [
        (Chapter(chapter).label, list(group)) for chapter, group in groupby(rows, key=lambda row: row[0].chapter)
    ]
    return render(request, "blueprints/library.html", {"chapters": chapters})


@require_GET
@requires(Permission.LIBRARY_VIEW)
def blueprint_detail(request: MemberRequest, code: str) -> HttpResponse:
    blueprint = Blueprint.objects.filter(code=code).first()
    if blueprint is None:
        raise Http404("No such blueprint")
    context = {
        "blueprint": blueprint,
        "letters": [LETTERS[name] for name in blueprint.letters],
        "questions": [(LETTERS[question["letter"]], question["text"]) for question in blueprint.questions],
        "following": Blueprint.objects.filter(code=blueprint.next_code).first(),
        "before": Blueprint.objects.filter(next_code=code).first(),
        "plays": _plays_with(code) if request.membership.may(Permission.PLAY_VIEW) else [],
    }
    return render(request, "blueprints/blueprint.html", context)


def _plays_with(code: str) -> list[Play]:
    """Plays whose wording of today has a step from this blueprint."""
    newest = PlayVersion.objects.order_by("play_id", "-number").distinct("play_id").select_related("play")
    return [version.play for version in newest if any(step.get("blueprint") == code for step in version.steps)]
