"""A deployment as it stands while somebody acts on it, and how each step is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts import timeline
from accounts.actions.errors import refuse
from accounts.calendar import local_today
from accounts.models import Contact, User
from journeys.deployments.models import Deployment

OVER = "This deployment is over; what was written in it stays as it is."
NAMED = ("account", "tenant", "lead", "product")


def locked(deployment: Deployment) -> Deployment:
    """The deployment as it stands, ours until the transaction ends: two at once come one after the other."""
    rows = Deployment.objects.select_for_update(of=("self",)).select_related(*NAMED)
    found: Deployment = rows.get(pk=deployment.pk)
    return found


def open_(deployment: Deployment) -> Deployment:
    """The same; what is closed or cancelled is over."""
    row = locked(deployment)
    if row.is_over:
        raise refuse("", OVER)
    return row


def today_of(deployment: Deployment, today: dt.date | None = None) -> dt.date:
    return today or local_today(deployment.tenant)


def not_ahead(day: dt.date, today: dt.date, field: str) -> None:
    if day > today:
        raise refuse(field, "This day lies ahead.")


def of_account(deployment: Deployment, contact: Contact | None, field: str) -> None:
    """Only a person of this account has a part in its deployments."""
    if contact is not None and contact.account_id != deployment.account_id:
        raise refuse(field, "This person belongs to another account.")


def tell(kind: str, deployment: Deployment, by: User | None, *, now: dt.datetime | None = None, **facts: Any) -> None:
    about = {"deployment_id": deployment.pk, "name": deployment.name}
    timeline.record(kind, account=deployment.account, by=by, occurred_at=now, **(about | facts))
