"""The one place where rooms leave word for each other: an event, its inbox row and a note for the sweep, together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection

from accounts.models import Account, Event, InboxEntry, TenantWork, User
from accounts.registry import event_kind
from accounts.tenancy.context import current_tenant_id

EVENTS = "events"

RECORD_MANY = """
WITH {changes}, said AS (
    INSERT INTO accounts_event (account_id, kind, actor_id, facts)
    SELECT account_id, %(event_kind)s, %(event_actor)s, facts FROM told ORDER BY id RETURNING id
)
INSERT INTO accounts_inboxentry (event_id, attempts, last_error) SELECT id, 0, '' FROM said
"""


def record(
    kind: str,
    /,
    *,
    account: Account | None = None,
    by: User | None = None,
    occurred_at: dt.datetime | None = None,
    **facts: Any,
) -> Event:
    """Says what happened, inside the transaction in which it happened. An undeclared kind is a KeyError."""
    event_kind(kind)
    when = {} if occurred_at is None else {"occurred_at": occurred_at}
    event = Event.objects.create(kind=kind, account=account, actor=by, facts=facts, **when)
    InboxEntry.objects.create(event=event)
    ring(EVENTS)
    return event


def record_many(kind: str, changes: str, values: Mapping[str, Any], *, by: User | None = None) -> int:
    """The same for many rows in the one statement that changes them; how many there were.

    `changes` is the inside of a WITH, whose `told` has id (their order), account_id and facts as jsonb.
    """
    event_kind(kind)
    said = {"event_kind": kind, "event_actor": by.pk if by else None}
    with connection.cursor() as cursor:
        cursor.execute(RECORD_MANY.format(changes=changes), {**values, **said})
        count = cursor.rowcount
    if count:
        ring(EVENTS)
    return count


def ring(kind: str, due_at: dt.datetime | None = None) -> TenantWork:
    """Leaves a note that work of this kind waits in the open tenant; a sweep outside any tenant finds it."""
    when = {} if due_at is None else {"due_at": due_at}
    return TenantWork.objects.create(tenant_id=current_tenant_id(), kind=kind, **when)
