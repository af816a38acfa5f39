"""What people leave on an account's timeline: a note, or word of a call, an e-mail, a meeting."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import timeline
from accounts.actions import states
from accounts.actions.errors import refuse
from accounts.models import Account, Event, User
from accounts.registry import event_kind

KINDS = {"note": "note.added", "call": "call.logged", "email": "email.logged", "meeting": "meeting.logged"}
LONGEST = 20_000


@transaction.atomic
def add(account: Account, *, kind: str, body: str, by: User | None, occurred_at: dt.datetime | None = None) -> Event:
    """`kind`: note, call, email or meeting; all but the note count as contact with the customer. `body`: Markdown."""
    if kind not in KINDS:
        raise refuse("kind", "This must be one of: " + ", ".join(KINDS) + ".")
    text = body.strip()
    if not text:
        raise refuse("body", "Write a word or two.")
    if len(text) > LONGEST:
        raise refuse("body", f"At most {LONGEST} characters, please.")
    if occurred_at is not None and occurred_at > timezone.now() + dt.timedelta(minutes=5):
        raise refuse("occurred_at", "This lies in the future.")
    event = timeline.record(KINDS[kind], account=account, by=by, occurred_at=occurred_at, body=text)
    if event_kind(event.kind).touch:
        event.refresh_from_db(fields=["occurred_at"])
        states.touch(account, event.occurred_at)
    return event
