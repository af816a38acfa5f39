"""What a play would have matched: the engine's conditions over every version of facts and every day that was looked at.

One statement over the period. A point is a version of an account's facts and a day on which it was looked at; a match
opens where the conditions hold and did not at the point before. The first point of the period is what stood at its
start, as for a play that is switched on then. Nothing learned after a point is in it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.db import connection

from accounts import calendar
from accounts.knowing.columns import needed, record
from accounts.models import Tenant
from accounts.registry import known_facts
from accounts.tenancy.context import current_tenant_id
from blueprints import rules
from blueprints.models import PlayVersion

HERE = "(v.facts ->> 'account.archived')::boolean IS NOT TRUE"
VERSIONS = """
SELECT account_id, facts, valid_from, first_day, seen_on FROM accounts_pastfacts
WHERE tenant_id = %(tenant)s AND valid_to >= %(since)s AND first_day <= %(end)s AND seen_on >= %(start)s
UNION ALL
SELECT k.account_id, k.facts, k.valid_from, k.first_day, s.seen_on FROM accounts_accountfacts k
JOIN accounts_accountstate s ON s.tenant_id = k.tenant_id AND s.account_id = k.account_id
WHERE k.tenant_id = %(tenant)s AND k.first_day <= %(end)s AND s.seen_on >= %(start)s
"""
EPISODES = """
WITH versions AS ({versions}), points AS (
    SELECT v.account_id, v.valid_from, d.day, {here} AND {said} AS holds
    FROM versions v CROSS JOIN LATERAL {record} CROSS JOIN LATERAL {days}
), edges AS (
    SELECT *, lag(holds, 1, false) OVER (PARTITION BY account_id ORDER BY valid_from, day) AS before FROM points
), flips AS (
    SELECT *, lead(day) OVER (PARTITION BY account_id ORDER BY valid_from, day) AS closed_on
    FROM edges WHERE holds <> before
)
SELECT account_id, NULL::bigint AS event_id, day AS opened_on, valid_from AS known_from, closed_on
FROM flips WHERE holds
"""
EVERY_DAY = """(SELECT day::date FROM generate_series(
    greatest(v.first_day, %(start)s)::timestamp, least(v.seen_on, %(end)s)::timestamp, '1 day') AS day) d(day)"""
# Where the day makes no difference, a version is looked at once.
ONE_DAY = """(SELECT greatest(v.first_day, %(start)s::date) WHERE v.first_day <= v.seen_on) d(day)"""
EVENTS = """
SELECT e.account_id, e.id AS event_id, d.day AS opened_on, v.valid_from AS known_from, d.day AS closed_on
FROM accounts_event e
JOIN blueprints_heard h ON h.tenant_id = e.tenant_id AND h.event_id = e.id
CROSS JOIN LATERAL (SELECT (h.at AT TIME ZONE %(zone)s)::date) d(day)
CROSS JOIN LATERAL (
    SELECT facts, valid_from FROM accounts_accountfacts
    WHERE tenant_id = e.tenant_id AND account_id = e.account_id AND valid_from <= h.at
    UNION ALL
    SELECT facts, valid_from FROM accounts_pastfacts
    WHERE tenant_id = e.tenant_id AND account_id = e.account_id AND valid_from <= h.at AND valid_to > h.at
) v
CROSS JOIN LATERAL {record}
WHERE e.tenant_id = %(tenant)s AND e.kind = %(trigger)s AND least(e.occurred_at, e.recorded_at) >= %(since)s
    AND d.day BETWEEN %(start)s AND %(end)s AND {here} AND {said}
"""


class Found(NamedTuple):
    """A match as the engine would have opened it; `closed_on` None: it still holds at the end of the period."""

    account_id: int
    event_id: int | None
    opened_on: dt.date
    known_from: dt.datetime
    closed_on: dt.date | None


def matches(version: PlayVersion | tuple[str, rules.Tree], start: dt.date, end: dt.date) -> list[Found]:
    """Every match from `start` up to and with `end`, oldest first; (trigger, conditions) will do for a version.

    Before caps, approvals and hold-outs. The conditions are valid by today's facts: ValueError names what isn't.
    """
    sql, params = statement(version, start, end)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY opened_on, known_from, account_id, event_id", params)
        return [Found(*row) for row in cursor.fetchall()]


def statement(
    version: PlayVersion | tuple[str, rules.Tree], start: dt.date, end: dt.date
) -> tuple[str, dict[str, Any]]:
    """The same as SQL, to be counted or joined: columns as Found has them."""
    trigger, conditions = (version.play.trigger, version.conditions) if isinstance(version, PlayVersion) else version
    known, tenant = known_facts(), Tenant.objects.get(pk=current_tenant_id())
    if problems := rules.validate(conditions, known, of_event=bool(trigger)):
        raise ValueError(" ".join(problems))
    said, params = rules.condition(conditions, known, today="d.day", prefix="replayed_")
    facts = needed((name for name in rules.names(conditions) if not name.startswith("event.")), known)
    params |= {
        "tenant": tenant.pk, "start": start, "end": end, "since": calendar.local_midnight(tenant, start),
        "zone": tenant.timezone, "trigger": trigger,
    }  # fmt: skip
    parts = {"record": record(facts, of="v.facts"), "said": said, "here": HERE}
    if trigger:
        return EVENTS.format(**parts), params
    days = EVERY_DAY if "d.day" in said else ONE_DAY
    return EPISODES.format(**parts, versions=VERSIONS, days=days), params
