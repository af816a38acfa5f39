"""A plan as it stands while somebody acts on it, who acts, and how it is told."""

from __future__ import annotations

from typing import Any

from accounts import timeline
from accounts.actions.errors import refuse
from accounts.models import Contact, User
from journeys.plans.models import Plan

ANOTHER_SYSTEM = "Another system"
SHOWN = 160
CLOSED = "This plan is closed; what was agreed in it stays as it is."


def locked(plan: Plan) -> Plan:
    """The plan as it stands, ours until the transaction ends: two at once come one after the other."""
    return Plan.objects.select_for_update(of=("self",)).select_related("account").get(pk=plan.pk)


def open_(plan: Plan) -> Plan:
    """The same; what was closed stays as it was agreed."""
    row = locked(plan)
    if row.is_closed:
        raise refuse("", CLOSED)
    return row


def of_account(plan: Plan, contact: Contact | None, field: str) -> None:
    """Only a person of this account has a part in its plan."""
    if contact is not None and contact.account_id != plan.account_id:
        raise refuse(field, "This person belongs to another account.")


def one_of(by: User | None, contact: Contact | None) -> dict[str, Any]:
    """Who did it, as an event's facts: a contact through their link, one of us, or another system."""
    if contact is not None:
        return {"who": contact.name, "contact_id": contact.pk}
    return {"who": by.name if by else ANOTHER_SYSTEM}


def tell(kind: str, plan: Plan, by: User | None, contact: Contact | None = None, /, **facts: Any) -> None:
    """With the account's timeline; `occurred_at` goes through."""
    about = {"plan_id": plan.pk} | one_of(by, contact)
    timeline.record(kind, account=plan.account, by=by, **(about | facts))
