"""Events as every page tells them: one sentence, who did it, and how long ago."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts import formats
from accounts.models import Event
from accounts.registry import EventKind, event_kinds, tell

TYPED = ("note.added", "call.logged", "email.logged", "meeting.logged")
NOBODY = "CSOM"  # what nobody did, the product did
UNKNOWN = "circle"
COLUMNS = ("id", "kind", "facts", "actor__name", "account_id", "account__name", "occurred_at")


@dataclass(frozen=True)
class Happening:
    pk: int
    kind: str  # in a word or two
    icon: str
    text: str
    actor: str
    account: str
    account_id: int | None
    when: str
    at: dt.datetime
    typed: bool  # words of a person, in which line breaks mean something


def of_account(account_id: int | None) -> QuerySet[Event]:
    """What its story tells. A play's run says for all its tasks that they began; the record keeps each."""
    return Event.objects.filter(account=account_id).exclude(kind="task.created", facts__source="play")


def told(events: QuerySet[Event], most: int, now: dt.datetime | None = None) -> list[Happening]:
    """One query, whatever the events are about."""
    now = now or timezone.localtime()
    known = {kind.kind: kind for kind in event_kinds()}
    return [_told(row, known.get(row["kind"]), now) for row in events.values(*COLUMNS)[:most]]


def _told(row: dict[str, Any], kind: EventKind | None, now: dt.datetime) -> Happening:
    """A kind that is no longer declared still tells its name."""
    return Happening(
        pk=row["id"],
        kind=kind.label if kind else row["kind"],
        icon=kind.icon if kind else UNKNOWN,
        text=tell(row["kind"], row["facts"]),
        actor=row["actor__name"] or _customer(row["facts"]) or NOBODY,
        account=row["account__name"] or "",
        account_id=row["account_id"],
        when=formats.ago(row["occurred_at"], now),
        at=row["occurred_at"],
        typed=row["kind"] in TYPED,
    )


def _customer(facts: dict[str, Any]) -> str:
    """A contact who did it through their link; who is merely named in it has no `who`."""
    return str(facts.get("who") or "") if facts.get("contact_id") else ""
