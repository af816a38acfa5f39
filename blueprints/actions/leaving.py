"""Runs whose exit has come true, or whose match is over where the play says that this ends them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import Q

from accounts.knowing.columns import bigints, needed, record
from accounts.registry import known_facts
from accounts.tenancy.context import current_tenant_id
from blueprints import rules
from blueprints.actions import stepping
from blueprints.actions.watching import of_account
from blueprints.models import PlayVersion

DONE = "What it was for is reached."
OVER = "What started it no longer holds."
# In motion, or with tasks that are still on somebody's list.
WORKING = """
(r.state = 'moving' OR r.state = 'finished' AND EXISTS (
    SELECT FROM blueprints_runtask l JOIN accounts_task t ON t.tenant_id = l.tenant_id AND t.id = l.task_id
    WHERE l.tenant_id = r.tenant_id AND l.run_id = r.id AND t.status = 'open'))
"""
EXITED = """
SELECT r.id FROM blueprints_run r
JOIN accounts_accountfacts k ON k.tenant_id = r.tenant_id AND k.account_id = r.account_id
CROSS JOIN LATERAL {record}
JOIN LATERAL (VALUES {versions}) v(id, holds) ON v.id = r.version_id
WHERE r.tenant_id = %(tenant)s AND {here} AND r.version_id = ANY(%(versions)s) AND v.holds
    AND {working}
"""
CLOSED = """
SELECT r.id FROM blueprints_run r JOIN blueprints_match m ON m.tenant_id = r.tenant_id AND m.id = r.match_id
WHERE r.tenant_id = %(tenant)s AND {here} AND r.version_id = ANY(%(versions)s)
    AND m.event_id IS NULL AND m.closed_at IS NOT NULL AND {working}
"""


def leave(account_ids: list[int] | None, *, at: dt.datetime, day: dt.date, known: rules.Known | None = None) -> int:
    """How many runs of these accounts, None: of all, were left. Each by the wording that it follows.

    `known`, where it was asked.
    """
    leavable = ~Q(exit={}) | Q(guards__leave_when_over=True)
    versions = list(PlayVersion.objects.filter(leavable).select_related("play"))
    if not versions:
        return 0
    ending = [version.pk for version in versions if version.guards.get("leave_when_over")]
    exiting = [version for version in versions if version.exit]
    found = {DONE: _exited(exiting, account_ids, day, known), OVER: _closed(ending, account_ids)}
    return sum(stepping.leave(ids, reason=reason, at=at) for reason, ids in found.items() if ids)


def _exited(
    versions: list[PlayVersion], account_ids: list[int] | None, day: dt.date, known: rules.Known | None
) -> list[int]:
    known = known or (known_facts() if versions else {})
    # An old wording may ask for what nobody knows any more: then it never ends its runs.
    sound = [version for version in versions if not rules.validate(version.exit, known, of_event=False)]
    if not sound:
        return []
    rows, params = [], {"day": day}
    for place, version in enumerate(sound):
        said, values = rules.condition(version.exit, known, today="%(day)s::date", prefix=f"x{place}_")
        params |= values
        rows.append(f"({version.pk}::bigint, {said})")
    facts = needed((name for version in sound for name in of_account(version.exit)), known)
    parts = {"record": record(facts, of="k.facts"), "versions": ", ".join(rows), "working": WORKING}
    sql = EXITED.format(**parts, here=_here(account_ids))
    return _ids(sql, params, [version.pk for version in sound], account_ids)


def _closed(versions: list[int], account_ids: list[int] | None) -> list[int]:
    sql = CLOSED.format(working=WORKING, here=_here(account_ids))
    return _ids(sql, {}, versions, account_ids) if versions else []


def _here(account_ids: list[int] | None) -> str:
    return "true" if account_ids is None else "r.account_id = ANY(%(ids)s::bigint[])"


def _ids(sql: str, params: dict[str, Any], versions: list[int], account_ids: list[int] | None) -> list[int]:
    values = params | {"tenant": current_tenant_id(), "versions": versions, "ids": account_ids and bigints(account_ids)}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]
