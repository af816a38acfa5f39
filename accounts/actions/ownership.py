"""Who holds which account: one statement for one or ten thousand, an event for each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction

from accounts import timeline
from accounts.actions.errors import named_refusals
from accounts.models import Account, User
from accounts.tenancy.context import current_tenant_id

OWNER_CHANGED = "account.owner_changed"
ROLES = {"csm": "CSM", "ae": "Account executive", "delivery": "Delivery"}

ASSIGN = """
held AS (
    SELECT id, {role}_id AS owner_id FROM accounts_account
    WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s) AND archived_at IS NULL AND {role}_id IS DISTINCT FROM %(owner)s
    ORDER BY id FOR UPDATE
), handed AS (
    UPDATE accounts_account a SET {role}_id = %(owner)s, version = a.version + 1, updated_at = now()
    FROM held WHERE a.tenant_id = %(tenant)s AND a.id = held.id RETURNING a.id, held.owner_id
), told AS (
    SELECT handed.id, handed.id AS account_id, jsonb_build_object(
        'role', %(label)s::text, 'role_code', %(code)s::text,
        'before', coalesce(before.name, 'nobody'), 'before_id', before.id,
        'after', %(name)s::text, 'after_id', %(owner)s::bigint) AS facts
    FROM handed LEFT JOIN accounts_user before ON before.id = handed.owner_id
)
"""


def assign(account_ids: Iterable[int], owners: Mapping[str, User | None], *, by: User | None) -> int:
    """How many accounts got another owner; an account that changes two owners counts once for each."""
    unknown = set(owners) - set(ROLES)
    if unknown:
        raise TypeError(f"no such owners: {sorted(unknown)}")
    ids = sorted(set(account_ids))
    with transaction.atomic():
        return sum(_hand(ids, role, owner, by) for role, owner in owners.items())


def _hand(ids: list[int], role: str, owner: User | None, by: User | None) -> int:
    values: dict[str, str | int | list[int] | None] = {
        "tenant": current_tenant_id(), "ids": ids, "code": role, "label": ROLES[role],
        "owner": owner.pk if owner else None, "name": str(owner) if owner else "nobody",
    }  # fmt: skip
    with named_refusals(Account):
        return timeline.record_many(OWNER_CHANGED, ASSIGN.format(role=role), values, by=by)


def tell(
    account: Account, role: str, before: User | None, after: User | None, *, by: User | None, now: dt.datetime | None
) -> None:
    """The same event for an account that was edited one by one."""
    timeline.record(
        OWNER_CHANGED,
        account=account, by=by, occurred_at=now,
        role=ROLES[role], role_code=role,
        before=str(before or "nobody"), before_id=before and before.pk,
        after=str(after or "nobody"), after_id=after and after.pk,
    )  # fmt: skip
