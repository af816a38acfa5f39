"""A match that was wrong is put right: what came from there goes to another account, or waits again."""

from __future__ import annotations

import datetime as dt

from django.db import OperationalError, connection, transaction

from accounts import timeline
from accounts.actions.errors import refuse
from accounts.models import Account, Tenant, User
from accounts.tenancy.context import current_tenant_id
from metrics.usage.actions.origins import WORK, write
from metrics.usage.models import Arrival, Origin, OriginState

LOCK = 7_206  # shared by calls from before they look accounts up until they are committed
SHARE = "SELECT pg_advisory_xact_lock_shared(%s, hashint8(%s))"
WAIT = "SET LOCAL lock_timeout = '2s'; SELECT pg_advisory_xact_lock(%s, hashint8(%s))"
MOVES = """
SELECT a.id, a.origins[1], a.moved_from, o.account_id FROM usage_arrival a
LEFT JOIN usage_origin o ON o.tenant_id = %(tenant)s AND o.id = a.origins[1]
WHERE a.tenant_id = %(tenant)s AND a.moved_from IS NOT NULL ORDER BY a.id
"""
# By the account, since that is what an index knows.
MOVE = """
WITH moved AS (
    UPDATE usage_event SET account_id = %(account)s
    WHERE tenant_id = %(tenant)s AND account_id = %(before)s AND origin_id = %(origin)s RETURNING occurred_at
)
SELECT DISTINCT (occurred_at AT TIME ZONE %(zone)s)::date FROM moved
"""


@transaction.atomic
def move(origin: Origin, account: Account | None, *, by: User, version: int | None = None) -> Origin:
    """It was matched to the wrong account: its usage, that of the past too, is this one's, or waits for one again.

    What goes is counted anew on both sides: every day on which it was. Values sent for an account by its name stay.
    """
    if origin.state != OriginState.MATCHED or origin.account is None:
        raise refuse("account", "Only what was matched can be moved.")
    before = origin.account
    if account == before:
        raise refuse("account", "Its usage counts for this account already.")
    write(origin, OriginState.WAITING if account is None else OriginState.MATCHED, account, by, version)
    timeline.record(
        "usage_origin.moved", account=before, by=by, origin_id=origin.pk, name=str(origin), ref=origin.ref,
        to="nobody yet" if account is None else account.name,
    )  # fmt: skip
    if account is not None:
        timeline.record(
            "usage_origin.matched", account=account, by=by, origin_id=origin.pk, name=str(origin), ref=origin.ref
        )
    Arrival.objects.create(origins=[origin.pk], moved_from=before.pk)
    timeline.ring(WORK)
    return origin


def begin_call() -> None:
    """Until this transaction ends, no events are moved: what it looks up stays true, or is moved after it."""
    with connection.cursor() as cursor:
        cursor.execute(SHARE, [LOCK, current_tenant_id()])


def take_along(tenant: Tenant) -> None:
    """The events of what was moved, in a turn of its own: a call that began before may still bring some to the old
    account, so that they go once all of those are in. Then a note says which days that changes, on both sides."""
    with connection.cursor() as cursor:
        cursor.execute(MOVES, {"tenant": tenant.pk})
        moves = cursor.fetchall()
    if not moves or not _all_are_in(tenant):
        return
    for arrival, origin, before, after in moves:
        days = [] if before == after else _bring(tenant, origin, before, after)
        pairs = [(pk, day) for pk in (before, after) if pk for day in days]
        Arrival.objects.filter(pk=arrival).update(
            accounts=[pk for pk, _ in pairs], days=[day for _, day in pairs], moved_from=None
        )


def _all_are_in(tenant: Tenant) -> bool:
    """Every call is committed that began before this moment; False: some take long, and the others shan't wait.

    The lock goes back at once, with the savepoint: who comes now sees already where the origin has gone.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(WAIT, [LOCK, tenant.pk])
            transaction.set_rollback(True)
    except OperationalError:
        return False
    return True


def _bring(tenant: Tenant, origin: int, before: int, after: int | None) -> list[dt.date]:
    values = {"tenant": tenant.pk, "origin": origin, "before": before, "account": after, "zone": tenant.timezone}
    with connection.cursor() as cursor:
        cursor.execute(MOVE, values)
        return [day for (day,) in cursor.fetchall()]
