"""What plays with a hold-out changed: health, usage, renewals and losses, each account counted from its first match."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import Tenant
from accounts.tenancy.context import current_tenant_id
from blueprints.models import Play
from metrics import effects
from metrics.backtests.outcomes import HORIZONS, NOTHING, after
from metrics.effects import Effect

TREATED, HELD_OUT = "started", "held_out"
# An account counts in the arm of its first match; what later matches drew by chance would mix the arms.
ARMS = """
SELECT account_id, opened_on AS since, play_id || ':' || fate AS arm FROM (
    SELECT DISTINCT ON (play_id, account_id) play_id, account_id, opened_on, fate FROM blueprints_match
    WHERE tenant_id = %(tenant)s AND fate IN ('started', 'held_out') AND play_id = ANY(%(plays)s)
    ORDER BY play_id, account_id, opened_at, id
) first
"""
VERSION = """
    SELECT (known.facts ->> 'health.score')::numeric AS score FROM (
        (SELECT p.facts, p.valid_from FROM accounts_pastfacts p WHERE p.tenant_id = %(tenant)s
            AND p.account_id = s.account_id AND p.valid_to > {at} ORDER BY p.valid_to LIMIT 1)
        UNION ALL
        SELECT n.facts, n.valid_from FROM accounts_accountfacts n
        WHERE n.tenant_id = %(tenant)s AND n.account_id = s.account_id
    ) known WHERE known.valid_from <= {at} LIMIT 1
"""
USED = """
    SELECT sum(d.count) AS events FROM usage_daily d WHERE d.tenant_id = %(tenant)s AND d.account_id = s.account_id
        AND d.day > {day} - 28 AND d.day <= {day}
"""
CHANGES = f"""
WITH arms AS MATERIALIZED ({ARMS}), spans AS (
    SELECT a.*, h.days, a.since + h.days AS until, (a.since + 1)::timestamp AT TIME ZONE %(zone)s AS at,
        (a.since + h.days + 1)::timestamp AT TIME ZONE %(zone)s AS later
    FROM arms a CROSS JOIN unnest(%(horizons)s::int[]) h(days) WHERE a.since + h.days < %(today)s
)
SELECT s.arm, s.days, array_agg((later.score - first.score)::float8)
        FILTER (WHERE later.score - first.score IS NOT NULL),
    array_agg((100.0 * used_later.events / used.events - 100)::float8)
        FILTER (WHERE used.events > 0 AND used_later.events IS NOT NULL)
FROM spans s
LEFT JOIN LATERAL ({VERSION.format(at="s.at")}) first ON true
LEFT JOIN LATERAL ({VERSION.format(at="s.later")}) later ON true
LEFT JOIN LATERAL ({USED.format(day="s.since")}) used ON true
LEFT JOIN LATERAL ({USED.format(day="s.until")}) used_later ON true
GROUP BY s.arm, s.days
"""


@dataclass(frozen=True)
class After:
    """After so many days: points of health, percent of usage, points of percent of what the ledger says."""

    days: int
    health: Effect
    usage: Effect
    renewed: Effect
    lost: Effect

    @property
    def all(self) -> list[Effect]:
        return [self.health, self.usage, self.renewed, self.lost]

    @property
    def enough(self) -> bool:
        return any(not each.too_few for each in self.all)


@dataclass(frozen=True)
class PlayEffect:
    play: Play
    after: tuple[After, ...]

    @property
    def verdict(self) -> str:
        """`shows`, `none` (enough cases, and chance explains all of it) or `too_few`."""
        told = [each for each in self.after if each.enough]
        if not told:
            return "too_few"
        return "shows" if any(effect.shows for each in told for effect in each.all) else "none"


def report(tenant: Tenant, *, today: dt.date, play: Play | None = None) -> list[PlayEffect]:
    """Every play that left somebody alone, by name."""
    asked = Play.objects.filter(pk=play.pk) if play else Play.objects.all()
    plays = list(asked.filter(matches__fate=HELD_OUT).distinct().order_by("name"))
    params = {"tenant": current_tenant_id(), "plays": [each.pk for each in plays], "zone": tenant.timezone}
    ledger = after(ARMS, params, today=today)
    changes = _changes(params | {"horizons": list(HORIZONS), "today": today})
    return [PlayEffect(each, tuple(_after(each.pk, days, ledger, changes) for days in HORIZONS)) for each in plays]


def _changes(params: dict[str, Any]) -> dict[tuple[str, int], tuple[list[float], list[float]]]:
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, params)
        return {(arm, days): (health or [], usage or []) for arm, days, health, usage in cursor.fetchall()}


def _after(pk: int, days: int, ledger: Any, changes: Any) -> After:
    arms = [(f"{pk}:{fate}", days) for fate in (TREATED, HELD_OUT)]
    treated, held = (ledger.get(arm, NOTHING) for arm in arms)
    (health, usage), (health_held, usage_held) = (changes.get(arm, ([], [])) for arm in arms)
    return After(
        days,
        effects.of_means(health, health_held),
        effects.of_means(usage, usage_held),
        effects.of_shares(treated.renewed, treated.n, held.renewed, held.n),
        effects.of_shares(treated.churned, treated.n, held.churned, held.n),
    )
