"""A meeting as the pages show it, and how one of them is found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.http import Http404

from accounts import formats
from accounts.access import MemberRequest
from accounts.models import Tenant
from journeys.meetings.models import GoalMet, Meeting, MeetingQuerySet, MeetingStatus

TONES = {
    MeetingStatus.PLANNED: "",
    MeetingStatus.RUNNING: "accent",
    MeetingStatus.HELD: "green",
    MeetingStatus.CANCELLED: "",
}
GOAL_TONES = {GoalMet.YES: "green", GoalMet.PARTLY: "amber", GoalMet.NO: "red"}
NEAR = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}


@dataclass(frozen=True)
class Row:
    meeting: Meeting
    day: dt.date
    times: str
    tone: str
    left_open: bool  # its time went by, and nobody said what became of it
    goal_tone: str


@dataclass(frozen=True)
class DayGroup:
    label: str
    rows: list[Row]


def visible_meetings(request: MemberRequest) -> MeetingQuerySet:
    """Every page that names a meeting by id looks it up in here."""
    found: MeetingQuerySet = Meeting.objects.all().visible_to(request.membership)  # type: ignore[attr-defined]
    return found


def meeting_or_404(request: MemberRequest, pk: int) -> Meeting:
    related = ("account", "account__csm", "account__ae", "account__delivery", "account__parent", "organizer")
    meeting: Meeting | None = visible_meetings(request).select_related(*related).filter(pk=pk).first()
    if meeting is None:
        raise Http404("No such meeting")
    return meeting


def row_of(meeting: Meeting, tenant: Tenant, now: dt.datetime) -> Row:
    starts_at, ends_at = meeting.starts_at.astimezone(tenant.zone), meeting.ends_at.astimezone(tenant.zone)
    same_day = starts_at.date() == ends_at.date()
    end = formats.clock(ends_at) if same_day else formats.date_time(ends_at)
    return Row(
        meeting=meeting,
        day=starts_at.date(),
        times=f"{formats.clock(starts_at)}–{end}",
        tone=TONES[MeetingStatus(meeting.status)],
        left_open=meeting.is_ahead and meeting.ends_at < now,
        goal_tone=GOAL_TONES[GoalMet(meeting.goal_met)] if meeting.goal_met else "",
    )


def by_day(meetings: Iterable[Meeting], tenant: Tenant, now: dt.datetime) -> list[DayGroup]:
    """In their order, under the day on the tenant's wall."""
    today = now.astimezone(tenant.zone).date()
    rows = [row_of(meeting, tenant, now) for meeting in meetings]
    return [DayGroup(day_label(day, today), list(group)) for day, group in groupby(rows, key=lambda row: row.day)]


def day_label(day: dt.date, today: dt.date) -> str:
    near = NEAR.get((day - today).days)
    words = f"{day:%A}, {formats.date(day)}"
    return f"{near} · {words}" if near else words
