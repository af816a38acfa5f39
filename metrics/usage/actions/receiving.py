"""Takes the events of one call in: all that is new, once, in one transaction; what they touch is left to be counted.

COPY into a stage and one statement from there: row-level security lets nobody copy straight into a tenant's table.
The note for the sweep is written by the same statement.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.conf import settings
from django.db import connection

from accounts.models import Tenant
from accounts.tenancy.context import current_tenant_id
from metrics.usage.actions import origins
from metrics.usage.messages import Act, Link, Ref, Refused, Taken
from metrics.usage.models import Intake, Refusal

WORK = "usage"
MOST_REFUSALS = 50  # of one call that are kept

# Emptied by each commit; a transaction that takes two calls in empties it itself.
STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS usage_stage (id uuid, type text, name text, person text, origin_id bigint,
    account_id bigint, occurred_at timestamptz, properties jsonb) ON COMMIT DELETE ROWS;
DELETE FROM usage_stage
"""
COPY = "COPY usage_stage FROM STDIN"

# Ids in order, so that two calls with the same messages wait for each other and never in a circle.
TAKE = """
WITH fresh AS (
    INSERT INTO usage_message (tenant_id, id, received_on)
    SELECT %(tenant)s, id, current_date FROM usage_stage ORDER BY id
    ON CONFLICT DO NOTHING RETURNING id
), placed AS (
    INSERT INTO usage_event (tenant_id, id, type, name, person, origin_id, account_id, occurred_at, properties)
    SELECT %(tenant)s, s.id, s.type, s.name, s.person, s.origin_id, s.account_id, s.occurred_at, s.properties
    FROM usage_stage s JOIN fresh USING (id)
    RETURNING account_id, occurred_at, CASE WHEN account_id IS NULL THEN origin_id END AS origin_id
), touched AS (
    SELECT account_id, CASE WHEN account_id IS NOT NULL THEN (occurred_at AT TIME ZONE %(zone)s)::date END AS day,
        origin_id, count(*) AS events
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
SELECT events FROM arrived
"""
FRESH = """
INSERT INTO usage_message (tenant_id, id, received_on)
SELECT %s, id, current_date FROM unnest(%s::uuid[]) id ORDER BY id ON CONFLICT DO NOTHING RETURNING id::text
"""


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
    months = Intake.objects.values_list("raw_months", flat=True).first()
    return oldest(months, now) + dt.timedelta(days=1)


def receive(tenant: Tenant, taken: Taken) -> Received:
    """Inside the tenant's context. When it returns nothing is promised yet: the commit does that."""
    linked = _link(taken.links)
    with connection.cursor() as cursor:
        if taken.acts or linked:
            cursor.execute(STAGE)
            if taken.acts:
                cursor.copy_expert(COPY, _lines(taken.acts))
            last = taken.acts[-1].name if taken.acts else ""
            values: dict[str, Any] = {
                "tenant": tenant.pk,
                "zone": tenant.timezone,
                "linked": linked,
                "last": last,
                "work": WORK,
            }
            cursor.execute(TAKE, values)
            row = cursor.fetchone()
        else:
            row = None
    _note(taken.refused)
    new = row[0] if row else 0
    return Received(new, len(taken.acts) - new)


def _lines(acts: list[Act]) -> StringIO:
    """The stage's rows as COPY reads them."""
    refs = {act.ref for act in acts}
    known = origins.resolve({ref for ref in refs if ref[0] != "account"})
    places: dict[Ref, tuple[str, str]] = {
        ref: (str(origin), "\\N" if account is None else str(account)) for ref, (origin, account) in known.items()
    }
    # Points name their account themselves; it was looked up in the workspace.
    places |= {ref: ("\\N", ref[1]) for ref in refs if ref[0] == "account"}
    lines = []
    for act in acts:
        origin, account = places[act.ref]
        name, person, properties = act.name, act.person, act.properties
        if "\\" in properties:
            properties = properties.replace("\\", "\\\\")
        if "\\" in name or not name.isprintable():
            name = _escaped(name)
        if "\\" in person or not person.isprintable():
            person = _escaped(person)
        lines.append(f"{act.id}\t{act.type}\t{name}\t{person}\t{origin}\t{account}\t{act.occurred_at}\t{properties}\n")
    return StringIO("".join(lines))


def _escaped(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace("\t", "\\t")
    return plain.replace("\n", "\\n").replace("\r", "\\r")


def _link(links: list[Link]) -> list[int]:
    """Applies what is new; the origins whose waiting events may now have an account."""
    if not links:
        return []
    with connection.cursor() as cursor:
        cursor.execute(FRESH, [current_tenant_id(), [link.id for link in links]])
        fresh = {row[0].replace("-", "") for row in cursor.fetchall()}
    return origins.link([link for link in links if link.id in fresh])


def _note(refused: list[Refused]) -> None:
    Refusal.objects.bulk_create(
        Refusal(message_id=each.message_id, type=each.type, name=each.name, reason=each.reason)
        for each in refused[:MOST_REFUSALS]
    )
