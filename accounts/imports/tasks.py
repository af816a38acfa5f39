"""When imports go on: a sweep that finds tenants, and one tenant's turn."""

from __future__ import annotations

from accounts.imports.actions import working
from accounts.tenancy.tasks import sweep, tenant_turn

# Beat rings every two seconds: a turn that waited longer than this has later ones behind it.
STALE_AFTER = 30


@sweep
def sweep_imports() -> None:
    for tenant_id in working.waiting_tenants():
        go_on_with_imports.apply_async((tenant_id,), expires=STALE_AFTER)


@tenant_turn
def go_on_with_imports(tenant_id: int) -> None:
    """Reads, compares, writes or takes back, for some seconds."""
    working.go_on(tenant_id)
