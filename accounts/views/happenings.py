"""Events as a page tells them: one sentence, who did it, and how long ago."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from accounts import formats
from accounts.models import Event
from accounts.registry import event_kinds, tell


@dataclass(frozen=True)
class Happening:
    icon: str
    text: str
    actor: str
    account: str
    account_id: int | None
    when: str
    at: dt.datetime


def told(events: QuerySet[Event], most: int) -> list[Happening]:
    """One query, whatever the events are about."""
    now = timezone.now()
    icons = {known.kind: known.icon for known in event_kinds()}
    rows = events.values("kind", "facts", "actor__name", "account_id", "account__name", "occurred_at")[:most]
    return [
        Happening(
            icon=icons.get(row["kind"], "circle"),
            text=tell(row["kind"], row["facts"]),
            actor=row["actor__name"] or "CSOM",
            account=row["account__name"] or "",
            account_id=row["account_id"],
            when=formats.ago(row["occurred_at"], now),
            at=row["occurred_at"],
        )
        for row in rows
    ]
