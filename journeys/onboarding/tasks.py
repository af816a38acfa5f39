"""When: First Impacts that were confirmed or seen are reached, and kickoffs that were held are noted."""

from __future__ import annotations

from accounts.tenancy.tasks import sweep, tenant_turn
from journeys.onboarding.actions import turns

# Beat rings every two seconds: a turn that waited longer than this has later ones behind it.
STALE_AFTER = 30


@sweep
def sweep_first_impacts() -> None:
    for tenant_id in turns.waiting_tenants():
        reach_first_impacts.apply_async((tenant_id,), expires=STALE_AFTER)


@tenant_turn
def reach_first_impacts(tenant_id: int) -> None:
    turns.turn(tenant_id)
