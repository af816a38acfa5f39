"""A meeting as it stands while somebody acts on it, and how each step is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models.functions import Now

from accounts import timeline
from accounts.actions.errors import Conflict
from accounts.models import User
from journeys.meetings.models import Meeting


def locked(meeting: Meeting) -> Meeting:
    """The meeting as it stands, ours until the transaction ends: two at once come one after the other."""
    return Meeting.objects.select_for_update(of=("self",)).select_related("account", "organizer").get(pk=meeting.pk)


def must_be_ahead(meeting: Meeting) -> None:
    """What was held or cancelled is over."""
    if not meeting.is_ahead:
        raise Conflict(meeting)


def must_not_be_cancelled(meeting: Meeting) -> None:
    if meeting.is_cancelled:
        raise Conflict(meeting)


def noticed(meeting: Meeting) -> None:
    """Who asks what changed hears of it; its version stays, since what was written down is no other meeting."""
    Meeting.objects.filter(pk=meeting.pk).update(updated_at=Now())


def tell(kind: str, meeting: Meeting, by: User | None, now: dt.datetime | None, **facts: Any) -> None:
    facts = {"meeting_id": meeting.pk, "meeting_kind": meeting.kind, "title": meeting.title} | facts
    actor = str(by) if by else "The system"
    timeline.record(kind, account=meeting.account, by=by, occurred_at=now, actor=actor, **facts)
