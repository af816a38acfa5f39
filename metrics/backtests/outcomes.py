"""What happened to accounts after a day: out of the revenue ledger, by days and whole accounts. Set-based.

Each of `of` (account_id, since, arm) that paid on `since` is held against the ledger over (since, since + days]; who
paid nothing had nothing to lose, and would only thin the shares. An account churned when it has no ARR at the end; it
contracted or expanded when a day inside came to less or to more (what was typed wrong and corrected comes to nothing);
it renewed when a renewal was signed inside. Where the days have not passed yet by %(today)s, it doesn't count at all.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import connection

from accounts.tenancy.context import current_tenant_id

HORIZONS = (30, 90, 180)

OUTCOMES = """
WITH of AS MATERIALIZED ({of}), days AS MATERIALIZED (
    SELECT account_id, effective_on, sum(amount_minor) AS amount, bool_or(kind = 'contraction') AS shrank,
        bool_or(kind = 'expansion') AS grew,
        coalesce(sum(amount_minor) FILTER (WHERE kind NOT IN ('fx', 'transfer')), 0) AS own
    FROM accounts_revenuemovement WHERE tenant_id = %(tenant)s AND account_id IN (SELECT account_id FROM of)
    GROUP BY account_id, effective_on
), spans AS (
    SELECT o.arm, o.account_id, o.since, h.days FROM of o CROSS JOIN unnest(%(horizons)s::int[]) h(days)
    WHERE o.since + h.days <= %(today)s
), paid AS (
    SELECT s.arm, s.account_id, s.since, s.days, sum(d.amount) AS after,
        coalesce(bool_or(d.shrank AND d.own < 0) FILTER (WHERE d.effective_on > s.since), false) AS contracted,
        coalesce(bool_or(d.grew AND d.own > 0) FILTER (WHERE d.effective_on > s.since), false) AS expanded
    FROM spans s JOIN days d ON d.account_id = s.account_id AND d.effective_on <= s.since + s.days
    GROUP BY s.arm, s.account_id, s.since, s.days
    HAVING sum(d.amount) FILTER (WHERE d.effective_on <= s.since) > 0
), found AS (
    SELECT p.*, p.after <= 0 AS churned, EXISTS (
        SELECT FROM accounts_contract c WHERE c.tenant_id = %(tenant)s AND c.account_id = p.account_id
            AND c.renews_id IS NOT NULL AND c.signed_on > p.since AND c.signed_on <= p.since + p.days) AS renewed
    FROM paid p
)
SELECT arm, days, count(*), count(*) FILTER (WHERE churned), count(*) FILTER (WHERE contracted),
    count(*) FILTER (WHERE expanded), count(*) FILTER (WHERE renewed)
FROM found GROUP BY arm, days
"""


class After(NamedTuple):
    """How many paid on the day and whose days have passed, and to how many of them each thing happened."""

    n: int
    churned: int
    contracted: int
    expanded: int
    renewed: int


NOTHING = After(0, 0, 0, 0, 0)


def after(of: str, params: dict[str, Any], *, today: Any) -> dict[tuple[str, int], After]:
    """By arm and horizon; `of` selects account_id, since and arm (text), once for each account."""
    values = {**params, "tenant": current_tenant_id(), "horizons": list(HORIZONS), "today": today}
    with connection.cursor() as cursor:
        cursor.execute(OUTCOMES.format(of=of), values)
        return {(arm, days): After(*counts) for arm, days, *counts in cursor.fetchall()}
