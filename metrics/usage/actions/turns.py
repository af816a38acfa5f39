"""A tenant's turn: what arrived is matched and counted, step after step, each a short transaction.

Arrivals are the queue. They go in the transaction that counted them, so a worker that dies leaves them where they
were, and a day that was counted twice is the same day.

A count reads whole days, whatever the number of new events in them. So it takes all that waits, and then rests: what
comes meanwhile is counted together, and each day once in a few seconds however many calls touch it.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from django.db import connection
from django.db.models import Min, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.actions import knowledge
from accounts.calendar import DAY, local_today
from accounts.models import Tenant, TenantWork
from accounts.tenancy.context import current_tenant_id, tenant_context
from metrics.usage.actions import impacts, metrics, moving, origins, rollups
from metrics.usage.actions.receiving import WORK, first_whole_day
from metrics.usage.actions.rollups import Pairs
from metrics.usage.models import Arrival, Intake, Metric, Refusal

SECONDS = 20.0  # of one turn; the next ring goes on
ARRIVALS = 20_000  # in one step
REST = dt.timedelta(seconds=3)  # between two counts, unless more waits than one step takes
SLICE = dt.timedelta(days=31)  # of one step when a metric is counted anew
LOCK = 7_205  # names our advisory locks; the second half is the tenant

ATTRIBUTE = """
UPDATE usage_event e SET account_id = x.account_id, origin_id = x.origin_id
FROM (
    SELECT o.id, coalesce(g.id, o.id) AS origin_id, coalesce(o.account_id, g.account_id) AS account_id
    FROM usage_origin o LEFT JOIN usage_origin g ON g.tenant_id = %(tenant)s AND g.id = o.group_id
    WHERE o.tenant_id = %(tenant)s AND o.id = ANY (%(ids)s)
) x
WHERE e.tenant_id = %(tenant)s AND e.account_id IS NULL AND e.origin_id = x.id
    AND (x.account_id IS NOT NULL OR x.origin_id <> x.id)
RETURNING e.account_id, (e.occurred_at AT TIME ZONE %(zone)s)::date
"""

TOUCHED = """
SELECT DISTINCT s.account_id, s.day FROM usage_arrival a, unnest(a.accounts, a.days) s(account_id, day)
WHERE a.tenant_id = %(tenant)s AND a.id = ANY (%(ids)s)
"""
NAMED = "SELECT DISTINCT unnest(origins) FROM usage_arrival WHERE tenant_id = %(tenant)s AND id = ANY (%(ids)s)"


def waiting_tenants() -> list[int]:
    return list(_due_notes().values_list("tenant_id", flat=True).distinct())


def go_on(tenant_id: int, *, seconds: float = SECONDS, rest: dt.timedelta = REST) -> None:
    """Works until nothing waits, or what waits may wait a little longer, or the turn is over."""
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    began = time.monotonic()
    while tenant is not None and time.monotonic() - began < seconds and _one_step(tenant, rest):
        pass


def _one_step(tenant: Tenant, rest: dt.timedelta) -> bool:
    """One transaction. False: nothing to do yet, or somebody else is at it."""
    with tenant_context(tenant):
        if not _try_take(tenant.pk):
            return False
        # Read before the work is looked for: a note that comes meanwhile speaks of work that isn't seen here.
        notes = list(_due_notes().filter(tenant_id=tenant.pk).values_list("pk", flat=True))
        moving.take_along(tenant)
        if _count_arrivals(tenant, rest) or _count_slice(tenant):
            return True
        if not Arrival.objects.exists():
            TenantWork.objects.filter(pk__in=notes).delete()
        return False


def _count_arrivals(tenant: Tenant, rest: dt.timedelta) -> bool:
    waiting = Arrival.objects.filter(moved_from=None)
    ids = list(waiting.order_by("id").values_list("pk", flat=True)[:ARRIVALS])
    if not ids or (len(ids) < ARRIVALS and Intake.objects.filter(counted_at__gt=Now() - rest).exists()):
        return False
    taken = waiting.filter(pk__in=ids)
    metrics.ensure_defaults()
    _watch_the_zone(tenant)
    pairs: Pairs = set(_asked(TOUCHED, ids))
    pairs |= _attribute(tenant, {pk for (pk,) in _asked(NAMED, ids)})
    active = list(Metric.objects.filter(active=True).values_list("pk", flat=True))
    first = _first_day(tenant)
    rollups.count_days(tenant, {pair for pair in pairs if pair[1] >= first}, active)
    newest = taken.order_by("-received_at").values_list("last_name", "received_at")[0]
    taken._raw_delete("default")
    touched = {account for account, _ in pairs}
    knowledge.note(touched)
    impacts.look(tenant, touched)
    Intake.objects.update(last_event=newest[0], last_received_at=newest[1], counted_at=Now())
    return True


def _asked(statement: str, ids: list[int]) -> list[tuple[Any, ...]]:
    """In the database, where a thousand calls that touched the same days are those days once."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": current_tenant_id(), "ids": ids})
        return list(cursor.fetchall())


def _attribute(tenant: Tenant, ids: set[int]) -> Pairs:
    """What waited for an account and has one now; the days that it changes."""
    if not ids:
        return set()
    origins.match_by_itself(sorted(ids))
    with connection.cursor() as cursor:
        cursor.execute(ATTRIBUTE, {"tenant": current_tenant_id(), "ids": sorted(ids), "zone": tenant.timezone})
        return {(account, day) for account, day in cursor.fetchall() if account is not None}


def _count_slice(tenant: Tenant) -> bool:
    """A month of what is to be counted anew, the place kept with what was done there."""
    waiting = Metric.objects.exclude(count_from=None)
    first = waiting.aggregate(first=Min("count_from"))["first"]
    if first is None:
        return False
    ids = list(waiting.filter(count_from=first).values_list("pk", flat=True))
    start = max(first, _first_day(tenant))
    after = start + SLICE
    rollups.count_span(tenant, start, after, ids)
    done = after > local_today(tenant) + DAY
    Metric.objects.filter(pk__in=ids).update(count_from=None if done else after)
    if done:
        knowledge.note_all()
    return True


def _first_day(tenant: Tenant) -> dt.date:
    """Raw events may have gone since a count was asked for: figures of the days before this one stay as they are."""
    return first_whole_day(timezone.now()).astimezone(tenant.zone).date()


def _watch_the_zone(tenant: Tenant) -> None:
    """Midnight is elsewhere since the workspace moved: every day is another one now."""
    intake, made = Intake.objects.get_or_create(defaults={"zone": tenant.timezone})
    if not made and intake.zone != tenant.timezone:
        Intake.objects.update(zone=tenant.timezone)
        metrics.recount_all(tenant)


def _due_notes() -> QuerySet[TenantWork]:
    return TenantWork.objects.filter(kind=WORK, due_at__lte=Now())


def _try_take(tenant_id: int) -> bool:
    """False while another worker is at this tenant's usage."""
    with connection.cursor() as cursor:
        # Counting people sorts the events of all touched days; on disk that takes twice as long.
        cursor.execute("SET LOCAL statement_timeout = '200s'; SET LOCAL work_mem = '64MB'")
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashint8(%s))", [LOCK, tenant_id])
        return bool(cursor.fetchone()[0])


def look_again(tenant_id: int) -> None:
    """What no arrival tells: accounts that came after their usage, criteria that were set after it was met."""
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None:
        return
    with tenant_context(tenant):
        if matched := origins.match_by_itself(None):
            origins.tell_touched(matched)
        impacts.look(tenant, None)
        _forget_refusals()


def _forget_refusals() -> None:
    """Refused events are remembered for two weeks."""
    Refusal.objects.filter(received_at__lt=timezone.now() - dt.timedelta(days=14))._raw_delete("default")
