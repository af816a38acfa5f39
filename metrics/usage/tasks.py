"""When usage is counted, matched once more, and forgotten."""

from __future__ import annotations

from accounts.models import Tenant
from accounts.tenancy.tasks import sweep, tenant_turn
from metrics.usage.actions import keeping, turns

# Beat rings every two seconds: a turn that waited longer than this has later ones behind it.
STALE_AFTER = 30


@sweep
def sweep_usage() -> None:
    for tenant_id in turns.waiting_tenants():
        count_usage.apply_async((tenant_id,), expires=STALE_AFTER)


@tenant_turn
def count_usage(tenant_id: int) -> None:
    turns.go_on(tenant_id)


@sweep
def sweep_usage_keeping() -> None:
    """Months to come and months that are over; then each tenant's own rows."""
    keeping.keep_months()
    for tenant_id in Tenant.objects.values_list("pk", flat=True):
        keep_usage.delay(tenant_id)


@tenant_turn
def keep_usage(tenant_id: int) -> None:
    turns.look_again(tenant_id)
    keeping.forget(tenant_id)
