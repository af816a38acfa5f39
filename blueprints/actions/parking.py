"""Events that failed: put off, parked where people see them, and looked at again when somebody asks."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from accounts import timeline
from accounts.models import InboxEntry
from blueprints.models import Play, PlayState

MOST_ATTEMPTS = 8
LONGEST_ERROR = 500
ASKED_AGAIN = "Looked at again on request."


class Paused(Exception):
    """Somebody asked for an event again whose play is paused: no other try is of use until it is on."""


def parked(kind: str) -> QuerySet[InboxEntry]:
    """Events of this kind that failed too often to be tried again unasked."""
    return InboxEntry.objects.filter(attempts__gte=MOST_ATTEMPTS, event__kind=kind)


@transaction.atomic
def retry(entries: QuerySet[InboxEntry]) -> int:
    """A person mended the cause: these events are looked at again with the next ring. Returns how many."""
    count = entries.update(attempts=0, last_error=ASKED_AGAIN, due_at=Now())
    if count:
        timeline.ring(timeline.EVENTS)
    return count


def asked_again(entry: InboxEntry) -> bool:
    return ASKED_AGAIN in entry.last_error


def heard() -> Q:
    """Entries that some play listens to, in the shadow too, or would if it weren't paused while they are asked."""
    plays = Play.objects.filter(trigger=OuterRef("event__kind"))
    waits = Q(last_error__contains=ASKED_AGAIN) & Q(Exists(plays.filter(state=PlayState.PAUSED)))
    return Q(Exists(plays.watching())) | waits


def put_off(entry: InboxEntry, problems: Sequence[str], *, park: bool) -> None:
    """Its claim set the next try and left the note; after the last one, or at once, it is parked."""
    error = "\n".join(problems)[:LONGEST_ERROR]
    asked = f"\n{ASKED_AGAIN}" if asked_again(entry) else ""
    values = {"attempts": MOST_ATTEMPTS} if park else {}
    InboxEntry.objects.filter(pk=entry.pk).update(last_error=error + asked, **values)
