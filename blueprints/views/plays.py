"""What happens by itself: the plays of a workspace, switched on, paused and worded anew."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Count, Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.actions.errors import Refused
from accounts.forms.answers import STALE, WRONG, attempt
from accounts.models import InboxEntry
from accounts.registry import event_kinds
from accounts.roles import Permission
from blueprints.actions import parking, plays
from blueprints.forms import PlayForm, StepFormSet
from blueprints.models import Play, PlayState, PlayVersion
from blueprints.views.runs import page_of_runs, visible_runs, when

RECENTLY = dt.timedelta(days=30)
TONES = {"on": "green", "paused": "amber", "draft": ""}


@require_GET
@requires(Permission.PLAY_VIEW)
def play_list(request: MemberRequest) -> HttpResponse:
    now = timezone.now()
    newest = PlayVersion.objects.order_by("play_id", "-number").distinct("play_id").select_related("play")
    counted = visible_runs(request).filter(started_at__gte=now - RECENTLY).order_by().values("play_id")
    runs: dict[int, Any] = {row["play_id"]: row for row in counted.annotate(count=Count("pk"), last=Max("started_at"))}
    none = {"count": 0, "last": None}
    rows = []
    for version in sorted(newest, key=lambda version: version.play.name):
        known = runs.get(version.play_id, none)
        rows.append(_said(version) | {"count": known["count"], "last": formats.ago(known["last"], now)})
    return render(request, "blueprints/plays.html", {"rows": rows})


@require_GET
@requires(Permission.PLAY_VIEW)
def play_detail(request: MemberRequest, pk: int) -> HttpResponse:
    play = _play_or_404(pk)
    versions = list(play.versions.select_related("created_by")[:20])
    context = _said(versions[0], play) | {
        "versions": [(version, when(request, version.created_at)) for version in versions],
        "since": when(request, play.on_since) if play.on_since else "",
        "parked": _parked(play),
        "may_edit": request.membership.may(Permission.PLAY_EDIT),
    }
    context |= page_of_runs(request, visible_runs(request).filter(play=play))
    return render(request, "blueprints/play.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAY_EDIT)
def play_edit(request: MemberRequest, pk: int) -> HttpResponse:
    play = _play_or_404(pk)
    version = play.current()
    form = PlayForm(request.POST or None, row=play)
    steps = StepFormSet(request.POST or None, initial=version.steps, prefix="steps")
    status = 200
    if request.method == "POST":
        made, status = _revise(request, play, form, steps)
        if made:
            messages.success(request, _("Saved as version %(number)s.") % {"number": made.number})
            return redirect("blueprints:play-detail", play.pk)
    theirs = play.current() if status == STALE else None
    context = {"play": play, "version": version, "form": form, "steps": steps, "theirs": theirs}
    return render(request, "blueprints/play_edit.html", context, status=status)


def _revise(request: MemberRequest, play: Play, form: PlayForm, steps: Any) -> tuple[PlayVersion | None, int]:
    if not steps.is_valid():
        form.is_valid()
        return None, WRONG
    return attempt(
        form, lambda: plays.revise(play, form.values, steps.said, by=request.user, version=form.seen_version)
    )


@require_POST
@requires(Permission.PLAY_EDIT)
def play_switch_on(request: MemberRequest, pk: int) -> HttpResponse:
    play = _play_or_404(pk)
    try:
        plays.switch_on(play, by=request.user)
        messages.success(request, _("%(play)s is on. It starts with what happens from now on.") % {"play": play.name})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("blueprints:play-detail", pk)


@require_POST
@requires(Permission.PLAY_EDIT)
def play_pause(request: MemberRequest, pk: int) -> HttpResponse:
    play = _play_or_404(pk)
    plays.pause(play, by=request.user)
    messages.success(request, _("%(play)s is paused. Runs in motion go on.") % {"play": play.name})
    return redirect("blueprints:play-detail", pk)


@require_POST
@requires(Permission.PLAY_EDIT)
def play_retry(request: MemberRequest, pk: int) -> HttpResponse:
    """Looks again at every event that was put aside for this play."""
    play = _play_or_404(pk)
    count = parking.retry(parking.parked(play.trigger))
    if play.state == PlayState.PAUSED:
        messages.warning(request, _("The play is paused. Switch it on, then try again."))
    else:
        events = {"events": formats.plural(count, "event")}
        messages.success(request, _("%(events)s will be looked at again.") % events)
    return redirect("blueprints:play-detail", pk)


def _play_or_404(pk: int) -> Play:
    play = Play.objects.filter(pk=pk).first()
    if play is None:
        raise Http404("No such play")
    return play


def _said(version: PlayVersion, play: Play | None = None) -> dict[str, Any]:
    """A play in words."""
    play = play or version.play
    kinds = {kind.kind: kind.label for kind in event_kinds()}
    return {
        "play": play,
        "version": version,
        "tone": TONES[play.state],
        "trigger": kinds.get(play.trigger, play.trigger),
        "conditions": plays.describe(version),
        "any": "any" in version.conditions,
        "steps": [step | {"owner": plays.ROLES[step["role"]]} for step in version.steps],
    }


def _parked(play: Play) -> list[tuple[InboxEntry, str]]:
    entries = parking.parked(play.trigger).select_related("event__account").order_by("pk")[:10]
    return [(entry, entry.last_error.split("\n")[0]) for entry in entries]
