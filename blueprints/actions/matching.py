"""One scan for all plays of a workspace: matches open on the rising edge and close on the falling one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.knowing.columns import bigints, record
from accounts.models import Account
from accounts.registry import known_facts
from accounts.tenancy.context import current_tenant_id
from blueprints import rules
from blueprints.actions import leaving, watching
from blueprints.actions.watching import Watch
from blueprints.models import Fate, PlayVersion

# Facts are unfolded once for an account, whatever the number of plays. What is known says itself whether the account
# is archived, so that a replay finds the same.
FOUND = "FROM accounts_accountfacts k CROSS JOIN LATERAL {record}"
ARCHIVED = "account.archived"
HERE = f'f."{ARCHIVED}" IS NOT TRUE'
# Most of what is looked at stands as it stood: the plays that hold and the open episodes are two arrays in one order,
# and only accounts in which these differ are taken apart.
SETTLE = """
WITH plays(play_id, version_id, fate) AS MATERIALIZED (VALUES {plays}), moved AS MATERIALIZED (
    SELECT k.account_id, k.valid_from, k.facts, h.plays AS holding, coalesce(s.plays, '{{}}') AS standing,
        s.matches
    {found}
    CROSS JOIN LATERAL (
        SELECT CASE WHEN {here} THEN array_remove(ARRAY[{holding}], NULL) ELSE '{{}}' END AS plays OFFSET 0
    ) h
    LEFT JOIN (
        SELECT m.account_id, array_agg(m.play_id ORDER BY m.play_id) AS plays,
            array_agg(m.id ORDER BY m.play_id) AS matches
        FROM blueprints_match m
        WHERE m.tenant_id = %(tenant)s AND {of_match} AND m.play_id = ANY(%(watched)s::bigint[])
            AND m.closed_at IS NULL AND m.event_id IS NULL
        GROUP BY m.account_id
    ) s ON s.account_id = k.account_id
    WHERE k.tenant_id = %(tenant)s AND {of_facts} AND h.plays <> coalesce(s.plays, '{{}}')
), edges AS MATERIALIZED (
    SELECT c.account_id, c.valid_from, c.facts, p.*, p.play_id = ANY(c.holding) AS holds,
        c.matches[array_position(c.standing, p.play_id)] AS match_id
    FROM moved c JOIN plays p ON (p.play_id = ANY(c.holding)) <> (p.play_id = ANY(c.standing))
), closed AS (
    UPDATE blueprints_match SET closed_at = %(at)s, closed_on = %(day)s
    WHERE tenant_id = %(tenant)s AND closed_at IS NULL AND id = ANY(ARRAY(SELECT match_id FROM edges WHERE NOT holds))
    RETURNING id
), opened AS (
    INSERT INTO blueprints_match (tenant_id, play_id, version_id, account_id, opened_at, opened_on, known_from, facts,
        fate, attempts, due_at, last_error)
    SELECT %(tenant)s, t.play_id, t.version_id, t.account_id, %(at)s, %(day)s, t.valid_from,
        CASE t.play_id {kept} END, t.fate, 0, %(at)s, ''
    FROM edges t WHERE t.holds ORDER BY t.account_id, t.play_id
    ON CONFLICT DO NOTHING RETURNING fate
)
SELECT (SELECT count(*) FROM opened), (SELECT count(*) FROM opened WHERE fate = 'waiting'),
    (SELECT count(*) FROM closed)
"""
COUNT = """
SELECT count(*), (array_agg(k.account_id ORDER BY k.account_id))[:%(most)s]
{found} WHERE k.tenant_id = %(tenant)s AND {here} AND {holds} AND NOT EXISTS (
    SELECT FROM blueprints_match m WHERE m.tenant_id = %(tenant)s AND m.play_id = %(play)s
    AND m.account_id = k.account_id AND m.closed_at IS NULL AND m.event_id IS NULL AND m.fate <> 'logged')
"""
SOME = "{}.account_id = ANY(%(ids)s::bigint[])"
TODAY = "%(day)s::date"


@dataclass
class Settled:
    """How many matches opened, how many of them wait for their turn, how many closed, and how many runs were left."""

    opened: int = 0
    waiting: int = 0
    closed: int = 0
    left: int = 0


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
        sql, params = _scan(watch, fate, "true" if account_ids is None else SOME)
        with connection.cursor() as cursor:
            cursor.execute(sql, params | {"ids": account_ids and bigints(account_ids), "at": at, "day": day})
            done.opened, done.waiting, done.closed = cursor.fetchone()
    if account_ids or done.closed:
        done.left = leaving.leave(account_ids, at=at, day=day, known=watch.known)
    return done


def would_match(conditions: rules.Tree, *, day: dt.date, most: int = 20, play_id: int = 0) -> tuple[int, list[Account]]:
    """For how many accounts it holds today, and the first of them; the conditions are valid. Nothing is written."""
    known = known_facts()
    holds, params = rules.condition(conditions, known, today=TODAY, prefix="c")
    watch = Watch(known, [PlayVersion(pk=0, play_id=play_id, conditions=conditions)])
    sql = COUNT.format(found=_found(watch), here=HERE, holds=holds)
    values = {"tenant": current_tenant_id(), "play": play_id, "day": day, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(sql, params | values)
        count, ids = cursor.fetchone()
    return count, list(Account.objects.filter(pk__in=ids or []).order_by("pk"))


def _scan(watch: Watch, fate: Fate | None, which: str) -> tuple[str, dict[str, Any]]:
    """The statement for these wordings, and its parameters."""
    versions = sorted(watch.versions, key=lambda version: version.play_id)
    params: dict[str, Any] = {"tenant": current_tenant_id(), "watched": [version.play_id for version in versions]}
    plays, holding, facts = [], [], []
    for place, version in enumerate(versions):
        said, values = rules.condition(version.conditions, watch.known, today=TODAY, prefix=f"c{place}_")
        result = fate or watching.fate_of(version)
        told, names = _told(watching.kept(version.conditions, watch.known), f"n{place}_")
        params |= values | names
        plays.append(f"({version.play_id}::bigint, {version.pk}::bigint, '{result.value}')")
        facts.append(f"WHEN {version.play_id} THEN {told}")
        holding.append(f"CASE WHEN {said} THEN {version.play_id}::bigint END")
    sql = SETTLE.format(
        plays=", ".join(plays), holding=", ".join(holding), kept=" ".join(facts), found=_found(watch), here=HERE,
        of_facts=which.format("k"), of_match=which.format("m"),
    )  # fmt: skip
    return sql, params


def _told(names: list[str], prefix: str) -> tuple[str, dict[str, str]]:
    """The facts of these names, as far as they are known, as one object."""
    params = {f"{prefix}{place}": name for place, name in enumerate(names)}
    pairs = ", ".join(f"%({key})s::text, t.facts -> %({key})s" for key in params)
    return f"jsonb_strip_nulls(jsonb_build_object({pairs}))", params


def _found(watch: Watch) -> str:
    asked = {fact.name: fact for fact in [watch.known[ARCHIVED], *watch.facts()]}
    return FOUND.format(record=record(asked.values(), of="k.facts"))
