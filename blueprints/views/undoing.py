"""Taking back what a play did: one run, or all that began in a bad hour."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.roles import Permission
from blueprints.actions import undoing
from blueprints.actions.undoing import Closed
from blueprints.models import Delivery, Run, RunState
from blueprints.views.plays import play_or_404
from blueprints.views.runs import run_or_404

HOUR = dt.timedelta(hours=1)
LONGEST = dt.timedelta(days=7)


@require_POST
@requires(Permission.PLAY_EDIT)
def run_undo(request: MemberRequest, pk: int) -> HttpResponse:
    run = run_or_404(request, pk)
    messages.success(request, _said(undoing.undo(run, by=request.user)))
    return redirect("blueprints:run-detail", pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAY_EDIT)
def play_undo(request: MemberRequest, pk: int) -> HttpResponse:
    """Says how many runs of the period would be undone before it undoes them."""
    play = play_or_404(pk)
    now = timezone.now()
    asked = request.POST if request.method == "POST" else request.GET
    start, end = (_instant(request, asked.get(name, "")) for name in ("start", "end"))
    start, end = start or now - HOUR, end or now
    error = "" if start < end <= start + LONGEST else _("The end comes after the start, within seven days.")
    if request.method == "POST" and not error:
        messages.success(request, _said(undoing.undo_hour(play, start, end, by=request.user)))
        return redirect("blueprints:play-detail", pk)
    runs = Run.objects.filter(play=play, started_at__gte=start, started_at__lt=end).exclude(state=RunState.UNDONE)
    context = {
        "play": play,
        "start": _local(request, start),
        "end": _local(request, end),
        "count": 0 if error else runs.count(),
        "sent": 0 if error else Delivery.objects.filter(run__in=runs, state="sent").count(),
        "error": error,
    }
    return render(request, "blueprints/undo.html", context, status=422 if error else 200)


def _instant(request: MemberRequest, said: str) -> dt.datetime | None:
    try:
        found = parse_datetime(said)
    except ValueError:
        return None
    return found.replace(tzinfo=request.tenant.zone) if found and found.tzinfo is None else found


def _local(request: MemberRequest, instant: dt.datetime) -> str:
    return f"{instant.astimezone(request.tenant.zone):%Y-%m-%dT%H:%M}"


def _said(closed: Closed) -> str:
    """What was taken back, and what couldn't be."""
    parts = [
        _("%(runs)s undone: %(tasks)s dropped.")
        % {"runs": formats.plural(closed.runs, "run"), "tasks": formats.plural(len(closed.dropped), "task")}
    ]
    if closed.sent:
        parts.append(_("%(count)s already sent stays sent.") % {"count": formats.plural(len(closed.sent), "message")})
    if closed.kept:
        parts.append(_("%(count)s changed since stay.") % {"count": formats.plural(len(closed.kept), "field")})
    return " ".join(parts)
