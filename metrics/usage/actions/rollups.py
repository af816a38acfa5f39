"""The figures of days, counted anew from the raw events.

Anew and not added to: the same statement is right for late events, for people counted once, for the last value of a
day, after any kill and however often it runs; adding would need to know for each event whether it was added already.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from accounts.calendar import DAY
from accounts.models import Tenant
from accounts.tenancy.context import current_tenant_id

Pairs = set[tuple[int, dt.date]]
CHUNK = 20_000  # pairs of account and day in one statement
SAID = "SELECT * FROM unnest(%(accounts)s::bigint[], %(days)s::date[]) said(account_id, day)"
# Every day on which something stands: events, or a figure that may have lost its events.
FOUND = """
SELECT DISTINCT e.account_id, (e.occurred_at AT TIME ZONE %(zone)s)::date AS day FROM usage_event e
WHERE e.tenant_id = %(tenant)s AND e.account_id IS NOT NULL AND e.occurred_at >= %(since)s AND e.occurred_at < %(until)s
UNION
SELECT d.account_id, d.day FROM usage_daily d
WHERE d.tenant_id = %(tenant)s AND d.metric_id = ANY (%(metrics)s) AND d.day >= %(first)s AND d.day < %(after)s
"""

# Instants are constants once more, so that months outside are never opened. Numbers past 15 digits are no usage.
COUNT = """
WITH touched AS MATERIALIZED ({touched}),
counted AS MATERIALIZED (
    SELECT * FROM usage_metric WHERE tenant_id = %(tenant)s AND id = ANY (%(metrics)s)
), raw AS (
    SELECT t.account_id, t.day, m.id AS metric_id, e.person, e.occurred_at, e.id,
        CASE WHEN m.property <> '' AND jsonb_typeof(e.properties -> m.property) = 'number' THEN
            CASE WHEN abs((e.properties ->> m.property)::numeric) < 1e15
                THEN round((e.properties ->> m.property)::numeric, 6) END
        END AS value
    FROM touched t
    JOIN usage_event e ON e.tenant_id = %(tenant)s AND e.account_id = t.account_id
        AND e.occurred_at >= t.day::timestamp AT TIME ZONE %(zone)s
        AND e.occurred_at < (t.day + 1)::timestamp AT TIME ZONE %(zone)s
        AND e.occurred_at >= %(since)s AND e.occurred_at < %(until)s
    JOIN counted m ON (m.source = 'points') = (e.type = 'point') AND (m.event = '' OR m.event = e.name)
        AND (m.where_property = '' OR e.properties ->> m.where_property = m.where_value)
), figures AS (
    SELECT account_id, metric_id, day, count(*) AS count, count(DISTINCT nullif(person, '')) AS users,
        coalesce(sum(value), 0) AS sum,
        (array_agg(value ORDER BY occurred_at DESC, id DESC) FILTER (WHERE value IS NOT NULL))[1] AS last
    FROM raw GROUP BY account_id, metric_id, day
), emptied AS (
    DELETE FROM usage_daily d USING touched t
    WHERE d.tenant_id = %(tenant)s AND d.account_id = t.account_id AND d.day = t.day
        AND d.metric_id = ANY (%(metrics)s) AND d.brought_count = 0
        AND NOT EXISTS (SELECT FROM figures f
            WHERE f.account_id = d.account_id AND f.metric_id = d.metric_id AND f.day = d.day)
), reduced AS (
    UPDATE usage_daily d SET count = d.brought_count, users = d.brought_users, sum = d.brought_sum
    FROM touched t
    WHERE d.tenant_id = %(tenant)s AND d.account_id = t.account_id AND d.day = t.day
        AND d.metric_id = ANY (%(metrics)s) AND d.brought_count > 0
        AND NOT EXISTS (SELECT FROM figures f
            WHERE f.account_id = d.account_id AND f.metric_id = d.metric_id AND f.day = d.day)
)
INSERT INTO usage_daily (tenant_id, account_id, metric_id, day, count, users, sum, last)
SELECT %(tenant)s, account_id, metric_id, day, count, users, sum, last FROM figures
ON CONFLICT (tenant_id, account_id, metric_id, day) DO UPDATE
SET count = usage_daily.brought_count + EXCLUDED.count, users = usage_daily.brought_users + EXCLUDED.users,
    sum = usage_daily.brought_sum + EXCLUDED.sum, last = EXCLUDED.last
WHERE (usage_daily.count, usage_daily.users, usage_daily.sum, usage_daily.last) IS DISTINCT FROM
    (usage_daily.brought_count + EXCLUDED.count, usage_daily.brought_users + EXCLUDED.users,
     usage_daily.brought_sum + EXCLUDED.sum, EXCLUDED.last)
"""


def count_days(tenant: Tenant, pairs: Pairs, metrics: list[int]) -> None:
    """These days of these accounts, as (account id, day). One turn at a time in a tenant."""
    ordered = sorted(pairs, key=lambda pair: (pair[1], pair[0]))
    for start in range(0, len(ordered), CHUNK):
        part = ordered[start : start + CHUNK]
        said = {"accounts": [account for account, _ in part], "days": [day for _, day in part]}
        _run(tenant, SAID, said, metrics, part[0][1], part[-1][1] + DAY)


def count_span(tenant: Tenant, first: dt.date, after: dt.date, metrics: list[int]) -> None:
    """All accounts on every day from `first` up to, without, `after`."""
    _run(tenant, FOUND, {"first": first, "after": after}, metrics, first, after)


def _run(
    tenant: Tenant, touched: str, said: dict[str, Any], metrics: list[int], first: dt.date, after: dt.date
) -> None:
    values = said | {"tenant": current_tenant_id(), "zone": tenant.timezone, "metrics": metrics}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s::date::timestamp AT TIME ZONE %s, %s::date::timestamp AT TIME ZONE %s",
            [first, tenant.timezone, after, tenant.timezone],
        )
        values["since"], values["until"] = cursor.fetchone()
        cursor.execute(COUNT.format(touched=touched), values)
