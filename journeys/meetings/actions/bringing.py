"""Meetings that were held before anybody kept them here: many at once, each in one statement for all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model

from accounts import timeline
from accounts.actions import states
from accounts.models import Account, Contact, Event, InboxEntry, User
from journeys.meetings.models import AgendaPoint, Attendee, Decision, GoalMet, Meeting, MeetingStatus

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Past:
    """A held meeting with all that came of it."""

    account: Account
    organizer: User
    kind: str
    title: str
    goal: str
    starts_at: dt.datetime
    minutes: int
    guests: Sequence[User | Contact]
    agenda: Sequence[tuple[str, int]] = ()
    decisions: Sequence[str] = ()
    goal_met: str = GoalMet.YES
    next_outcome: str = ""
    notes: str = ""
    absent: frozenset[int] = field(default_factory=frozenset)  # ids of contacts who weren't there

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.minutes)


@transaction.atomic
def bring(held: Sequence[Past], *, today: dt.date) -> int:
    """How many. Nothing is checked beyond what the database checks; accounts know their last touch afterwards."""
    made = Meeting.objects.bulk_create(_meeting(each) for each in held)
    pairs = list(zip(made, held, strict=True))
    _parts(Attendee, pairs, lambda past: [_guest(past, who) for who in past.guests])
    _parts(AgendaPoint, pairs, lambda past: [
        {"title": title, "minutes": minutes, "position": n, "done_at": past.ends_at}
        for n, (title, minutes) in enumerate(past.agenda, start=1)
    ])  # fmt: skip
    _parts(Decision, pairs, lambda past: [
        {"text": text, "created_at": past.ends_at, "created_by": past.organizer} for text in past.decisions
    ])  # fmt: skip
    events = Event.objects.bulk_create(_event(meeting, past) for meeting, past in pairs)
    InboxEntry.objects.bulk_create(InboxEntry(event=event) for event in events)
    if events:
        timeline.ring(timeline.EVENTS)
    states.refresh({past.account.pk for past in held}, today=today)
    return len(made)


def _meeting(past: Past) -> Meeting:
    plain = (
        "account",
        "organizer",
        "kind",
        "title",
        "goal",
        "starts_at",
        "ends_at",
        "goal_met",
        "next_outcome",
        "notes",
    )
    return Meeting(
        **{name: getattr(past, name) for name in plain},
        status=MeetingStatus.HELD,
        started_at=past.starts_at,
        started_by=past.organizer,
        ended_at=past.ends_at,
        ended_by=past.organizer,
        created_by=past.organizer,
        created_at=past.starts_at - dt.timedelta(days=7),
        updated_at=past.ends_at,
        ready_to_go_on=True,
    )


def _parts(
    model: type[M], pairs: Sequence[tuple[Meeting, Past]], of: Callable[[Past], Sequence[dict[str, Any]]]
) -> None:
    rows = [model(meeting=meeting, **values) for meeting, past in pairs for values in of(past)]
    model._default_manager.bulk_create(rows)


def _guest(past: Past, who: User | Contact) -> dict[str, Any]:
    if isinstance(who, User):
        return {"user": who, "attended": True}
    return {"contact": who, "attended": who.pk not in past.absent}


def _event(meeting: Meeting, past: Past) -> Event:
    facts = {
        "meeting_id": meeting.pk, "meeting_kind": past.kind, "title": past.title, "goal_met": past.goal_met,
        "outcome": f"goal met: {GoalMet(past.goal_met).label.lower()}", "decisions": len(past.decisions),
        "next_steps": 0, "next_outcome": past.next_outcome, "actor": str(past.organizer),
        "attended": len(past.guests) - len(past.absent),
    }  # fmt: skip
    account, by = past.account, past.organizer
    return Event(account=account, actor=by, kind="meeting.held", occurred_at=past.ends_at, facts=facts)
