"""When: invitations to meetings are mailed."""

from __future__ import annotations

from accounts.tenancy.tasks import sweep, tenant_turn
from journeys.meetings.actions import mails

# Beat rings every two seconds: a turn that waited longer than this has later ones behind it.
STALE_AFTER = 30


@sweep
def sweep_mails() -> None:
    for tenant_id in mails.waiting_tenants():
        mail_meetings.apply_async((tenant_id,), expires=STALE_AFTER)


@tenant_turn
def mail_meetings(tenant_id: int) -> None:
    mails.mail_waiting(tenant_id)
