"""When back-tests are worked out, and when they are forgotten."""

from __future__ import annotations

from accounts.models import Tenant
from accounts.tenancy.tasks import sweep, tenant_turn
from metrics.backtests import actions

# Beat rings every two seconds: a turn that waited longer than this has later ones behind it.
STALE_AFTER = 30


@sweep
def sweep_back_tests() -> None:
    for tenant_id in actions.waiting_tenants():
        work_out.apply_async((tenant_id,), expires=STALE_AFTER)


@tenant_turn
def work_out(tenant_id: int) -> None:
    actions.go_on(tenant_id)


@sweep
def sweep_old_back_tests() -> None:
    for tenant_id in Tenant.objects.values_list("pk", flat=True):
        forget.delay(tenant_id)


@tenant_turn
def forget(tenant_id: int) -> None:
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is not None:
        actions.forget(tenant)
