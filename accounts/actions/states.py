"""What is known about accounts now, worked out for many at once; nobody else writes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from accounts import timeline
from accounts.calendar import DAY, local_midnight, local_today
from accounts.knowing.columns import bigints
from accounts.models import Account, AccountState, Tenant, TenantWork
from accounts.registry import event_kinds
from accounts.tenancy.context import current_tenant_id, tenant_context

ROUND = "states"

CHUNK = 1000

# Rows that come out as they were aren't written again, so that the nightly round over everything is cheap.
# A touch may be noted while the statement runs, which doesn't see it then: the later of the two stays.
REFRESH = """
INSERT INTO accounts_accountstate (tenant_id, account_id, arr_minor, renewal_on, last_touch_at)
SELECT a.tenant_id, a.id, coalesce(paid.arr, 0), due.renewal_on, touch.at
FROM accounts_account a
LEFT JOIN (
    SELECT m.account_id, sum(m.amount_minor)::bigint AS arr FROM accounts_revenuemovement m
    WHERE m.tenant_id = %(tenant)s AND m.effective_on <= %(today)s {of_m} GROUP BY m.account_id
) paid ON paid.account_id = a.id
LEFT JOIN (
    SELECT c.account_id, min(c.end_on) AS renewal_on FROM accounts_contract c
    WHERE c.tenant_id = %(tenant)s AND c.end_on >= %(today)s AND c.ended_on IS NULL {of_c} AND NOT EXISTS (
        SELECT 1 FROM accounts_contract later WHERE later.tenant_id = c.tenant_id AND later.renews_id = c.id)
    GROUP BY c.account_id
) due ON due.account_id = a.id
LEFT JOIN (
    SELECT e.account_id, max(e.occurred_at) AS at FROM accounts_event e
    WHERE e.tenant_id = %(tenant)s AND e.kind = ANY(%(touches)s) {of_e} GROUP BY e.account_id
) touch ON touch.account_id = a.id
WHERE a.tenant_id = %(tenant)s {of_a}
ORDER BY a.id
ON CONFLICT (tenant_id, account_id) DO UPDATE
SET arr_minor = EXCLUDED.arr_minor, renewal_on = EXCLUDED.renewal_on,
    last_touch_at = greatest(accounts_accountstate.last_touch_at, EXCLUDED.last_touch_at)
WHERE accounts_accountstate.arr_minor IS DISTINCT FROM EXCLUDED.arr_minor
   OR accounts_accountstate.renewal_on IS DISTINCT FROM EXCLUDED.renewal_on
   OR EXCLUDED.last_touch_at > coalesce(accounts_accountstate.last_touch_at, '-infinity')
"""

# Only what came since the last known touch is looked for: the timeline of an account is long.
HEAR = """
UPDATE accounts_accountstate s SET last_touch_at = n.at
FROM (
    SELECT k.id, newer.at FROM accounts_accountstate k CROSS JOIN LATERAL (
        SELECT max(e.occurred_at) AS at FROM accounts_event e WHERE e.tenant_id = %(tenant)s
        AND e.account_id = k.account_id AND e.kind = ANY(%(touches)s)
        AND e.occurred_at > coalesce(k.last_touch_at, '-infinity')) newer
    WHERE k.tenant_id = %(tenant)s AND k.account_id = ANY(%(ids)s::bigint[]) AND newer.at IS NOT NULL
    ORDER BY k.account_id FOR NO KEY UPDATE OF k
) n WHERE s.tenant_id = %(tenant)s AND s.id = n.id AND n.at > coalesce(s.last_touch_at, '-infinity')
"""


def refresh(account_ids: Iterable[int] | None, *, today: dt.date) -> int:
    """ARR, next renewal and last touch of these accounts (or of all) as of `today`; how many rows changed."""
    ids = None if account_ids is None else sorted(account_ids)
    if ids == []:
        return 0
    narrow = {"of_a": "a.id", "of_m": "m.account_id", "of_c": "c.account_id", "of_e": "e.account_id"}
    conditions = {
        name: "" if ids is None else f"AND {column} = ANY(%(ids)s::bigint[])" for name, column in narrow.items()
    }
    touches = [kind.kind for kind in event_kinds() if kind.touch]
    with connection.cursor() as cursor:
        cursor.execute(
            REFRESH.format(**conditions),
            {"tenant": current_tenant_id(), "today": today, "ids": ids and bigints(ids), "touches": touches},
        )
        return cursor.rowcount


def begin(account: Account) -> None:
    """The row of a new account, about which nothing is known yet."""
    AccountState.objects.create(account=account)


def touch(account: Account, at: dt.datetime) -> None:
    """Notes a contact with the customer; an older one than the last known changes nothing."""
    earlier = Q(last_touch_at=None) | Q(last_touch_at__lt=at)
    AccountState.objects.filter(earlier, account=account).update(last_touch_at=at)


def hear(account_ids: list[int]) -> None:
    """The last contact of each, where the timeline tells of one that nobody noted."""
    touches = [kind.kind for kind in event_kinds() if kind.touch]
    with connection.cursor() as cursor:
        cursor.execute(HEAR, {"tenant": current_tenant_id(), "ids": bigints(account_ids), "touches": touches})


def tenants_due() -> list[int]:
    """Tenants where a day has begun since the last round over all accounts, or where there was none yet."""
    waiting = TenantWork.objects.filter(kind=ROUND, due_at__gt=Now())
    return list(Tenant.objects.exclude(pk__in=waiting.values("tenant_id")).order_by("pk").values_list("pk", flat=True))


def round_of(tenant: Tenant, *, now: dt.datetime) -> int:
    """The round over all accounts for the tenant's new day, and a note for the next one. Twice does no harm."""
    today = local_today(tenant, now)
    with tenant_context(tenant):
        ids = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    changed = sum(_turn_of(tenant, ids[n : n + CHUNK], today) for n in range(0, len(ids), CHUNK))
    with tenant_context(tenant):
        TenantWork.objects.filter(tenant=tenant, kind=ROUND).delete()
        timeline.ring(ROUND, due_at=local_midnight(tenant, today + DAY))
    return changed


def ask_again(tenant: Tenant) -> None:
    """The tenant's day begins at another instant than the round's note says: a round is due now."""
    TenantWork.objects.filter(tenant=tenant, kind=ROUND).delete()


def _turn_of(tenant: Tenant, ids: list[int], today: dt.date) -> int:
    """Waits for contracts in the making, which hold their account, and only then looks at what they wrote."""
    with tenant_context(tenant):
        held = Account.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk")
        return refresh(held.values_list("pk", flat=True), today=today)
