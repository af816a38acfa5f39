"""One meeting to prepare, or to look back on; its file for a calendar, its mail afterwards."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.roles import Permission
from accounts.views.header import header
from journeys.meetings import followup
from journeys.meetings.actions import mails
from journeys.meetings.models import Meeting, NextStep
from journeys.meetings.views.brief import brief
from journeys.meetings.views.rows import day_label, meeting_or_404, row_of


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def meeting_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """Before the meeting all that one should know; afterwards all that came of it."""
    meeting = meeting_or_404(request, pk)
    context = page_of(request, meeting)
    if meeting.is_ahead:
        context |= brief(meeting.account, context["head"].today)
    return render(request, "meetings/meeting_detail.html", context)


def page_of(request: MemberRequest, meeting: Meeting) -> dict[str, Any]:
    """What every page about one meeting shows."""
    head = header(request, meeting.account)
    points = list(meeting.agenda.all())
    total = sum(point.minutes for point in points)
    row = row_of(meeting, request.tenant, timezone.now())
    return head | {
        "meeting": meeting,
        "row": row,
        "day": day_label(row.day, head["head"].today),
        "points": points,
        "total": total,
        "too_long": total > meeting.minutes,
        "attendees": list(meeting.attendees.select_related("user", "contact")),
        "decisions": list(meeting.decisions.all()),
        "steps": steps_of(meeting, request),
        "mails": list(meeting.mails.order_by("-id")[:20]),
        "followed": meeting.followed_by.first(),
        "may_edit": request.membership.may(Permission.MEETING_EDIT),
    }


def steps_of(meeting: Meeting, request: MemberRequest) -> list[tuple[NextStep, str, bool]]:
    """(step, its day, whether it is done)"""
    found = meeting.next_steps.select_related("user", "contact", "task", "step__task")
    return [(step, formats.date(step.due_on), step.is_done) for step in found]


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def meeting_file(request: MemberRequest, pk: int) -> HttpResponse:
    meeting = meeting_or_404(request, pk)
    data = mails.file_of(meeting, request.tenant)
    answer = HttpResponse(data, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="meeting-{meeting.pk}.ics"'
    return answer


@require_GET
@requires(Permission.MEETING_EDIT)
def meeting_followup(request: MemberRequest, pk: int) -> HttpResponse:
    """A draft to change, copy and send from one's own mail program. ?notes=1 puts the notes in."""
    meeting = meeting_or_404(request, pk)
    if not meeting.is_held:
        return redirect("meetings:meeting-detail", meeting.pk)
    with_notes = "notes" in request.GET
    guests = [each for each in meeting.attendees.select_related("contact") if each.contact and each.attended]
    held = _held(request, meeting, [each.name for each in guests], with_notes)
    to = [each.email for each in guests if each.email]
    subject, body = followup.subject(held), followup.body(held)
    context = header(request, meeting.account) | {
        "meeting": meeting,
        "to": to,
        "subject": subject,
        "body": body,
        "mailto": followup.mailto(to, subject, body),
        "with_notes": with_notes,
    }
    return render(request, "meetings/followup.html", context)


def _held(request: MemberRequest, meeting: Meeting, guests: list[str], with_notes: bool) -> followup.Held:
    zone = request.tenant.zone
    return followup.Held(
        title=meeting.title,
        account=meeting.account.name,
        day=formats.date((meeting.started_at or meeting.starts_at).astimezone(zone).date()),
        guests=guests,
        decisions=[decision.text for decision in meeting.decisions.all()],
        steps=[
            followup.Promise(step.what, step.owner, formats.date(step.due_on))
            for step in meeting.next_steps.select_related("user", "contact")
        ],
        next_outcome=meeting.next_outcome,
        sender=request.user.name,
        notes=meeting.notes if with_notes else "",
    )
