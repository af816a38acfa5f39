"""When plays are looked at: a sweep that finds tenants, and one tenant's turn."""

from __future__ import annotations

from accounts.tenancy.tasks import sweep, tenant_turn
from blueprints.actions import deliveries, engine

# Beat rings every two seconds: a turn that waited longer than this has later ones behind it.
STALE_AFTER = 30


@sweep
def sweep_events() -> None:
    """Rings the turn of every tenant whose events wait."""
    for tenant_id in engine.waiting_tenants():
        evaluate_events.apply_async((tenant_id,), expires=STALE_AFTER)


@tenant_turn
def evaluate_events(tenant_id: int) -> None:
    """Starts what listens to the events of one tenant."""
    engine.drain(tenant_id)


@sweep
def sweep_deliveries() -> None:
    """Rings every tenant that has something to send."""
    for tenant_id in deliveries.waiting_tenants():
        send_deliveries.apply_async((tenant_id,), expires=STALE_AFTER)


@tenant_turn
def send_deliveries(tenant_id: int) -> None:
    """Sends what is due of one tenant's outbox."""
    deliveries.send_due(tenant_id)
