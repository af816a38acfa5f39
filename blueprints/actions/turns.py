"""Whose turn it is with a tenant's events: a lock for each tenant, which ends with the transaction."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.models import DateTimeField, Func

TURN_LOCK = 7_201  # names our advisory locks; the second half is the tenant


def take(tenant_id: int) -> None:
    """Waits until nobody looks at this tenant's events or changes which plays listen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", [TURN_LOCK, tenant_id])


def try_take(tenant_id: int) -> bool:
    """False while another turn runs, so that one busy tenant never fills every worker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashint8(%s))", [TURN_LOCK, tenant_id])
        return bool(cursor.fetchone()[0])


def instant() -> Func:
    """The database's clock as it runs on; its now() stands still from the transaction's first statement."""
    return Func(function="clock_timestamp", output_field=DateTimeField())


def clock() -> dt.datetime:
    """That instant itself, read after the turn was taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: dt.datetime = cursor.fetchone()[0]
    return now
