"""Workspaces: opened by the operator with a first admin, shaped by their own admins afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import timeline
from accounts.actions import states
from accounts.actions.errors import Refused, refuse
from accounts.actions.seen import locked
from accounts.currencies import CODES, UNKNOWN
from accounts.models import Membership, Tenant, Touch, TouchModel, User
from accounts.roles import Role
from accounts.tenancy.context import tenant_context

FIELDS = ("name", "timezone", "country", "currency", "handoff_due_days", "first_impact_from", "accent")

# Where a workspace starts; its own people change it in the settings.
TOUCH_DEFAULTS: list[dict[str, Any]] = [
    {"code": Touch.HIGH, "touch_every_days": 14, "accounts_per_csm": 15,
     "description": "A named CSM, a shared plan and regular reviews with the sponsor."},
    {"code": Touch.LOW, "touch_every_days": 45, "accounts_per_csm": 60,
     "description": "A CSM for several accounts at once; reviews at the moments that matter."},
    {"code": Touch.TECH, "touch_every_days": 90, "accounts_per_csm": 400,
     "description": "Guided by the product and by mail; a person steps in when a play calls."},
]  # fmt: skip


@transaction.atomic
def create(slug: str, name: str, *, admin: User, **values: Any) -> Tenant:
    """A workspace with its first admin and its touch models. `values` are the fields of Tenant."""
    tenant = Tenant(slug=slug, name=name, **values)
    _check(tenant)
    tenant.save()
    Membership.objects.create(tenant=tenant, user=admin, role=Role.ADMIN)
    with tenant_context(tenant):
        TouchModel.objects.bulk_create(TouchModel(**defaults) for defaults in TOUCH_DEFAULTS)
        timeline.record("workspace.created", by=admin, name=name)
    return tenant


@transaction.atomic
def edit(tenant: Tenant, values: Mapping[str, Any], *, by: User | None, seen: str | None = None) -> Tenant:
    """Changes the workspace's own settings; inside its context."""
    row = locked(tenant, FIELDS, seen)
    changed = [field for field in FIELDS if field in values and getattr(row, field) != values[field]]
    for field in changed:
        setattr(row, field, values[field])
    _check(row)
    if changed:
        row.save(update_fields=changed)
        if "timezone" in changed:
            states.ask_again(row)
        labels = ", ".join(field.replace("_", " ") for field in changed)
        timeline.record("workspace.edited", by=by, changed=labels, after={f: getattr(row, f) for f in changed})
    return row


def _check(tenant: Tenant) -> None:
    try:
        tenant.full_clean()
    except ValidationError as error:
        raise Refused(error.message_dict) from error
    if tenant.currency not in CODES:
        raise refuse("currency", UNKNOWN)
