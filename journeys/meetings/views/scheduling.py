"""A meeting is put on the calendar, changed, called off; its guests are asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, account_or_404, requires
from accounts.actions.errors import Refused
from accounts.calendar import add_business_days, local_today
from accounts.forms.answers import attempt
from accounts.models import Account
from accounts.roles import Permission
from accounts.views.header import header
from journeys.meetings.actions import agenda, attendees, invitations, meetings
from journeys.meetings.forms import CancelForm, GuestForm, ScheduleForm
from journeys.meetings.forms.schedule import AGENDAS, going_on, initial_of, rows_of
from journeys.meetings.models import MOST_POINTS, Attendee, Kind, Meeting
from journeys.meetings.views.rows import meeting_or_404, visible_meetings


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def meeting_schedule(request: MemberRequest, pk: int) -> HttpResponse:
    """?kind= lays out its usual agenda, ?after= a meeting goes on from what was agreed there."""
    account = account_or_404(request, pk)
    before = _before(request, account)
    form = _form(request, account, _start(request, account, before))
    status = 200
    if request.method == "POST":
        made, status = attempt(form, lambda: _schedule(request, account, form, before))
        if made:
            return _done(request, made, form, "Scheduled.")
    context = header(request, account) | {"form": form, "most_points": MOST_POINTS}
    context |= {"before": before, "kinds": Kind.choices}
    return render(request, "meetings/meeting_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def meeting_edit(request: MemberRequest, pk: int) -> HttpResponse:
    meeting = meeting_or_404(request, pk)
    if not meeting.is_ahead:
        return redirect("meetings:meeting-detail", meeting.pk)
    form, status = _form(request, meeting.account, initial_of(meeting, request.tenant)), 200
    if request.method == "POST":
        saved, status = attempt(form, lambda: _save(request, meeting, form))
        if saved:
            return _done(request, saved, form, "Saved.")
    context = header(request, meeting.account) | {"form": form, "meeting": meeting, "most_points": MOST_POINTS}
    return render(request, "meetings/meeting_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def meeting_cancel(request: MemberRequest, pk: int) -> HttpResponse:
    meeting = meeting_or_404(request, pk)
    if not meeting.is_planned:
        return redirect("meetings:meeting-detail", meeting.pk)
    form, status = CancelForm(request.POST or None, initial={"version": meeting.version}), 200
    if request.method == "POST":
        done, status = attempt(form, lambda: meetings.cancel(meeting, **form.cleaned_data, by=request.user))
        if done:
            messages.success(request, "Cancelled. Whoever was invited is told.")
            return redirect("meetings:meeting-detail", meeting.pk)
    context = header(request, meeting.account) | {"form": form, "meeting": meeting, "title": "Cancel the meeting"}
    return render(request, "meetings/small_form.html", context | {"label": "Cancel the meeting"}, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def meeting_invite(request: MemberRequest, pk: int) -> HttpResponse:
    meeting = meeting_or_404(request, pk)
    if request.method == "POST" and meeting.is_ahead:
        try:
            count = invitations.send(meeting, by=request.user)
            words = f"{count} on their way." if count else "Everybody has the invitation already."
            messages.success(request, f"Invitations: {words}")
        except Refused as refused:
            messages.warning(request, str(refused))
    return redirect("meetings:meeting-detail", meeting.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def attendee_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Their part in the meeting, and what they know of the engagement."""
    found = Attendee.objects.filter(meeting__in=visible_meetings(request)).select_related("user", "contact")
    attendee = found.filter(pk=pk).first()
    if attendee is None:
        raise Http404("Nobody on a list")
    meeting = meeting_or_404(request, attendee.meeting_id)
    start = {"role": attendee.role, "context": attendee.context}
    form, status = GuestForm(request.POST or None, initial=start), 200
    if request.method == "POST":
        done, status = attempt(form, lambda: attendees.edit(attendee, form.cleaned_data))
        if done:
            return redirect("meetings:meeting-detail", meeting.pk)
    context = header(request, meeting.account) | {"form": form, "meeting": meeting, "title": attendee.name}
    return render(request, "meetings/small_form.html", context | {"label": "Save"}, status=status)


def _form(request: MemberRequest, account: Account, initial: dict[str, Any]) -> ScheduleForm:
    data = request.POST if request.method == "POST" else None
    return ScheduleForm(data, account=account, tenant=request.tenant, me=request.user, initial=initial)


def _start(request: MemberRequest, account: Account, before: Meeting | None) -> dict[str, Any]:
    asked = request.GET.get("kind", "")
    asked = asked if asked in Kind.values else ""
    day = add_business_days(local_today(request.tenant), 2, request.tenant.country)
    when = {"starts_on": day, "starts": dt.time(10)}
    if before is not None:
        start = going_on(before, account, asked)
        return start | when | {"users": [request.user, *start["users"]]}
    kind = asked or Kind.CADENCE
    return when | {
        "kind": kind,
        "title": f"{Kind(kind).label} with {account.name}",
        "minutes": 60 if kind in (Kind.KICKOFF, Kind.REVIEW) else 30,
        "users": [request.user],
        **rows_of(AGENDAS[kind]),
    }


@transaction.atomic
def _schedule(request: MemberRequest, account: Account, form: ScheduleForm, before: Meeting | None) -> Meeting:
    values = form.values | ({"follows": before} if before else {})
    made = meetings.schedule(account, values, form.agenda, form.guests, by=request.user)
    if "invite" in request.POST:
        invitations.send(made, by=request.user)
    return made


@transaction.atomic
def _save(request: MemberRequest, meeting: Meeting, form: ScheduleForm) -> Meeting:
    saved = meetings.edit(meeting, form.values, by=request.user, version=form.cleaned_data["version"])
    agenda.lay_down(saved, form.agenda)
    attendees.set_list(saved, form.guests)
    return saved


def _done(request: MemberRequest, meeting: Meeting, form: ScheduleForm, words: str) -> HttpResponse:
    messages.success(request, words)
    if form.too_long:
        messages.warning(request, form.too_long)
    if meeting.ends_at < timezone.now():
        messages.warning(request, "Its time has gone by already.")
    return redirect("meetings:meeting-detail", meeting.pk)


def _before(request: MemberRequest, account: Account) -> Meeting | None:
    """The meeting that this one goes on from, where the page was asked for one."""
    asked = request.GET.get("after", "")
    if not (asked.isdecimal() and len(asked) < 19):
        return None
    found: Meeting | None = visible_meetings(request).filter(account=account, pk=int(asked)).first()
    return found
