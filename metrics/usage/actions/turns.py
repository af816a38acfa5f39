"""A tenant's turn: what arrived is matched and counted, step after step, each a short transaction.

Arrivals are the queue. They go in the transaction that counted them, so a worker that dies leaves them where they
were, and a day that was counted twice is the same day.
"""

from __future__ import annotations

import datetime as dt
import time

from django.db import connection
from django.db.models import Min, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.actions import knowledge
from accounts.calendar import DAY, local_today
from accounts.models import Tenant, TenantWork
from accounts.tenancy.context import current_tenant_id, tenant_context
from metrics.usage.actions import impacts, metrics, origins, rollups
from metrics.usage.actions.receiving import WORK, first_whole_day
from metrics.usage.actions.rollups import Pairs
from metrics.usage.models import Arrival, Intake, Metric, Refusal

SECONDS = 20.0  # of one turn; the next ring goes on
ARRIVALS = 2_000  # in one step
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


def waiting_tenants() -> list[int]:
    return list(_due_notes().values_list("tenant_id", flat=True).distinct())


def go_on(tenant_id: int, *, seconds: float = SECONDS) -> None:
    """Works until nothing waits or the turn is over."""
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    began = time.monotonic()
    while tenant is not None and time.monotonic() - began < seconds and _one_step(tenant):
        pass


def _one_step(tenant: Tenant) -> bool:
    """One transaction. False: nothing to do, or somebody else is at it."""
    with tenant_context(tenant):
        if not _try_take(tenant.pk):
            return False
        # Read before the work is looked for: a note that comes meanwhile speaks of work that isn't seen here.
        notes = list(_due_notes().filter(tenant_id=tenant.pk).values_list("pk", flat=True))
        if _count_arrivals(tenant) or _count_slice(tenant):
            return True
        TenantWork.objects.filter(pk__in=notes).delete()
        return False


def _count_arrivals(tenant: Tenant) -> bool:
    arrivals = list(Arrival.objects.order_by("id")[:ARRIVALS])
    if not arrivals:
        return False
    metrics.ensure_defaults()
    _watch_the_zone(tenant)
    pairs = {pair for each in arrivals for pair in zip(each.accounts, each.days, strict=True)}
    pairs |= _attribute(tenant, {pk for each in arrivals for pk in each.origins})
    active = list(Metric.objects.filter(active=True).values_list("pk", flat=True))
    first = _first_day(tenant)
    rollups.count_days(tenant, {pair for pair in pairs if pair[1] >= first}, active)
    Arrival.objects.filter(pk__in=[each.pk for each in arrivals])._raw_delete("default")
    newest = max(arrivals, key=lambda each: each.received_at)
    Intake.objects.update(last_event=newest.last_name, last_received_at=newest.received_at)
    touched = {account for account, _ in pairs}
    knowledge.note(touched)
    impacts.look(tenant, touched)
    return True


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
