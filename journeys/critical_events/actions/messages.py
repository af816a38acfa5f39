"""Keeps what was sent to the customer about the event."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.actions import states
from accounts.actions.errors import refuse
from accounts.models import Contact, User
from journeys.critical_events.actions.standing import of_account, open_, tell
from journeys.critical_events.models import CriticalEvent

LONGEST = 20_000
LONGEST_SUBJECT = 300


@transaction.atomic
def sent(event: CriticalEvent, *, subject: str, text: str, to: Contact | None = None, by: User | None) -> None:
    """On the timeline with its text; it counts as contact with the customer."""
    row = open_(event)
    of_account(row.account, to, "to")
    subject, text = subject.strip(), text.strip()
    if not subject or len(subject) > LONGEST_SUBJECT:
        raise refuse("subject", f"A subject of at most {LONGEST_SUBJECT} characters, please.")
    if not text or len(text) > LONGEST:
        raise refuse("text", f"A message of at most {LONGEST} characters, please.")
    about = {"to": to.name, "contact_id": to.pk} if to else {}
    tell("critical_event.message_sent", row, by, subject=subject, body=text, **about)
    states.touch(row.account, timezone.now())
