"""When: a new day or month begins, invitations are mailed, and old answers are forgotten."""

from __future__ import annotations

from django.utils import timezone

from accounts.actions import answers, invitations, knowledge, states
from accounts.models import Tenant
from accounts.tenancy.context import tenant_context
from accounts.tenancy.tasks import sweep, tenant_turn

# Beat rings every two seconds: a turn that waited longer than this has later ones behind it.
STALE_AFTER = 30


@sweep
def sweep_states() -> None:
    """What dates alone change, such as ARR that begins today, is known soon after the tenant's midnight."""
    for tenant_id in states.tenants_due():
        refresh_states.delay(tenant_id)


@tenant_turn
def refresh_states(tenant_id: int) -> None:
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is not None:
        states.round_of(tenant, now=timezone.now())


@sweep
def sweep_months() -> None:
    """What was known is kept by months, which belong to no tenant."""
    knowledge.keep_months()


@sweep
def sweep_invitations() -> None:
    for tenant_id in invitations.waiting_tenants():
        mail_invitations.apply_async((tenant_id,), expires=STALE_AFTER)


@tenant_turn
def mail_invitations(tenant_id: int) -> None:
    invitations.mail_waiting(tenant_id)


@sweep
def sweep_idempotency() -> None:
    for tenant_id in Tenant.objects.values_list("pk", flat=True):
        forget_answers.delay(tenant_id)


@tenant_turn
def forget_answers(tenant_id: int) -> None:
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is not None:
        with tenant_context(tenant):
            answers.forget()
