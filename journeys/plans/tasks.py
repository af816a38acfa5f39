"""When codes and links are mailed: a sweep that finds tenants, and one tenant's turn."""

from __future__ import annotations

from accounts.tenancy.tasks import sweep, tenant_turn
from journeys.plans.actions import sharing

# Beat rings every two seconds: a turn that waited longer than this has later ones behind it.
STALE_AFTER = 30


@sweep
def sweep_codes() -> None:
    for tenant_id in sharing.waiting_tenants():
        mail_codes.apply_async((tenant_id,), expires=STALE_AFTER)


@tenant_turn
def mail_codes(tenant_id: int) -> None:
    sharing.mail_waiting(tenant_id)


@sweep
def sweep_links() -> None:
    for tenant_id in sharing.tenants_with_links():
        mail_links.apply_async((tenant_id,), expires=STALE_AFTER)


@tenant_turn
def mail_links(tenant_id: int) -> None:
    sharing.mail_links(tenant_id)
