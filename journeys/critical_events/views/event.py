"""One critical event: the day on top, below it the way back to today."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.calendar import local_today
from accounts.roles import Permission
from accounts.views.header import header
from journeys.critical_events import planner
from journeys.critical_events.models import CriticalEvent, Nurture, Stakeholder
from journeys.critical_events.timelines import lay_out, steps_of
from journeys.critical_events.views.finding import event_or_404
from journeys.critical_events.views.rows import StepRow, event_row, step_rows
from journeys.meetings.models import Attendee, MeetingStatus
from journeys.plans.models import Plan

BACK, FORWARD = "back", "forward"


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def event_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """?way=forward turns the line around: what is first to do comes first."""
    event, today = event_or_404(request, pk), local_today(request.tenant)
    layout = lay_out(event, steps_of(event), today)
    way = FORWARD if request.GET.get("way") == FORWARD else BACK
    rows = step_rows(layout, today)
    has_plan = Plan.objects.open().filter(account=event.account_id).exists()
    context = (
        header(request, event.account)
        | {
            "section": "critical_events:of-account",
            "event": event,
            "shown": event_row(event, today),
            "way": way,
            "rows": rows[::-1] if way == FORWARD else rows,
            "timeline": layout.timeline,
            "outlook": _outlook(layout.timeline),
            "is_past": event.is_open and event.happens_on < today,
            "can_push": has_plan and any(not row.done and not row.in_plan for row in rows),
            "may_edit": request.membership.may(Permission.PLAN_EDIT) and event.is_open,
            "may_settle": request.membership.may(Permission.PLAN_EDIT),
        }
        | _today(event, rows, today)
    )
    return render(request, "critical_events/event.html", context | _people(event) | _stories(event))


def _today(event: CriticalEvent, rows: list[StepRow], today: dt.date) -> dict[str, Any]:
    """Where today cuts the line; nowhere once the event is behind us."""
    if not event.is_open or event.happens_on < today:
        return {}
    ahead = not any(row.is_next_to_today for row in rows)
    return {"today": formats.day_month(today), "all_ahead": ahead}


def _outlook(timeline: planner.Timeline) -> str:
    if timeline.is_kept:
        return ""
    late = formats.plural(timeline.late_by, "working day")
    return f"At this pace it is {formats.date(timeline.earliest_on)}: {late} late."


def _people(event: CriticalEvent) -> dict[str, Any]:
    """Those who gain, and whether they have seen the timeline."""
    people = list(Stakeholder.objects.filter(event=event).select_related("contact"))
    meeting = event.meeting
    held = meeting is not None and meeting.status == MeetingStatus.HELD
    there = Attendee.objects.filter(meeting=meeting, attended=True).values_list("contact_id", flat=True)
    met = set(there) if held else set()
    waiting = meeting is not None and meeting.status in (MeetingStatus.PLANNED, MeetingStatus.RUNNING)
    day = meeting.starts_at.astimezone(event.tenant.zone).date() if meeting is not None else None
    return {
        "people": [(person, person.contact_id in met) for person in people],
        "meeting": meeting if held or waiting else None,
        "meeting_on": formats.date(day),
        "is_held": held,
        "can_invite": bool(people) and not waiting,
    }


def _stories(event: CriticalEvent) -> dict[str, Any]:
    nurture = Nurture.objects.filter(event=event, ended_at=None).first()
    if nurture is None:
        return {"nurture": None, "stories": []}
    return {
        "nurture": nurture,
        "stories": list(nurture.items.select_related("task")),
        "next_story_on": formats.date(nurture.next_on) if nurture.next_on else "",
        "dark_since": formats.date(event.dark_since),
    }
