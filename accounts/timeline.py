"""The one place where rooms leave word for each other: an event, its inbox row and a note for the sweep, together."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import Account, Event, InboxEntry, TenantWork, User
from accounts.registry import event_kind
from accounts.tenancy.context import current_tenant_id

EVENTS = "events"


def record(
    kind: str,
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


def ring(kind: str, due_at: dt.datetime | None = None) -> TenantWork:
    """Leaves a note that work of this kind waits in the open tenant; a sweep outside any tenant finds it."""
    when = {} if due_at is None else {"due_at": due_at}
    return TenantWork.objects.create(tenant_id=current_tenant_id(), kind=kind, **when)
