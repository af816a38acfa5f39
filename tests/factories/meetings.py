"""Meetings in each of their states, reached through the actions that people use. Inside a tenant's context."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from accounts.models import Account, Contact
from journeys.meetings.actions import attendees, meetings, outcomes
from journeys.meetings.models import Decision, Meeting, NextStep
from tests.factories.accounts import AccountFactory, ContactFactory

HOUR = dt.timedelta(hours=1)
AGENDA = [
    {"title": "What the quarter should bring", "minutes": 20},
    {"title": "Who does what until then", "minutes": 25},
    {"title": "Close", "minutes": 10},
]


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def planned(cast: SimpleNamespace, account: Account | None = None, **values: Any) -> Meeting:
    """Tomorrow for an hour, with Cass and one contact on the list."""
    account = account or AccountFactory(csm=cast.cass)
    contact = Contact.objects.filter(account=account).first() or ContactFactory(account=account)
    starts_at = values.pop("starts_at", now() + dt.timedelta(days=1))
    given = {
        "kind": "kickoff",
        "title": "Kickoff",
        "goal": "Both sides agree on the first impact.",
        "starts_at": starts_at,
        "ends_at": starts_at + HOUR,
        "place": "https://meet.example/kickoff",
    } | values
    guests = [cast.cass, attendees.Guest(contact, role="Decides", context="Read the handoff")]
    return meetings.schedule(account, given, AGENDA, guests, by=cast.cass)


def running(cast: SimpleNamespace, account: Account | None = None, **values: Any) -> Meeting:
    """Begun ten minutes ago."""
    begun = now() - dt.timedelta(minutes=10)
    meeting = planned(cast, account, **({"starts_at": begun} | values))
    return meetings.start(meeting, by=cast.cass, now=begun)


def held(cast: SimpleNamespace, account: Account | None = None, **values: Any) -> Meeting:
    """Yesterday for an hour, its goal met."""
    begun = values.pop("starts_at", now() - dt.timedelta(days=1))
    meeting = planned(cast, account, **({"starts_at": begun} | values))
    return meetings.hold(meeting, by=cast.cass)


def cancelled(cast: SimpleNamespace, account: Account | None = None) -> Meeting:
    return meetings.cancel(planned(cast, account), by=cast.cass, reason="Their COO is ill.")


def decided(
    cast: SimpleNamespace, meeting: Meeting | None = None, text: str = "Start with the north site."
) -> Decision:
    return outcomes.decide(meeting or running(cast), text, by=cast.cass)


def next_step(cast: SimpleNamespace, meeting: Meeting | None = None, **values: Any) -> NextStep:
    """Ours, due in a week."""
    day = (now() + dt.timedelta(days=7)).date()
    given = {"what": "Send the data template", "side": "us", "user": cast.cass, "due_on": day} | values
    return outcomes.next_step(meeting or running(cast), given, by=cast.cass)
