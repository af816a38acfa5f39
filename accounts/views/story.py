"""The timeline as people read it: what happened, who did it, how long ago."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from accounts import formats, registry
from accounts.models import Account, Event

SIZE = 20


@dataclass(frozen=True)
class Entry:
    kind: str
    icon: str
    text: str
    who: str
    when: str
    at: str
    typed: bool  # words of a person, in which line breaks mean something


@dataclass(frozen=True)
class Story:
    entries: list[Entry]
    next: str = ""


def story(account: Account, now: dt.datetime, *, touches: bool = False, after: str = "", size: int = SIZE) -> Story:
    """The newest first, behind the cursor; `touches`: contact with the customer and notes alone."""
    events = Event.objects.filter(account=account).select_related("actor").order_by("-occurred_at", "-id")
    if touches:
        events = events.filter(kind__in=TYPED)
    if (behind := _read(after)) is not None:
        occurred_at, pk = behind
        events = events.filter(Q(occurred_at__lt=occurred_at) | Q(id__lt=pk), occurred_at__lte=occurred_at)
    found = list(events[: size + 1])
    following = _write(found[size - 1]) if len(found) > size else ""
    return Story([_entry(event, now) for event in found[:size]], following)


TYPED = ("note.added", "call.logged", "email.logged", "meeting.logged")


def _entry(event: Event, now: dt.datetime) -> Entry:
    known = {kind.kind: kind for kind in registry.event_kinds()}.get(event.kind)
    return Entry(
        kind=known.label if known else event.kind,
        icon=known.icon if known else "circle",
        text=registry.tell(event.kind, event.facts),
        who=str(event.actor) if event.actor else "System",
        when=formats.ago(event.occurred_at, now),
        at=event.occurred_at.isoformat(),
        typed=event.kind in TYPED,
    )


def _write(event: Event) -> str:
    return base64.urlsafe_b64encode(f"{event.occurred_at.isoformat()} {event.pk}".encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[dt.datetime, int] | None:
    try:
        instant, pk = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        read = dt.datetime.fromisoformat(instant)
        return (read, int(pk)) if read.tzinfo else None
    except (ValueError, binascii.Error):
        return None
