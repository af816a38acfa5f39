"""When the next step comes: business days, in the morning of the tenant's wall clock."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django.db import connection

from accounts import calendar, timeline
from accounts.models import Tenant

STEPS = "steps"
# A step that waited comes when people begin to work, not at the midnight at which its day does.
MORNING = dt.time(8)


@lru_cache(maxsize=4096)
def due_on(today: dt.date, days: int, country: str) -> dt.date:
    """Asked for thousands of runs at once, always the same few."""
    return calendar.add_business_days(today, days, country)


def now() -> dt.datetime:
    """The database's clock, the only one that counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        at: dt.datetime = cursor.fetchone()[0]
    return at


def morning(tenant: Tenant, today: dt.date, days: int) -> dt.datetime:
    """The instant at which something that waits so many business days goes on."""
    return dt.datetime.combine(due_on(today, days, tenant.country), MORNING, tzinfo=tenant.zone)


def ring(due_at: dt.datetime) -> int:
    """Leaves word that a run moves on then: always, since a note that stands may be about to be taken down."""
    return timeline.ring(STEPS, due_at).pk


def next_morning(tenant: Tenant, at: dt.datetime) -> dt.datetime:
    """The next morning of any day."""
    local = at.astimezone(tenant.zone)
    day = local.date() if local.time() < MORNING else local.date() + calendar.DAY
    return dt.datetime.combine(day, MORNING, tzinfo=tenant.zone)
