"""An event as it stands while somebody acts on it, whose people may stand in it, and how it is told."""

from __future__ import annotations

from typing import Any

from accounts import timeline
from accounts.actions.errors import refuse
from accounts.models import Account, Contact, User
from journeys.critical_events.models import CriticalEvent

ANOTHER_SYSTEM = "Another system"
SHOWN = 160
OVER = "This event is no longer ahead; what was planned for it stays as it is."


def locked(event: CriticalEvent) -> CriticalEvent:
    """The event as it stands, ours until the transaction ends: two at once come one after the other."""
    rows = CriticalEvent.objects.select_for_update(of=("self",)).select_related("account", "account__csm", "entry")
    return rows.get(pk=event.pk)


def open_(event: CriticalEvent) -> CriticalEvent:
    """The same; what was reached, missed or withdrawn changes no more."""
    row = locked(event)
    if not row.is_open:
        raise refuse("", OVER)
    return row


def of_account(account: Account, contact: Contact | None, field: str) -> None:
    if contact is not None and contact.account_id != account.pk:
        raise refuse(field, "This person belongs to another account.")


def who(by: User | None) -> str:
    return by.name if by else ANOTHER_SYSTEM


def tell(kind: str, event: CriticalEvent, by: User | None, /, **facts: Any) -> None:
    """With the account's timeline; `occurred_at` goes through."""
    about: dict[str, Any] = {"critical_event_id": event.pk, "title": event.title, "who": who(by)}
    timeline.record(kind, account=event.account, by=by, **(about | facts))
