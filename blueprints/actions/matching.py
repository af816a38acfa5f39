"""One scan for all plays of a workspace: matches open on the rising edge and close on the falling one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from accounts.knowing.columns import record
from accounts.models import Account
from accounts.registry import known_facts
from accounts.tenancy.context import current_tenant_id
from blueprints import rules
from blueprints.actions import leaving, watching
from blueprints.actions.watching import Watch
from blueprints.models import Fate, PlayVersion

# Facts are unfolded once for an account, whatever the number of plays. What is known says itself whether the account
# is archived, so that a replay finds the same.
TESTED = """
SELECT k.account_id, k.valid_from, k.facts, p.*
FROM accounts_accountfacts k {join} CROSS JOIN LATERAL {record}
CROSS JOIN LATERAL (VALUES {plays}) p(play_id, version_id, fate, names, holds)
WHERE k.tenant_id = %(tenant)s AND {which}
"""
ARCHIVED = "account.archived"
HERE = f'f."{ARCHIVED}" IS NOT TRUE'
# Only edges leave the scan: most of what it looks at stands as it stood.
STANDS = """
CROSS JOIN LATERAL (
    SELECT array_agg(m.play_id) AS plays FROM blueprints_match m
    WHERE m.tenant_id = %(tenant)s AND m.account_id = k.account_id AND m.closed_at IS NULL AND m.event_id IS NULL
) s
"""
SETTLE = """
WITH edges AS MATERIALIZED (
    {tested} AND p.holds <> coalesce(p.play_id = ANY(s.plays), false)
), closed AS (
    UPDATE blueprints_match m SET closed_at = %(at)s, closed_on = %(day)s FROM edges t
    WHERE m.tenant_id = %(tenant)s AND m.play_id = t.play_id AND m.account_id = t.account_id AND NOT t.holds
        AND m.closed_at IS NULL AND m.event_id IS NULL RETURNING m.id
), opened AS (
    INSERT INTO blueprints_match (tenant_id, play_id, version_id, account_id, opened_at, opened_on, known_from, facts,
        fate, attempts, due_at, last_error)
    SELECT %(tenant)s, t.play_id, t.version_id, t.account_id, %(at)s, %(day)s, t.valid_from,
        (SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each(t.facts) WHERE key = ANY(t.names)),
        t.fate, 0, %(at)s, ''
    FROM edges t WHERE t.holds ORDER BY t.account_id, t.play_id
    ON CONFLICT DO NOTHING RETURNING fate
)
SELECT (SELECT count(*) FROM opened), (SELECT count(*) FROM opened WHERE fate = 'waiting'),
    (SELECT count(*) FROM closed)
"""
COUNT = """
WITH tested AS ({tested}) SELECT count(*), (array_agg(account_id ORDER BY account_id))[:%(most)s] FROM tested t
WHERE holds AND NOT EXISTS (SELECT FROM blueprints_match m WHERE m.tenant_id = %(tenant)s AND m.play_id = t.play_id
    AND m.account_id = t.account_id AND m.closed_at IS NULL AND m.event_id IS NULL AND m.fate <> 'logged')
"""
SOME = "k.account_id = ANY(%(ids)s)"


@dataclass
class Settled:
    """How many matches opened, how many of them wait for their turn, how many closed, and how many runs were left."""

    opened: int = 0
    waiting: int = 0
    closed: int = 0
    left: int = 0


@dataclass
class _Scan:
    """The scan's text for these wordings, and its parameters."""

    tested: str
    params: dict[str, Any] = field(default_factory=dict)


def settle(
    account_ids: list[int] | None,
    *,
    at: dt.datetime,
    day: dt.date,
    watch: Watch | None = None,
    fate: Fate | None = None,
) -> Settled:
    """Tests what is known of these accounts on this day of the tenant's, for all plays in one statement.

    Called inside the tenant's turn. None: all accounts. `watch` narrows it to some plays, `fate` says what becomes of
    what opens.
    """
    watch = watching.fact_plays() if watch is None else watch
    done = Settled()
    if watch.versions and account_ids != []:
        which = "true" if account_ids is None else SOME
        scan = _scan(watch, fate=fate, which=which, join=STANDS)
        values = {"ids": account_ids, "at": at, "day": day}
        with connection.cursor() as cursor:
            cursor.execute(SETTLE.format(tested=scan.tested), scan.params | values)
            done.opened, done.waiting, done.closed = cursor.fetchone()
    if account_ids:
        done.left = leaving.leave(account_ids, at=at, day=day, known=watch.known)
    return done


def would_match(conditions: rules.Tree, *, day: dt.date, most: int = 20, play_id: int = 0) -> tuple[int, list[Account]]:
    """For how many accounts it holds today, and the first of them; the conditions are valid. Nothing is written."""
    version = PlayVersion(pk=0, play_id=play_id, conditions=conditions)
    scan = _scan(Watch(known_facts(), [version]), fate=Fate.WAITING, which="true")
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(tested=scan.tested), scan.params | {"day": day, "most": most})
        count, ids = cursor.fetchone()
    return count, list(Account.objects.filter(pk__in=ids or []).order_by("pk"))


def _scan(watch: Watch, *, fate: Fate | None, which: str, join: str = "") -> _Scan:
    rows, params = [], {"tenant": current_tenant_id()}
    for place, version in enumerate(watch.versions):
        said, values = rules.condition(version.conditions, watch.known, today="%(day)s::date", prefix=f"c{place}_")
        kept, result = f"n{place}", fate or watching.fate_of(version)
        params |= values | {kept: watching.kept(version.conditions, watch.known)}
        ids = f"{version.play_id}::bigint, {version.pk}::bigint"
        rows.append(f"({ids}, '{result.value}', %({kept})s::text[], {HERE} AND {said})")
    unfolded = record({fact.name: fact for fact in [watch.known[ARCHIVED], *watch.facts()]}.values(), of="k.facts")
    return _Scan(TESTED.format(record=unfolded, plays=", ".join(rows), which=which, join=join), params)
