"""The score of one account, out of facts alone, with every step that led to it.

Exact arithmetic: a measure is worth 0 to 10,000 hundredths of a point, rounded half up; a pillar is the weighted mean
of its measures, rounded half up to a hundredth; the total is that of the pillars, rounded half up to a whole point.
The database computes the same in one expression, and a test holds the two against each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import lcm
from typing import Any

from accounts.registry import Fact
from blueprints import rules
from metrics.health.definitions import (
    AGE,
    DATED,
    INSTEAD,
    LINEAR,
    REWEIGH,
    YES_NO,
    Definition,
    How,
    Limit,
    Measure,
    Pillar,
)

FULL = 10_000
GONE, UNKNOWN, STALE, UNLISTED = "gone", "unknown", "stale", "unlisted"


@dataclass(frozen=True)
class MeasureScore:
    """`worth` is in hundredths, None while nothing is known; `why` says why not, `treated` what was done about it.

    `share` is its weight in the total in percent, after re-weighing; `points` is what it adds to the total.
    """

    measure: Measure
    raw: Any
    as_of: dt.date | None
    worth: int | None
    why: str = ""
    treated: str = ""
    share: float = 0.0
    points: float = 0.0

    @property
    def normalized(self) -> float | None:
        return None if self.worth is None else self.worth / 100


@dataclass(frozen=True)
class PillarScore:
    pillar: Pillar
    worth: int | None
    measures: tuple[MeasureScore, ...]
    share: float = 0.0
    points: float = 0.0

    @property
    def score(self) -> int | None:
        return None if self.worth is None else whole(self.worth)


@dataclass(frozen=True)
class Score:
    """`total` is None where too little is known; `raw` is what it would be before limits."""

    total: int | None
    raw: int | None
    band: str
    known: int
    pillars: tuple[PillarScore, ...]
    limits: tuple[Limit, ...]
    capped_by: str
    unknown: tuple[str, ...] = ()

    @property
    def measures(self) -> list[MeasureScore]:
        return [measure for pillar in self.pillars for measure in pillar.measures]


def score(definition: Definition, facts: Mapping[str, Any], *, today: dt.date, known: Mapping[str, Fact]) -> Score:
    """`facts` are values by name as they are kept, days of freshness under "@<dated_by>"."""
    pillars = tuple(_pillar(each, facts, today, known) for each in definition.pillars)
    worth = mean([(pillar.pillar.weight, pillar.worth) for pillar in pillars if pillar.worth is not None])
    share = known_percent(definition, [[m.worth is not None for m in pillar.measures] for pillar in pillars])
    reasons = _reasons(definition, worth, share)
    raw = None if worth is None or reasons else whole(worth)
    holding = tuple(limit for limit in definition.limits if raw is not None and _holds(limit, facts, today, known))
    biting = sorted((limit.cap, place) for place, limit in enumerate(holding) if raw is not None and limit.cap < raw)
    total = biting[0][0] if biting else raw
    return Score(
        total, raw, definition.band(total), share, _shared(pillars), holding,
        holding[biting[0][1]].reason if biting else "", reasons,
    )  # fmt: skip


def _reasons(definition: Definition, worth: int | None, share: int) -> tuple[str, ...]:
    if worth is None:
        return ("nothing",)
    return ("too_little",) if share < definition.least_known else ()


def whole(worth: int) -> int:
    return (worth + 50) // 100


def mean(weighted: Sequence[tuple[int, int]]) -> int | None:
    """The weighted mean, half up; None where nothing has weight."""
    weight = sum(each for each, _worth in weighted)
    return (2 * sum(each * worth for each, worth in weighted) + weight) // (2 * weight) if weight else None


def known_percent(definition: Definition, known: Sequence[Sequence[bool]]) -> int:
    """Of the whole weight, what is known and fresh; rounded down, since it is never flattered."""
    shares, total = whole_shares(definition)
    there = sum(s for row, flags in zip(shares, known, strict=True) for s, flag in zip(row, flags, strict=True) if flag)
    return 100 * there // total if total else 0


def whole_shares(definition: Definition) -> tuple[list[list[int]], int]:
    """Each measure's share of the whole as a whole number, and what they total."""
    sums = [sum(measure.weight for measure in pillar.measures) for pillar in definition.pillars]
    common = lcm(*(each for each in sums if each)) if any(sums) else 1
    shares = [
        [pillar.weight * measure.weight * common // total if total else 0 for measure in pillar.measures]
        for pillar, total in zip(definition.pillars, sums, strict=True)
    ]
    return shares, sum(map(sum, shares))


def _pillar(pillar: Pillar, facts: Mapping[str, Any], today: dt.date, known: Mapping[str, Fact]) -> PillarScore:
    found = tuple(_measure(each, facts, today, known) for each in pillar.measures)
    counted = [(each.measure.weight, counts) for each in found if (counts := _counts(each)) is not None]
    return PillarScore(pillar, mean(counted), found)


def _counts(found: MeasureScore) -> int | None:
    return INSTEAD.get(found.measure.missing) if found.worth is None else found.worth


def _measure(measure: Measure, facts: Mapping[str, Any], today: dt.date, known: Mapping[str, Fact]) -> MeasureScore:
    fact = known.get(measure.fact)
    raw = None if fact is None else facts.get(measure.fact)
    dated = facts.get(f"@{fact.dated_by}") if fact and fact.dated_by else None
    as_of = dt.date.fromisoformat(dated) if dated else None
    worth, why = None, GONE if fact is None else UNKNOWN
    if fact is not None and raw is not None:
        stale = _stale(fact, measure, as_of, today)
        worth = None if stale else normalized(measure.how, raw, today)
        why = STALE if stale else UNLISTED if worth is None else ""
    return MeasureScore(measure, raw, as_of, worth, why, measure.missing if worth is None else "")


def _stale(fact: Fact, measure: Measure, as_of: dt.date | None, today: dt.date) -> bool:
    """By the stricter of the fact's own freshness and the measure's. A value without a day isn't trusted."""
    limits = [days for days in (fact.fresh_days, measure.fresh_days) if days is not None]
    if not fact.dated_by or not limits:
        return False
    return as_of is None or as_of + dt.timedelta(days=min(limits)) < today


def normalized(how: How, raw: Any, today: dt.date) -> int | None:
    """Hundredths of a point, from 0 to 10,000; None for a value that the list doesn't know."""
    if how.kind == LINEAR:
        return _between(how, Decimal(str(raw)))
    if how.kind == DATED:
        day = dt.date.fromisoformat(raw)
        return _between(how, Decimal((today - day if how.counts == AGE else day - today).days))
    if how.kind == YES_NO:
        return 100 * (how.yes if raw else how.no)
    points = how.points.get(str(raw))
    return None if points is None else 100 * points


def _between(how: How, value: Decimal) -> int:
    """Nothing at bad or beyond, everything at good or beyond, a straight line between; half up."""
    span = abs(how.good - how.bad)
    way = (value - how.bad) * (1 if how.good > how.bad else -1)
    return int((2 * FULL * min(max(way, Decimal(0)), span) + span) // (2 * span))


def _holds(limit: Limit, facts: Mapping[str, Any], today: dt.date, known: Mapping[str, Fact]) -> bool:
    tree = {"all": [limit.when]}
    return not rules.validate(tree, known, of_event=False) and rules.holds(tree, facts, today=today, known=known)


def _shared(pillars: tuple[PillarScore, ...]) -> tuple[PillarScore, ...]:
    """What each adds to the total; pillars of which nothing counts have given their weight to the others."""
    total = sum(pillar.pillar.weight for pillar in pillars if pillar.worth is not None)
    return tuple(_with_share(pillar, total) for pillar in pillars)


def _with_share(pillar: PillarScore, total: int) -> PillarScore:
    if pillar.worth is None or not total:
        return pillar
    share = 100 * pillar.pillar.weight / total
    weight = sum(m.measure.weight for m in pillar.measures if _counts(m) is not None)
    inside = tuple(_measure_share(m, share * m.measure.weight / weight) for m in pillar.measures)
    return replace(pillar, share=share, points=share * pillar.worth / FULL, measures=inside)


def _measure_share(found: MeasureScore, share: float) -> MeasureScore:
    counts = _counts(found)
    if counts is None:
        assert found.measure.missing == REWEIGH
        return found
    return replace(found, share=share, points=share * counts / FULL)
