"""Those who gain from being in time, and the meeting in which they see the timeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.actions.errors import named_refusals, refuse
from accounts.actions.validity import check, check_change, only
from accounts.actions.writing import change
from accounts.models import Contact, User
from journeys.critical_events.actions.standing import of_account, open_, tell
from journeys.critical_events.models import CriticalEvent, Stakeholder
from journeys.meetings.actions import meetings
from journeys.meetings.actions.attendees import Guest
from journeys.meetings.models import Kind, Meeting, MeetingStatus

AGENDA = (
    ("What each of you gains from being in time", 10),
    ("Present the timeline, last step first", 20),
    ("Who takes which step", 15),
    ("Close", 5),
)


@transaction.atomic
def name(
    event: CriticalEvent, contact: Contact, gains: str, *, by: User | None, now: dt.datetime | None = None
) -> Stakeholder:
    row = open_(event)
    of_account(row.account, contact, "contact")
    if not gains.strip():
        raise refuse("gains", "Say what this person gains.")
    stakeholder = Stakeholder(event=row, contact=contact, gains=gains.strip())
    check(stakeholder)
    with named_refusals(Stakeholder):
        stakeholder.save(force_insert=True)
    stakeholder.refresh_from_db()
    facts: dict[str, Any] = {"contact_id": contact.pk, "name": contact.name, "gains": gains.strip()}
    tell("critical_event.stakeholder_named", row, by, occurred_at=now, **facts)
    return stakeholder


@transaction.atomic
def edit(stakeholder: Stakeholder, gains: str, *, by: User | None, version: int | None = None) -> Stakeholder:
    event = open_(stakeholder.event)
    if not gains.strip():
        raise refuse("gains", "Say what this person gains.")
    values = {"gains": gains.strip()}
    check_change(stakeholder, values)
    if change(stakeholder, values, version=version):
        facts = {"contact_id": stakeholder.contact_id, "name": stakeholder.contact.name}
        tell("critical_event.stakeholder_named", event, by, gains=gains.strip(), **facts)
    return stakeholder


@transaction.atomic
def remove(stakeholder: Stakeholder, *, by: User | None) -> None:
    event = open_(stakeholder.event)
    name_ = stakeholder.contact.name
    Stakeholder.objects.filter(pk=stakeholder.pk).delete()
    tell("critical_event.stakeholder_removed", event, by, contact_id=stakeholder.contact_id, name=name_)


@transaction.atomic
def invite(event: CriticalEvent, values: Mapping[str, Any], *, by: User) -> Meeting:
    """The stakeholder meeting with all who gain. `values`: starts_at, ends_at, place. One at a time."""
    row = open_(event)
    given = only(values, ("starts_at", "ends_at", "place"))
    there = list(Stakeholder.objects.filter(event=row).select_related("contact"))
    if not there:
        raise refuse("", "Name first who gains from it.")
    if row.meeting is not None and row.meeting.status in (MeetingStatus.PLANNED, MeetingStatus.RUNNING):
        raise refuse("", "The stakeholder meeting is planned already.")
    said = {
        "kind": Kind.STAKEHOLDER, "title": f"The way to {row.title}"[:200],
        "goal": "Everybody who gains knows the timeline and owns their steps.",
    }  # fmt: skip
    agenda = [{"title": title, "minutes": minutes} for title, minutes in AGENDA]
    guests: list[Any] = [Guest(one.contact, context=f"Gains: {one.gains}"[:300]) for one in there]
    meeting = meetings.schedule(row.account, said | given, agenda, [by, *guests], by=by)
    change(row, {"meeting": meeting})
    tell("critical_event.meeting_planned", row, by, meeting_id=meeting.pk)
    return meeting
