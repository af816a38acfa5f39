"""Plays out as YAML and in again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.actions.errors import Refused
from accounts.roles import Permission
from blueprints.actions import documents
from blueprints.models import Play
from blueprints.views.plays import play_or_404

WRONG = 422
YAML = "application/yaml; charset=utf-8"


@require_GET
@requires(Permission.PLAY_VIEW)
def play_export(request: MemberRequest, pk: int) -> HttpResponse:
    play = play_or_404(pk)
    return _file([play], f"{play.code}.yaml")


@require_GET
@requires(Permission.PLAY_VIEW)
def plays_export(request: MemberRequest) -> HttpResponse:
    return _file(Play.objects.all(), "plays.yaml")


def _file(chosen: Iterable[Play], name: str) -> HttpResponse:
    answer = HttpResponse(documents.export(chosen), content_type=YAML)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAY_EDIT)
def play_import(request: MemberRequest) -> HttpResponse:
    """A file or a text; what is wrong is listed by its place, and then nothing was brought in."""
    context: dict[str, Any] = {"text": "", "problems": []}
    status = 200
    if request.method == "POST":
        context["text"] = text = _text(request)
        try:
            brought = documents.bring(text, by=request.user)
            messages.success(request, _said(brought))
            return redirect("blueprints:play-list")
        except Refused as refused:
            context["problems"] = [(place, line) for place, lines in refused.errors.items() for line in lines]
            status = WRONG
    return render(request, "blueprints/import.html", context, status=status)


def _text(request: MemberRequest) -> str:
    """The file where one was chosen, else what was typed."""
    chosen = request.FILES.get("file")
    if chosen is None:
        return request.POST.get("text", "")
    return chosen.read(documents.LARGEST + 1).decode("utf-8", errors="replace")


def _said(brought: list[documents.Brought]) -> str:
    new = sum(1 for one in brought if one.is_new)
    changed = sum(1 for one in brought if one.changed and not one.is_new)
    counts = {"new": formats.plural(new, "draft"), "changed": formats.plural(changed, "new version"),
              "same": len(brought) - new - changed}  # fmt: skip
    return _("%(new)s, %(changed)s, %(same)s unchanged.") % counts
