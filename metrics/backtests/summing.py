"""The figures of a back-test, out of the rows that it stored: how often, on whom, and what then happened."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from accounts.tenancy.context import current_tenant_id
from metrics.backtests.figures import FEWEST, share
from metrics.backtests.models import BackTest
from metrics.backtests.outcomes import HORIZONS, NOTHING, After, after

HAPPENED = ("churned", "contracted", "expanded", "renewed")
MATCHES = (
    "SELECT * FROM backtests_foundmatch WHERE tenant_id = %(tenant)s AND test_id = %(test)s AND variant = %(variant)s"
)
COUNTS = f"""
SELECT count(*), count(DISTINCT account_id), count(*) FILTER (WHERE closed_on IS NULL AND event_id IS NULL),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY opened_on)
FROM ({MATCHES}) m
"""
WEEKS = f"""
SELECT week::date, count(m.opened_on) FROM generate_series(
    date_trunc('week', %(start)s::timestamp), date_trunc('week', %(end)s::timestamp), '1 week') week
LEFT JOIN ({MATCHES}) m ON date_trunc('week', m.opened_on::timestamp) = week GROUP BY week ORDER BY week
"""
LOAD = f"""
SELECT coalesce(u.name, ''), count(*) FROM ({MATCHES}) m
JOIN accounts_account a ON a.tenant_id = m.tenant_id AND a.id = m.account_id
LEFT JOIN accounts_user u ON u.id = a.csm_id GROUP BY u.name ORDER BY count(*) DESC, u.name LIMIT 50
"""
# From the first match to the day on which the account's ARR ended, where it did.
AHEAD = f"""
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY gone.on_day - first.day), count(*) FROM (
    SELECT account_id, min(opened_on) AS day FROM ({MATCHES}) m GROUP BY account_id
) first CROSS JOIN LATERAL (
    SELECT min(effective_on) AS on_day FROM accounts_revenuemovement
    WHERE tenant_id = %(tenant)s AND account_id = first.account_id AND kind = 'churn' AND effective_on > first.day
        AND effective_on <= first.day + 180
        AND (SELECT sum(amount_minor) FROM accounts_revenuemovement all_of WHERE all_of.tenant_id = %(tenant)s
            AND all_of.account_id = first.account_id AND all_of.effective_on <= first.day + 180) <= 0
) gone WHERE gone.on_day IS NOT NULL
"""
OVERLAP = f"""
SELECT p.name, count(DISTINCT o.account_id) FROM blueprints_match o
JOIN blueprints_play p ON p.tenant_id = o.tenant_id AND p.id = o.play_id
WHERE o.tenant_id = %(tenant)s AND o.play_id <> %(play)s AND o.opened_on BETWEEN %(start)s AND %(end)s
    AND EXISTS (SELECT FROM ({MATCHES}) m WHERE m.account_id = o.account_id
        AND abs(m.opened_on - o.opened_on) <= 30)
GROUP BY p.name ORDER BY 2 DESC LIMIT 10
"""
# An account counts once, from its first match; those that never matched count from the median day of those that did.
ARMS = f"""
SELECT account_id, min(opened_on) AS since, 'fired' AS arm FROM ({MATCHES}) m GROUP BY account_id
UNION ALL
SELECT a.id, %(middle)s::date, 'rest' FROM accounts_account a
WHERE a.tenant_id = %(tenant)s AND a.created_at < %(middle)s::date + 1
    AND (a.archived_at IS NULL OR a.archived_at > %(middle)s::date)
    AND NOT EXISTS (SELECT FROM ({MATCHES}) m WHERE m.account_id = a.id)
"""


def of(test: BackTest, variant: int, today: dt.date) -> dict[str, Any]:
    """{count, accounts, open, weeks, load, per_week, ahead, overlap, after}: as the report and the API show it.

    `after` has for each horizon in days, for `fired` and `rest`, a share for everything in HAPPENED.
    """
    params = {
        "tenant": current_tenant_id(), "test": test.pk, "variant": variant, "start": test.start, "end": test.end,
        "play": test.play_id,
    }  # fmt: skip
    (count, accounts, still_open, middle), *_ = _rows(COUNTS, params)
    weeks = max(1.0, ((test.end - test.start).days + 1) / 7)
    (ahead, churned), *_ = _rows(AHEAD, params)
    arms = after(ARMS, {**params, "middle": middle}, today=today) if middle else {}
    return {
        "count": count, "accounts": accounts, "open": still_open, "middle": middle and middle.isoformat(),
        "weeks": [[week.isoformat(), number] for week, number in _rows(WEEKS, params)],
        "load": [{"csm": name, "count": number, "per_week": round(number / weeks, 2)}
                 for name, number in _rows(LOAD, params)],
        "per_week": round(count / weeks, 2),
        "ahead": {"days": ahead, "n": churned, "too_few": churned < FEWEST},
        "overlap": [{"play": name, "accounts": number} for name, number in _rows(OVERLAP, params)],
        "after": {str(days): {arm: _shares(arms.get((arm, days), NOTHING)) for arm in ("fired", "rest")}
                  for days in HORIZONS},
    }  # fmt: skip


def _shares(found: After) -> dict[str, Any]:
    return {name: share(getattr(found, name), found.n) for name in HAPPENED}


def _rows(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
