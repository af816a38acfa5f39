"""What plays with a hold-out changed: health, usage, renewals and losses, each account counted from its first match."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.actions import knowledge
from accounts.models import Tenant
from accounts.tenancy.context import current_tenant_id
from blueprints import guards
from blueprints.models import Play, PlayVersion
from metrics import effects
from metrics.backtests.outcomes import HORIZONS, NOTHING, after
from metrics.effects import Effect, Shares, Values

TREATED, HELD_OUT = "started", "held_out"
NO_HOLD_OUT = "no_hold_out"
# An account counts from its first match, and only where chance had a say then: what ran before there was a hold-out
# has nobody to stand against. The arm is the one that was drawn, whether or not the run's turn came (a match that is
# over before it does would else be missing in one arm only); the draw is the one of the guards. For what the circuit
# breaker stopped nobody drew, though a person dropped it afterwards.
# Wordings that follow each other with one share are one stratum.
FIRST = """
    SELECT DISTINCT ON (m.play_id, m.account_id) m.play_id, m.account_id, m.opened_on, m.known_from, m.fate, v.percent,
        v.stratum
    FROM blueprints_match m JOIN (
        SELECT id, percent, sum(changed) OVER (PARTITION BY play_id ORDER BY number) AS stratum FROM (
            SELECT id, play_id, number, percent,
                (percent IS DISTINCT FROM lag(percent) OVER (PARTITION BY play_id ORDER BY number))::int AS changed
            FROM (SELECT id, play_id, number, (guards ->> 'hold_out_percent')::numeric AS percent
                FROM blueprints_playversion WHERE tenant_id = %(tenant)s AND play_id = ANY(%(plays)s)) said
        ) each_wording
    ) v ON v.id = m.version_id
    WHERE m.tenant_id = %(tenant)s AND m.play_id = ANY(%(plays)s)
        AND m.fate NOT IN ('before', 'logged', 'tripped', 'dropped', 'expired')
    ORDER BY m.play_id, m.account_id, m.opened_at, m.id
"""
# Whose first match is older than what is kept has lost its first score, and so counts in no figure: not with a later
# match either, which the play had touched before.
ARMS = f"""
SELECT account_id, opened_on AS since, known_from, play_id || ':' || stratum || ':' || CASE
    WHEN fate IN ('started', 'held_out') THEN fate
    WHEN ('x' || left(md5(play_id || ':' || account_id), 8))::bit(32)::bigint %% 100 < percent THEN 'held_out'
    ELSE 'started' END AS arm
FROM (
{FIRST}) first WHERE percent > 0 AND opened_on >= coalesce(%(kept_from)s::date, '-infinity')
"""
# Plays of which that leaves somebody out.
CUT = f"SELECT DISTINCT play_id FROM ({FIRST}) first WHERE percent > 0 AND opened_on < %(kept_from)s"
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
    SELECT coalesce(sum(d.count), 0) AS events FROM usage_daily d
    WHERE d.tenant_id = %(tenant)s AND d.account_id = s.account_id AND d.day > {day} - 28 AND d.day <= {day}
"""
# Before: what was known as it matched, which no step of the play has touched yet. Who used it and stopped counts.
CHANGES = f"""
WITH arms AS MATERIALIZED ({ARMS}), spans AS (
    SELECT a.*, h.days, a.since + h.days AS until, (a.since + h.days + 1)::timestamp AT TIME ZONE %(zone)s AS later
    FROM arms a CROSS JOIN unnest(%(horizons)s::int[]) h(days) WHERE a.since + h.days < %(today)s
)
SELECT s.arm, s.days, array_agg((later.score - first.score)::float8)
        FILTER (WHERE later.score - first.score IS NOT NULL),
    array_agg(ln((used_later.events + 1) / (used.events + 1))::float8) FILTER (WHERE used.events > 0)
FROM spans s
LEFT JOIN LATERAL ({VERSION.format(at="s.known_from")}) first ON true
LEFT JOIN LATERAL ({VERSION.format(at="s.later")}) later ON true
CROSS JOIN LATERAL ({USED.format(day="s.since")}) used
CROSS JOIN LATERAL ({USED.format(day="s.until")}) used_later
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
    def judged(self) -> list[tuple[Effect, int]]:
        """Each with the sign of what is good."""
        return [(self.health, 1), (self.usage, 1), (self.renewed, 1), (self.lost, -1)]

    @property
    def enough(self) -> bool:
        return any(not effect.too_few for effect, _good in self.judged)


@dataclass(frozen=True)
class PlayEffect:
    """`holds_out`: the newest wording leaves somebody alone. `since`: older matches are left out, if any are."""

    play: Play
    after: tuple[After, ...]
    holds_out: bool = True
    since: dt.date | None = None

    @property
    def verdict(self) -> str:
        """helps, harms, mixed, none (enough cases, and chance explains all of it), too_few, or no_hold_out."""
        found = effects.judged([each for after in self.after for each in after.judged])
        return NO_HOLD_OUT if found == effects.TOO_FEW and not self.holds_out and not self.drawn else found

    @property
    def drawn(self) -> int:
        """How many were left alone so far that any days have passed of."""
        return max((effect.n_held_out for after in self.after for effect, _good in after.judged), default=0)

    @property
    def told(self) -> After | None:
        """After the most days of which something can be said."""
        return next((each for each in reversed(self.after) if each.enough), None)


def report(tenant: Tenant, *, today: dt.date, play: Play | None = None) -> list[PlayEffect]:
    """Every play that left somebody alone, by name."""
    asked = Play.objects.filter(pk=play.pk) if play else Play.objects.all()
    return list(
        of_plays(asked.filter(matches__fate=HELD_OUT).distinct().order_by("name"), tenant, today=today).values()
    )


def of_plays(plays: Iterable[Play], tenant: Tenant, *, today: dt.date) -> dict[int, PlayEffect]:
    """By play, in a number of statements that doesn't grow with how many they are."""
    asked = list(plays)
    since = knowledge.kept_from(today)
    params = {
        "tenant": current_tenant_id(), "plays": [each.pk for each in asked], "zone": tenant.timezone, "kept_from": since
    }  # fmt: skip
    ledger = after(ARMS, params, today=today)
    changes = _changes(params | {"horizons": list(HORIZONS), "today": today})
    holding, cut = _holding_out(params["plays"]), _cut(params)
    return {
        each.pk: PlayEffect(
            each, tuple(_after(each.pk, days, ledger, changes) for days in HORIZONS), each.pk in holding,
            since if each.pk in cut else None,
        )
        for each in asked
    }  # fmt: skip


def _holding_out(plays: Any) -> set[int]:
    newest = PlayVersion.objects.filter(play__in=plays).order_by("play_id", "-number").distinct("play_id")
    return {version.play_id for version in newest if guards.parse(version.guards).hold_out_percent}


def _cut(params: dict[str, Any]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(CUT, params)
        return {pk for (pk,) in cursor.fetchall()}


def _changes(params: dict[str, Any]) -> dict[tuple[str, int], tuple[list[float], list[float]]]:
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, params)
        return {(arm, days): (health or [], usage or []) for arm, days, health, usage in cursor.fetchall()}


def _after(pk: int, days: int, ledger: Any, changes: Any) -> After:
    arms = [_arms(pk, stratum, days) for stratum in _strata(pk, [*ledger, *changes])]
    told = [(ledger.get(treated, NOTHING), ledger.get(held, NOTHING)) for treated, held in arms]
    values = [(changes.get(treated, ([], [])), changes.get(held, ([], []))) for treated, held in arms]
    return After(
        days,
        effects.of_means([Values(treated[0], held[0]) for treated, held in values]),
        effects.of_ratios([Values(treated[1], held[1]) for treated, held in values]),
        effects.of_shares([Shares(treated.renewed, treated.n, held.renewed, held.n) for treated, held in told]),
        effects.of_shares([Shares(treated.churned, treated.n, held.churned, held.n) for treated, held in told]),
    )


def _strata(pk: int, found: Iterable[tuple[str, int]]) -> list[str]:
    return sorted({arm.split(":")[1] for arm, _days in found if arm.startswith(f"{pk}:")})


def _arms(pk: int, stratum: str, days: int) -> list[tuple[str, int]]:
    return [(f"{pk}:{stratum}:{fate}", days) for fate in (TREATED, HELD_OUT)]
