"""The event as a SPICED statement: said once, corrected in its place, never twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.actions.errors import refuse
from accounts.models import Account, User
from journeys.actions import spiced
from journeys.critical_events.models import CriticalEvent
from journeys.models import SpicedEntry

LETTER = "critical_event"


def standing(entry: SpicedEntry) -> SpicedEntry:
    """The statement that holds now: corrections of it may have come from the SPICED page."""
    while newer := SpicedEntry.objects.filter(replaces=entry).first():
        entry = newer
    return entry


def usable(account: Account, entry: SpicedEntry | None) -> None:
    if entry is not None and (entry.account_id != account.pk or entry.letter != LETTER):
        raise refuse("entry", "This isn't a statement about a critical event of this account.")


def follow(event: CriticalEvent, *, source: str, on: dt.date, by: User | None) -> SpicedEntry:
    """The statement that says what the event says: the one there is, a correction of it, or a new one."""
    said = {"due_on": event.happens_on, "consequence": event.consequence}
    old = standing(event.entry) if event.entry else None
    if old is not None and (old.statement, old.due_on, old.consequence) == (event.title, *said.values()):
        return old
    more: dict[str, Any] = {"source": source, "occurred_on": on, "by": by, "said_by": event.said_by}
    more |= {"source_ref": f"critical-event-{event.pk}"} | said
    if old is not None:
        return spiced.correct(old, event.title, **more)
    return spiced.say(event.account, LETTER, event.title, **more)
