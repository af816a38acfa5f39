"""Plays switched on, into the shadow and off, and what to do with what was stopped or put aside."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.actions.errors import Refused
from accounts.calendar import local_today
from accounts.registry import known_facts
from accounts.roles import Permission
from blueprints.actions import matching, parking, plays, starting, watching
from blueprints.models import Play, PlayState
from blueprints.views.plays import play_or_404

FIRST = 8


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAY_EDIT)
def play_switch_on(request: MemberRequest, pk: int) -> HttpResponse:
    """Says first for how many accounts it would start right away."""
    play = play_or_404(pk)
    status = 200
    errors: list[str] = []
    if request.method == "POST":
        try:
            plays.switch_on(play, by=request.user, confirmed=_confirmed(request), already=_already(request))
            messages.success(request, _on(play))
            return redirect("blueprints:play-detail", pk)
        except Refused as refused:
            play.refresh_from_db()
            errors, status = [text for texts in refused.errors.values() for text in texts], 422
    context = blast(request, play) | {"play": play, "errors": errors, "already": _already(request)}
    return render(request, "blueprints/switch_on.html", context, status=status)


def _confirmed(request: MemberRequest) -> int | None:
    said = request.POST.get("confirmed", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def _already(request: MemberRequest) -> plays.Already:
    return "leave" if request.POST.get("already") == "leave" else "run"


def _on(play: Play) -> str:
    if play.trigger:
        return _("%(play)s is on. It starts with what happens from now on.") % {"play": play.name}
    return _("%(play)s is on.") % {"play": play.name}


def blast(request: MemberRequest, play: Play) -> dict[str, Any]:
    """How many accounts it holds for now, and the first of them; what stands in the way of switching on."""
    version = play.current()
    version.play = play
    problems = watching.problems_of(version, known_facts())
    if not version.steps:
        problems.append(_("A play without steps does nothing: add one first."))
    if play.trigger or problems:
        return {"count": None, "first": [], "problems": problems}
    today = local_today(request.tenant)
    count, first = matching.would_match(version.conditions, day=today, most=FIRST, play_id=play.pk)
    return {"count": count, "first": first, "more": count - len(first), "problems": problems}


@require_POST
@requires(Permission.PLAY_EDIT)
def play_shadow(request: MemberRequest, pk: int) -> HttpResponse:
    play = play_or_404(pk)
    try:
        plays.shadow(play, by=request.user)
        messages.success(request, _("%(play)s is in the shadow: it logs and does nothing.") % {"play": play.name})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("blueprints:play-detail", pk)


@require_POST
@requires(Permission.PLAY_EDIT)
def play_pause(request: MemberRequest, pk: int) -> HttpResponse:
    play = play_or_404(pk)
    plays.pause(play, by=request.user)
    messages.success(request, _("%(play)s is paused. Runs in motion go on.") % {"play": play.name})
    return redirect("blueprints:play-detail", pk)


@require_POST
@requires(Permission.PLAY_EDIT)
def play_retry(request: MemberRequest, pk: int) -> HttpResponse:
    """Looks again at every event and match that was put aside for this play."""
    play = play_or_404(pk)
    count = parking.retry(parking.parked(play.trigger)) if play.trigger else starting.retry(starting.parked(play))
    if play.state == PlayState.PAUSED:
        messages.warning(request, _("The play is paused. Switch it on, then try again."))
    else:
        events = {"events": formats.plural(count, "event" if play.trigger else "account")}
        messages.success(request, _("%(events)s will be looked at again.") % events)
    return redirect("blueprints:play-detail", pk)


@require_POST
@requires(Permission.PLAY_EDIT)
def play_tripped(request: MemberRequest, pk: int) -> HttpResponse:
    """What the circuit breaker stopped: started after all, or dropped."""
    play = play_or_404(pk)
    if request.POST.get("do") == "release":
        count = starting.release(play, tenant=request.tenant, by=request.user)
        messages.success(request, _("%(runs)s began.") % {"runs": formats.plural(count, "run")})
    else:
        count = starting.drop(play, by=request.user)
        messages.success(request, _("%(matches)s dropped.") % {"matches": formats.plural(count, "match", "matches")})
    return redirect(f"{reverse('blueprints:play-detail', args=[pk])}#matches")
