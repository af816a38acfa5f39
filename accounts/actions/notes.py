"""What people leave on an account's timeline: a note, or word of a call, an e-mail, a meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts import timeline
from accounts.actions import states
from accounts.actions.errors import refuse
from accounts.models import Account, Event, InboxEntry, User
from accounts.registry import event_kind

KINDS = {"note": "note.added", "call": "call.logged", "email": "email.logged", "meeting": "meeting.logged"}
LONGEST = 20_000


@dataclass(frozen=True)
class Said:
    kind: str
    body: str
    occurred_at: dt.datetime


@transaction.atomic
def add(account: Account, *, kind: str, body: str, by: User | None, occurred_at: dt.datetime | None = None) -> Event:
    """`kind`: note, call, email or meeting; all but the note count as contact with the customer. `body`: Markdown."""
    text = _checked(kind, body, occurred_at)
    event = timeline.record(KINDS[kind], account=account, by=by, occurred_at=occurred_at, body=text)
    if event_kind(event.kind).touch:
        event.refresh_from_db(fields=["occurred_at"])
        states.touch(account, event.occurred_at)
    return event


@transaction.atomic
def bring(account: Account, said: Sequence[Said], *, by: User | None) -> int:
    """Many at once, as when an account's history comes from another system; how many."""
    events = [
        Event(
            account=account, actor=by, kind=KINDS[each.kind], occurred_at=each.occurred_at,
            facts={"body": _checked(each.kind, each.body, each.occurred_at)},
        )
        for each in said
    ]  # fmt: skip
    InboxEntry.objects.bulk_create(InboxEntry(event=event) for event in Event.objects.bulk_create(events))
    if events:
        timeline.ring(timeline.EVENTS)
    touches = [event.occurred_at for event in events if event_kind(event.kind).touch]
    if touches:
        states.touch(account, max(touches))
    return len(events)


def _checked(kind: str, body: str, occurred_at: dt.datetime | None) -> str:
    if kind not in KINDS:
        raise refuse("kind", "This must be one of: " + ", ".join(KINDS) + ".")
    text = body.strip()
    if not text:
        raise refuse("body", "Write a word or two.")
    if len(text) > LONGEST:
        raise refuse("body", f"At most {LONGEST} characters, please.")
    if occurred_at is not None and occurred_at > timezone.now() + dt.timedelta(minutes=5):
        raise refuse("occurred_at", "This lies in the future.")
    return text
