"""Takes the events of one call in: all that is new, once, in one transaction; what they touch is left to be counted.

One statement takes them all, out of one JSON text: a stage to COPY into costs more than it saves, and row-level
security lets nobody copy straight into a tenant's table. The note for the sweep is written by the same statement.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.db import connection

from accounts.models import Tenant
from accounts.tenancy.context import current_tenant_id
from metrics.usage.actions import moving, origins
from metrics.usage.messages import Act, Link, Refused, Taken
from metrics.usage.models import Refusal

WORK = "usage"
MOST_REFUSALS = 50  # of one call that are kept

# Ids in order, so that two calls with the same messages wait for each other and never in a circle. Zone and key are
# read here and not before: a revoked key lets nothing in, however lately a process has seen it living.
TAKE = """
WITH living AS MATERIALIZED (
    SELECT t.timezone FROM accounts_tenant t WHERE t.id = %(tenant)s AND (%(key)s::bigint IS NULL OR EXISTS (
        SELECT FROM usage_writekey k WHERE k.id = %(key)s AND k.tenant_id = t.id AND k.revoked_at IS NULL))
), said AS MATERIALIZED (
    SELECT (v ->> 0)::uuid AS id, v ->> 1 AS type, v ->> 2 AS name, v ->> 3 AS person, (v ->> 4)::bigint AS origin_id,
        (v ->> 5)::bigint AS account_id, (v ->> 6)::timestamptz AS occurred_at, v -> 7 AS properties
    FROM jsonb_array_elements(%(said)s::jsonb) v WHERE EXISTS (SELECT FROM living)
), fresh AS (
    INSERT INTO usage_message (tenant_id, id, received_on)
    SELECT %(tenant)s, id, current_date FROM said ORDER BY id
    ON CONFLICT DO NOTHING RETURNING id
), placed AS (
    INSERT INTO usage_event (tenant_id, id, type, name, person, origin_id, account_id, occurred_at, properties)
    SELECT %(tenant)s, s.id, s.type, s.name, s.person, s.origin_id, s.account_id, s.occurred_at, s.properties
    FROM said s JOIN fresh USING (id)
    RETURNING account_id, occurred_at, CASE WHEN account_id IS NULL THEN origin_id END AS origin_id
), touched AS (
    SELECT account_id, CASE WHEN account_id IS NOT NULL
        THEN (occurred_at AT TIME ZONE (SELECT timezone FROM living))::date END AS day, origin_id, count(*) AS events
    FROM placed GROUP BY 1, 2, 3
), arrived AS (
    INSERT INTO usage_arrival (tenant_id, accounts, days, origins, events, last_name)
    SELECT %(tenant)s, coalesce(array_agg(account_id) FILTER (WHERE account_id IS NOT NULL), '{}'),
        coalesce(array_agg(day) FILTER (WHERE account_id IS NOT NULL), '{}'),
        coalesce(array_agg(origin_id) FILTER (WHERE origin_id IS NOT NULL), '{}') || %(linked)s::bigint[],
        coalesce(sum(events), 0), %(last)s
    FROM touched HAVING count(*) > 0 OR cardinality(%(linked)s::bigint[]) > 0
    RETURNING events
), rung AS (
    INSERT INTO accounts_tenantwork (tenant_id, kind) SELECT %(tenant)s, %(work)s FROM arrived
)
SELECT coalesce((SELECT events FROM arrived), 0), EXISTS (SELECT FROM living)
"""
FRESH = """
INSERT INTO usage_message (tenant_id, id, received_on)
SELECT %s, id, current_date FROM unnest(%s::uuid[]) id ORDER BY id ON CONFLICT DO NOTHING RETURNING id::text
"""
KEPT = "SELECT raw_months FROM usage_intake WHERE tenant_id = %s"


class Revoked(Exception):
    """The key was revoked by now: whoever catches this rolls back."""


@dataclass(frozen=True)
class Received:
    """How many events were new, and how many were known already."""

    new: int
    known: int


def oldest(tenant_months: int | None, now: dt.datetime) -> dt.datetime:
    """What happened before this is gone, or goes with the next round."""
    months = tenant_months or settings.USAGE_RAW_MONTHS
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return dt.datetime(year, month + 1, 1, tzinfo=dt.UTC)


def first_whole_day(now: dt.datetime) -> dt.datetime:
    """Since when the open tenant's raw events are all there, whatever its zone: a day that lost some can't be counted
    anew, so what happened before is refused."""
    with connection.cursor() as cursor:
        cursor.execute(KEPT, [current_tenant_id()])
        row = cursor.fetchone()
    return oldest(row[0] if row else None, now) + dt.timedelta(days=1)


def receive(tenant: Tenant, taken: Taken, *, key: int | None = None) -> Received:
    """Inside the tenant's context. When it returns nothing is promised yet: the commit does that.

    `key` is the write key that it came with: Revoked once it lets nothing in.
    """
    moving.begin_call()
    linked = _link(taken.links)
    values: dict[str, Any] = {
        "tenant": tenant.pk,
        "key": key,
        "said": _as_json(taken.acts),
        "linked": linked,
        "last": taken.acts[-1].name if taken.acts else "",
        "work": WORK,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        new, living = cursor.fetchone()
    if not living:
        raise Revoked
    _note(taken.refused)
    return Received(new, len(taken.acts) - new)


def _as_json(acts: list[Act]) -> str:
    """One list for each event, with its origin and account."""
    refs = {act.ref for act in acts}
    # Points name their account themselves; it was looked up in the workspace.
    places: dict[Any, Any] = {ref: (None, int(ref[1])) for ref in refs if ref[0] == "account"}
    places |= origins.resolve(refs - places.keys())
    rows = [
        (id, type, name, person, *places[ref], at, orjson.Fragment(properties))
        for id, type, name, person, ref, at, properties in acts
    ]
    return orjson.dumps(rows).decode()


def _link(links: list[Link]) -> list[int]:
    """Applies what is new; the origins whose waiting events may now have an account."""
    if not links:
        return []
    with connection.cursor() as cursor:
        cursor.execute(FRESH, [current_tenant_id(), [link.id for link in links]])
        fresh = {row[0].replace("-", "") for row in cursor.fetchall()}
    return origins.link([link for link in links if link.id in fresh])


def _note(refused: list[Refused]) -> None:
    if refused:
        Refusal.objects.bulk_create(
            Refusal(message_id=each.message_id, type=each.type, name=each.name, reason=each.reason)
            for each in refused[:MOST_REFUSALS]
        )
