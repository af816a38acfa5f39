"""A match that was wrong is put right: what came from there goes to another account, or waits again."""

from __future__ import annotations

from django.db import connection, transaction

from accounts import timeline
from accounts.actions.errors import refuse
from accounts.models import Account, Tenant, User
from accounts.tenancy.context import current_tenant_id
from metrics.usage.actions.origins import WORK, write
from metrics.usage.models import Arrival, Origin, OriginState

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
    _take_along(origin, before, account)
    return origin


def _take_along(origin: Origin, before: Account, account: Account | None) -> None:
    """Its events, and a note of the days that they change for both."""
    tenant = Tenant.objects.get(pk=current_tenant_id())
    after = account.pk if account else None
    values = {
        "tenant": tenant.pk, "origin": origin.pk, "before": before.pk, "account": after, "zone": tenant.timezone,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(MOVE, values)
        days = [row[0] for row in cursor.fetchall()]
    both = [pk for pk in (before.pk, after) if pk]
    pairs = [(pk, day) for pk in both for day in days]
    Arrival.objects.create(accounts=[pk for pk, _ in pairs], days=[day for _, day in pairs], origins=[origin.pk])
    timeline.ring(WORK)
