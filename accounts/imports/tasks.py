"""When imports go on: a sweep that finds tenants, and one tenant's turn."""

from __future__ import annotations

from accounts.imports.actions import forgetting, working
from accounts.models import Tenant
from accounts.tenancy.tasks import sweep, tenant_turn

# Beat rings every two seconds: a turn that waited longer than this has later ones behind it.
STALE_AFTER = 30


@sweep
def sweep_imports() -> None:
    for tenant_id in working.waiting_tenants():
        go_on_with_imports.apply_async((tenant_id,), expires=STALE_AFTER)
    for tenant_id in forgetting.waiting_tenants():
        forget_imports.apply_async((tenant_id,), expires=STALE_AFTER)


@tenant_turn
def go_on_with_imports(tenant_id: int) -> None:
    """Reads, compares, writes or takes back, for some seconds."""
    working.go_on(tenant_id)


@sweep
def sweep_old_imports() -> None:
    for tenant_id in Tenant.objects.order_by("pk").values_list("pk", flat=True):
        forget_imports.delay(tenant_id)


@tenant_turn
def forget_imports(tenant_id: int) -> None:
    """Files that nobody needs any more, and their rows."""
    forgetting.go_on(tenant_id)
