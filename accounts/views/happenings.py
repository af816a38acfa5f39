"""Events as a page tells them: one sentence, who did it, and when, in the workspace's time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts import formats
from accounts.access import MemberRequest
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


def told(request: MemberRequest, events: QuerySet[Event], most: int) -> list[Happening]:
    """One query, whatever the events are about."""
    icons = {known.kind: known.icon for known in event_kinds()}
    rows = events.values("kind", "facts", "actor__name", "account_id", "account__name", "occurred_at")[:most]
    return [
        Happening(
            icon=icons.get(row["kind"], "circle"),
            text=tell(row["kind"], row["facts"]),
            actor=row["actor__name"] or "CSOM",
            account=row["account__name"] or "",
            account_id=row["account_id"],
            when=formats.date_time(row["occurred_at"].astimezone(request.tenant.zone)),
            at=row["occurred_at"],
        )
        for row in rows
    ]
