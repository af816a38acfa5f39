"""The call itself: a clock, the agenda, and what is written down while people talk."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.actions.errors import Conflict
from accounts.calendar import local_today
from accounts.forms.answers import STALE, attempt, saved_at
from accounts.roles import Permission
from accounts.views.header import header
from journeys.meetings.actions import agenda, meetings, outcomes
from journeys.meetings.forms import CloseForm, DecisionForm, NotesForm, StepForm
from journeys.meetings.models import AgendaPoint, Decision, Meeting, NextStep
from journeys.meetings.views.reading import page_of
from journeys.meetings.views.rows import meeting_or_404, visible_meetings

EARLY = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Turn:
    """A point of the agenda with the time on the wall at which it should be over."""

    point: AgendaPoint
    until: str
    current: bool


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def meeting_run(request: MemberRequest, pk: int) -> HttpResponse:
    """POST starts the clock, or joins where it runs already."""
    meeting = meeting_or_404(request, pk)
    if not meeting.is_ahead:
        return redirect("meetings:meeting-detail", meeting.pk)
    if request.method == "POST":
        meetings.start(meeting, by=request.user)
        return redirect("meetings:meeting-run", meeting.pk)
    return render(request, "meetings/run.html", _context(request, meeting))


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def notes_save(request: MemberRequest, pk: int) -> HttpResponse:
    """A stale version shows both texts and overwrites nothing."""
    meeting = meeting_or_404(request, pk)
    if request.method == "GET" or meeting.is_cancelled:
        return redirect("meetings:meeting-detail", meeting.pk)
    form, theirs, status = NotesForm(request.POST), None, 422
    if form.is_valid():
        status = 200
        try:
            said = form.cleaned_data["notes"].replace("\r\n", "\n")
            meeting = meetings.note(meeting, said, by=request.user, version=form.seen_version)
        except Conflict as conflict:
            theirs, status = conflict.current, 409
    if not request.htmx and status == 200:
        return redirect(_back(meeting))
    context = {"meeting": meeting, "notes_form": form, "theirs": theirs}
    part = "meetings/_notes_state.html" if request.htmx else "meetings/notes.html"
    return saved_at(render(request, part, context, status=status), request.tenant)


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def point_tick(request: MemberRequest, pk: int) -> HttpResponse:
    point = AgendaPoint.objects.filter(meeting__in=visible_meetings(request), pk=pk).first()
    if point is None:
        raise Http404("No such point")
    if request.method == "POST":
        agenda.tick(point, done="done" in request.POST)
    return _after(request, meeting_or_404(request, point.meeting_id), "agenda")


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def decision_add(request: MemberRequest, pk: int) -> HttpResponse:
    meeting = meeting_or_404(request, pk)
    form, status = DecisionForm(request.POST), 200
    if request.method == "POST":
        _done, status = attempt(form, lambda: outcomes.decide(meeting, form.cleaned_data["text"], by=request.user))
    more = {} if status == 200 else {"decision_form": form}
    return _after(request, meeting, "decisions", status, **more)


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def decision_remove(request: MemberRequest, pk: int) -> HttpResponse:
    found = Decision.objects.filter(meeting__in=visible_meetings(request)).select_related("meeting")
    decision = found.filter(pk=pk).first()
    if decision is None:
        raise Http404("No such decision")
    meeting = meeting_or_404(request, decision.meeting_id)
    if request.method == "POST":
        outcomes.take_back(decision, by=request.user)
    return _after(request, meeting, "decisions")


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def step_add(request: MemberRequest, pk: int) -> HttpResponse:
    meeting = meeting_or_404(request, pk)
    form, status = StepForm(request.POST, meeting=meeting, today=local_today(request.tenant), me=request.user), 200
    if request.method == "POST":
        _done, status = attempt(form, lambda: outcomes.next_step(meeting, form.values, by=request.user))
    more = {} if status == 200 else {"step_form": form}
    return _after(request, meeting, "steps", status, **more)


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def step_remove(request: MemberRequest, pk: int) -> HttpResponse:
    found = NextStep.objects.filter(meeting__in=visible_meetings(request)).select_related("meeting", "task", "step")
    step = found.filter(pk=pk).first()
    if step is None:
        raise Http404("No such next step")
    meeting = meeting_or_404(request, step.meeting_id)
    if request.method == "POST":
        outcomes.drop_step(step, by=request.user)
    return _after(request, meeting, "steps")


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def step_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """In its place in the running meeting; a page of its own anywhere else."""
    found = NextStep.objects.filter(meeting__in=visible_meetings(request)).select_related("meeting", "user", "contact")
    step = found.filter(pk=pk).first()
    if step is None:
        raise Http404("No such next step")
    meeting = meeting_or_404(request, step.meeting_id)
    data = request.POST if request.method == "POST" else None
    form = StepForm(data, meeting=meeting, today=local_today(request.tenant), step=step, auto_id="edited_%s")
    status = 200
    if data is not None:
        version = int(data["version"]) if data.get("version", "").isdecimal() else None
        done, status = attempt(form, lambda: outcomes.edit_step(step, form.values, by=request.user, version=version))
        if done:
            return _after(request, meeting, "steps")
    if request.htmx:
        return _after(request, meeting, "steps", status, edited_form=form, edited=step)
    context = header(request, meeting.account) | {"form": form, "meeting": meeting, "title": "Change the next step"}
    return render(request, "meetings/small_form.html", context | {"label": "Save"}, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def meeting_close(request: MemberRequest, pk: int) -> HttpResponse:
    """The closing questions; the answers are the meeting's end."""
    meeting = meeting_or_404(request, pk)
    if not meeting.is_ahead:
        return redirect("meetings:meeting-detail", meeting.pk)
    form, status = CloseForm(request.POST or None, meeting=meeting), 200
    if request.method == "POST":
        held, status = attempt(form, lambda: meetings.close(meeting, **form.values, by=request.user))
        if held:
            messages.success(request, "Held. The follow-up mail is drafted.")
            return redirect("meetings:meeting-detail", held.pk)
        if status == STALE and not meeting_or_404(request, pk).is_ahead:
            messages.warning(request, "Somebody else closed this meeting meanwhile. Nothing was closed twice.")
            return redirect("meetings:meeting-detail", meeting.pk)
    context = page_of(request, meeting) | {"form": form} | clock_of(meeting)
    return render(request, "meetings/close.html", context, status=status)


def clock_of(meeting: Meeting) -> dict[str, Any]:
    """Instants in milliseconds, by which the browser's clock runs on the server's time."""
    started_at = meeting.started_at or meeting.starts_at
    # A meeting that begins late keeps its end: the others have their calendars.
    ends_at = max(meeting.ends_at, started_at + dt.timedelta(minutes=1))
    return {
        "now_ms": _ms(timezone.now()),
        "starts_ms": _ms(started_at),
        "ends_ms": _ms(ends_at),
        # Begun long before its time, the minutes to its end say nothing.
        "planned_ms": _ms(meeting.starts_at - EARLY),
        "closes_ms": _ms(min(max(meeting.closes_at, started_at), ends_at)),
    }


def turns(meeting: Meeting, points: list[AgendaPoint], zone: dt.tzinfo) -> list[Turn]:
    at = (meeting.started_at or meeting.starts_at).astimezone(zone)
    current = next((point.pk for point in points if not point.is_done), None)
    told = []
    for point in points:
        at += dt.timedelta(minutes=point.minutes)
        told.append(Turn(point, formats.clock(at), point.pk == current and meeting.is_running))
    return told


def _context(request: MemberRequest, meeting: Meeting, **more: Any) -> dict[str, Any]:
    page = page_of(request, meeting)
    forms = {
        "notes_form": NotesForm(initial={"notes": meeting.notes, "version": meeting.notes_version}),
        "decision_form": DecisionForm(auto_id="decision_%s"),
        "step_form": StepForm(meeting=meeting, today=local_today(request.tenant), me=request.user, auto_id="step_%s"),
    }
    zone = request.tenant.zone
    said = {
        "turns": turns(meeting, page["points"], zone),
        "planned": formats.date_time(meeting.starts_at.astimezone(zone)),
    }
    return page | clock_of(meeting) | said | forms | more


def _after(request: MemberRequest, meeting: Meeting, part: str, status: int = 200, **more: Any) -> HttpResponse:
    """The part of the page that changed; without htmx the page itself."""
    if request.htmx:
        return render(request, f"meetings/_{part}.html", _context(request, meeting, **more), status=status)
    if status == 200:
        return redirect(_back(meeting))
    return render(request, "meetings/run.html", _context(request, meeting, **more), status=status)


def _back(meeting: Meeting) -> Any:
    name = "meetings:meeting-run" if meeting.is_ahead else "meetings:meeting-detail"
    return redirect(name, meeting.pk).url


def _ms(instant: dt.datetime) -> int:
    return int(instant.timestamp() * 1000)
