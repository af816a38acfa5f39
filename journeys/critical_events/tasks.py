"""When: stories go on to customers who went dark."""

from __future__ import annotations

from accounts.tenancy.tasks import sweep, tenant_turn
from journeys.critical_events.actions import nurtures


@sweep
def sweep_nurtures() -> None:
    for tenant_id in nurtures.waiting_tenants():
        nurture_accounts.delay(tenant_id)


@tenant_turn
def nurture_accounts(tenant_id: int) -> None:
    nurtures.go_on(tenant_id)
