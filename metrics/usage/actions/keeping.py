"""How long raw events stay, and the months that hold them. Figures of days stay for good."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts import timeline
from accounts.actions.errors import Conflict, refuse
from accounts.models import Tenant, User
from accounts.tenancy.context import current_tenant_id, tenant_context
from metrics.usage.actions.receiving import oldest
from metrics.usage.models import Intake

AHEAD = (-1, 0, 1, 2)  # months that stand ready; what happened in others goes to the rest, and is found there
ROWS = 20_000  # forgotten in one transaction
MOST_MONTHS = 60
# Two rows of different months may have one ctid; both are old, and both go.
FORGET = (
    """
DELETE FROM usage_event WHERE tenant_id = %(tenant)s AND occurred_at < %(before)s AND ctid = ANY (ARRAY(
    SELECT ctid FROM usage_event WHERE tenant_id = %(tenant)s AND occurred_at < %(before)s LIMIT %(rows)s))
""",
    """
DELETE FROM usage_message WHERE tenant_id = %(tenant)s AND id IN (
    SELECT id FROM usage_message WHERE tenant_id = %(tenant)s AND received_on < %(before)s::date LIMIT %(rows)s)
""",
)


def intake_of(tenant: Tenant) -> Intake:
    """The tenant's one row, made when it is first asked for; inside its context."""
    intake, _made = Intake.objects.get_or_create(defaults={"zone": tenant.timezone})
    return intake


@transaction.atomic
def edit(intake: Intake, raw_months: int | None, *, by: User | None, version: int | None = None) -> Intake:
    """None: as long as this installation says."""
    if raw_months is not None and not 1 <= raw_months <= MOST_MONTHS:
        raise refuse("raw_months", f"Between 1 and {MOST_MONTHS} months.")
    if raw_months == intake.raw_months:
        return intake
    seen = intake.version if version is None else version
    if not Intake.objects.filter(pk=intake.pk, version=seen).update(raw_months=raw_months, version=seen + 1):
        raise Conflict(Intake.objects.get(pk=intake.pk))
    timeline.record("usage_intake.edited", by=by, months=raw_months or settings.USAGE_RAW_MONTHS)
    intake.refresh_from_db()
    return intake


def keep_months(now: dt.datetime | None = None) -> int:
    """Makes the months to come, drops those that nobody keeps; how many were dropped. Outside any tenant."""
    first = (now or timezone.now()).date().replace(day=15)
    with connection.cursor() as cursor:
        for months in AHEAD:
            cursor.execute("SELECT usage_ensure_month((%s::date + make_interval(months => %s))::date)", [first, months])
        cursor.execute("SELECT usage_drop_months(%s)", [settings.USAGE_RAW_MONTHS])
        return int(cursor.fetchone()[0])


def forget(tenant_id: int) -> int:
    """This tenant's raw events past its own time, and the ids of messages that would be refused by now."""
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None:
        return 0
    gone, last = 0, ROWS
    while last >= ROWS:
        with tenant_context(tenant):
            months = Intake.objects.values_list("raw_months", flat=True).first()
            counts = _forget_some(oldest(months, timezone.now()))
        gone, last = gone + sum(counts), max(counts)
    return gone


def _forget_some(before: dt.datetime) -> list[int]:
    """Of each table about ROWS at the most; how many went."""
    counts = []
    with connection.cursor() as cursor:
        for statement in FORGET:
            cursor.execute(statement, {"tenant": current_tenant_id(), "before": before, "rows": ROWS})
            counts.append(cursor.rowcount)
    return counts
