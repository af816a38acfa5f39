"""What is known about accounts, version by version; nobody else writes it.

Called inside the tenant's turn, one at a time: versions and what is tested against them have one order, and a back-test
finds the same. `at` is the clock's instant after the turn was taken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts import timeline
from accounts.actions import states
from accounts.calendar import local_today
from accounts.knowing import statement
from accounts.knowing.columns import bigints
from accounts.models import Tenant
from accounts.tenancy.context import current_tenant_id

TAKE = """
WITH heard AS (
    UPDATE accounts_inboxentry i SET followed_at = %(at)s FROM accounts_event e
    WHERE i.tenant_id = %(tenant)s AND i.followed_at IS NULL AND i.id IN (
        SELECT id FROM accounts_inboxentry WHERE tenant_id = %(tenant)s AND followed_at IS NULL
        ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
        AND e.tenant_id = i.tenant_id AND e.id = i.event_id
    RETURNING e.account_id
), noted AS (
    DELETE FROM accounts_touched WHERE tenant_id = %(tenant)s AND id IN (
        SELECT id FROM accounts_touched WHERE tenant_id = %(tenant)s ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING account_id, derived_only
)
SELECT account_id, bool_and(derived_only) FROM (
    SELECT account_id, false AS derived_only FROM heard WHERE account_id IS NOT NULL UNION ALL SELECT * FROM noted
) taken GROUP BY account_id ORDER BY account_id
"""
MISSED = """
SELECT account_id, seen_on FROM accounts_accountstate
WHERE tenant_id = %(tenant)s AND account_id = ANY(%(ids)s::bigint[]) AND seen_on < %(today)s::date - 1
"""
SEEN = """
UPDATE accounts_accountstate s SET seen_on = %(day)s
FROM (
    SELECT id FROM accounts_accountstate
    WHERE tenant_id = %(tenant)s AND account_id = ANY(%(ids)s::bigint[]) AND seen_on IS DISTINCT FROM %(day)s
    ORDER BY account_id FOR NO KEY UPDATE
) k WHERE s.tenant_id = %(tenant)s AND s.id = k.id
"""
AHEAD = (-1, 0, 1, 2)  # months that stand ready; versions that end in others lie in the rest, and are found there
LOCK = 7_207  # names our advisory locks; the second half is the tenant
MONTH = "SELECT accounts_pastfacts_ensure_month((%s::date + make_interval(months => %s))::date)"
DROP = "SELECT accounts_pastfacts_drop_months(%s)"
AT_ONCE = 24  # months that are dropped at most, each in a transaction of its own; the next sweep goes on
FEWEST_KEPT = 6  # months
# Notes are never left out as known already: whoever is at an earlier one just now doesn't see what this one speaks of.
NOTE = "INSERT INTO accounts_touched (tenant_id, account_id) SELECT %(tenant)s, unnest(%(ids)s::bigint[])"
NOTE_ALL = """
INSERT INTO accounts_touched (tenant_id, account_id, derived_only)
SELECT %(tenant)s, id, %(derived_only)s FROM accounts_account WHERE tenant_id = %(tenant)s ORDER BY id
"""


def note(account_ids: Iterable[int]) -> None:
    """These accounts are looked at within seconds: something about them changed of which no event tells."""
    ids = sorted(set(account_ids))
    if ids:
        _run(NOTE, {"ids": ids})
        timeline.ring(timeline.EVENTS)


def note_all(*, derived_only: bool = False) -> None:
    """What is asked about accounts changed its meaning: all of them are looked at again, events still going first.

    `derived_only`: what is found about them stands as it stood, and only what follows from it, such as health, is
    worked out anew.
    """
    _run(NOTE_ALL, {"derived_only": derived_only})
    timeline.ring(timeline.EVENTS)


def take(at: dt.datetime, *, most: int) -> dict[int, bool]:
    """Accounts of which something happened since they were last followed, by id; their events count as followed.

    True where only what is derived is asked for again.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"tenant": current_tenant_id(), "at": at, "most": most})
        return dict(cursor.fetchall())


def due_today(account_ids: list[int], today: dt.date) -> list[int]:
    """Of these, those that nobody looked at on this day of the tenant's."""
    if not account_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id FROM accounts_accountstate WHERE tenant_id = %s AND account_id = ANY(%s)"
            " AND (seen_on IS NULL OR seen_on < %s) ORDER BY account_id",
            [current_tenant_id(), account_ids, today],
        )
        return [row[0] for row in cursor.fetchall()]


def missed(account_ids: list[int], today: dt.date) -> dict[int, dt.date]:
    """Those for which whole days passed unseen, with the last day that was: the days between are looked at first."""
    with connection.cursor() as cursor:
        cursor.execute(MISSED, {"tenant": current_tenant_id(), "ids": bigints(account_ids), "today": today})
        return dict(cursor.fetchall())


def follow(account_ids: list[int], *, tenant: Tenant, at: dt.datetime) -> int:
    """Finds every fact of these accounts anew as of `at`; what changed becomes the next version. How many did."""
    if not account_ids:
        return 0
    _lock()
    states.hear(account_ids)
    return _write(*statement.build(tenant, account_ids, at=at, today=local_today(tenant, at)))


def derive(account_ids: list[int], *, tenant: Tenant, at: dt.datetime) -> int:
    """What follows from facts, worked out anew from those that are known already. How many accounts it changed."""
    if not account_ids:
        return 0
    _lock()
    return _write(*statement.build_derived(account_ids, at=at, today=local_today(tenant, at)))


def _lock() -> None:
    """The turn is one at a time; whoever follows outside of it mustn't lose a version all the same."""
    _run("SELECT pg_advisory_xact_lock(%(lock)s, hashint8(%(tenant)s))", {"lock": LOCK})


def _write(written: str, params: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(written, params)
        changed: int = cursor.fetchone()[0]
    return changed


def keep_months(now: dt.datetime | None = None) -> int:
    """Makes the months that versions end in, and drops those that are kept no longer; how many. Outside any tenant."""
    first = (now or timezone.now()).date().replace(day=15)
    with connection.cursor() as cursor:
        for months in AHEAD:
            cursor.execute(MONTH, [first, months])
        if settings.PAST_FACTS_MONTHS <= 0:
            return 0
        for gone in range(AT_ONCE):
            cursor.execute(DROP, [_kept()])
            if not cursor.fetchone()[0]:
                return gone
    return AT_ONCE


def kept_from(today: dt.date) -> dt.date | None:
    """From which day on it is known what was known; None: nothing is ever forgotten."""
    if settings.PAST_FACTS_MONTHS <= 0:
        return None
    months = today.year * 12 + today.month - 1 - _kept()
    return dt.date(months // 12, months % 12 + 1, 1)


def _kept() -> int:
    return max(FEWEST_KEPT, settings.PAST_FACTS_MONTHS)


def seen(account_ids: list[int], day: dt.date) -> None:
    """Plays have looked at what is known of these accounts on this day."""
    _run(SEEN, {"ids": bigints(account_ids), "day": day})


def _run(sql: str, params: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tenant": current_tenant_id(), **params})
