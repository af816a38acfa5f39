"""What a play changes: accounts that it helped against those left alone by chance, with 95 % intervals.

SciPy's statistics: Wilson's intervals for shares, put together for their difference after Newcombe; Welch's for means;
Fisher's and Welch's tests, held against how many there are after Benjamini and Hochberg.

A stratum is a time in which the play left one share alone. Where the share changed, the arms are made of other times
in other parts, so each stratum is held against itself, and their differences are weighted after Mantel and Haenszel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

FEWEST = 20  # in each arm: with fewer, chance alone explains anything
SURE = 0.05
HELPS, HARMS, MIXED, NONE, TOO_FEW = "helps", "harms", "mixed", "none", "too_few"


@dataclass(frozen=True)
class Effect:
    """Treated less held out; `low`, `high` and `p` (of chance alone) are None while there are too few to say."""

    treated: float | None
    held_out: float | None
    n_treated: int
    n_held_out: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None

    @property
    def too_few(self) -> bool:
        return self.p is None

    @property
    def shows(self) -> bool:
        """Whether chance alone is an unlikely reason, looked at by itself."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def judged(told: Sequence[tuple[Effect, int]]) -> str:
    """What several effects come to, each with +1 or -1 for what is good.

    Of a dozen figures one stands out by chance more often than not: they are held against chance together.
    """
    enough = [(effect, good) for effect, good in told if effect.p is not None]
    if not enough:
        return TOO_FEW
    adjusted: Any = stats.false_discovery_control([effect.p for effect, _good in enough])
    ways = {good * (e.difference or 0) > 0 for (e, good), p in zip(enough, adjusted, strict=True) if p < SURE}
    if not ways:
        return NONE
    return MIXED if len(ways) > 1 else HELPS if ways.pop() else HARMS


class Shares(NamedTuple):
    """One stratum: of how many in each arm it happened to how many."""

    hits: int
    n: int
    hits_held: int
    n_held: int


class Values(NamedTuple):
    """One stratum: what each account of either arm came to."""

    treated: Sequence[float]
    held_out: Sequence[float]


def of_shares(strata: Sequence[Shares]) -> Effect:
    """The difference of two shares, in points of percent: of each stratum by itself, put together by their weights."""
    both = [each for each in strata if each.n and each.n_held]
    n, n_held = sum(each.n for each in both), sum(each.n_held for each in both)
    if min(n, n_held) < FEWEST:
        return _too_few(*(sum(column) for column in zip(*strata, strict=True))) if strata else _too_few(0, 0, 0, 0)
    weights = _weights([(each.n, each.n_held) for each in both])
    first = sum(w * 100 * each.hits / each.n for w, each in zip(weights, both, strict=True))
    second = sum(w * 100 * each.hits_held / each.n_held for w, each in zip(weights, both, strict=True))
    sides = [_newcombe(each) for each in both]
    below, above = (math.hypot(*(w * side[end] for w, side in zip(weights, sides, strict=True))) for end in (0, 1))
    difference = first - second
    return Effect(first, second, n, n_held, difference, difference - below, difference + above, _exact(both))


def _too_few(hits: float, n: int, hits_held: float, n_held: int) -> Effect:
    first, second = (100 * h / m if m else None for h, m in ((hits, n), (hits_held, n_held)))
    return Effect(first, second, n, n_held)


def _weights(arms: Sequence[tuple[int, int]]) -> list[float]:
    """Mantel's and Haenszel's: a stratum tells as much as its smaller arm lets it."""
    found = [n * held / (n + held) for n, held in arms]
    return [each / sum(found) for each in found]


def _newcombe(each: Shares) -> tuple[float, float]:
    """How far the interval of the difference reaches below and above it."""
    first, second = 100 * each.hits / each.n, 100 * each.hits_held / each.n_held
    (low, high), (low_held, high_held) = _wilson(each.hits, each.n), _wilson(each.hits_held, each.n_held)
    return math.hypot(first - low, high_held - second), math.hypot(high - first, second - low_held)


def _wilson(hits: int, n: int) -> tuple[float, float]:
    found = stats.binomtest(hits, n).proportion_ci(confidence_level=0.95, method="wilson")
    return 100 * float(found.low), 100 * float(found.high)


def _exact(strata: Sequence[Shares]) -> float:
    """Fisher's test; of several strata, of the sum of their hits: how all of them might have fallen by chance."""
    chances, lowest, seen = np.ones(1), 0, 0
    for each in strata:
        drawn = stats.hypergeom(each.n + each.n_held, each.hits + each.hits_held, each.n)
        least, most = max(0, each.hits - each.n_held + each.hits_held), min(each.n, each.hits + each.hits_held)
        # Direct: what a transform leaves as noise may be larger than the chance of what was seen, or below zero.
        chances = np.convolve(chances, drawn.pmf(np.arange(least, most + 1)))
        lowest, seen = lowest + least, seen + each.hits
    as_odd = chances[chances <= chances[seen - lowest] * (1 + 1e-7)]
    return min(1.0, float(as_odd.sum()))


def of_means(strata: Sequence[Values]) -> Effect:
    """The difference of two means, of arms that may spread differently; strata of one account tell no spread."""
    both = [each for each in strata if min(len(each.treated), len(each.held_out)) > 1]
    n, n_held = sum(len(each.treated) for each in both), sum(len(each.held_out) for each in both)
    if min(n, n_held) < FEWEST:
        arms = [value for each in strata for value in each.treated], [v for each in strata for v in each.held_out]
        first, second = (sum(arm) / len(arm) if arm else None for arm in arms)
        return Effect(first, second, len(arms[0]), len(arms[1]))
    weights = _weights([(len(each.treated), len(each.held_out)) for each in both])
    first = sum(w * math.fsum(each.treated) / len(each.treated) for w, each in zip(weights, both, strict=True))
    second = sum(w * math.fsum(each.held_out) / len(each.held_out) for w, each in zip(weights, both, strict=True))
    difference = first - second
    error, freedom = _welch(weights, both)
    if not error:
        return Effect(first, second, n, n_held, difference, difference, difference, 0.0 if difference else 1.0)
    reach = float(stats.t.ppf(0.975, freedom)) * error
    p = 2 * float(stats.t.sf(abs(difference) / error, freedom))
    return Effect(first, second, n, n_held, difference, difference - reach, difference + reach, p)


def _welch(weights: Sequence[float], strata: Sequence[Values]) -> tuple[float, float]:
    """The error of the weighted difference, and Satterthwaite's degrees of freedom."""
    arms = [(w, arm) for w, each in zip(weights, strata, strict=True) for arm in each]
    parts = [(w**2 * float(np.var(arm, ddof=1)) / len(arm), len(arm) - 1) for w, arm in arms]
    whole = math.fsum(part for part, _ in parts)
    return math.sqrt(whole), whole**2 / math.fsum(part**2 / free for part, free in parts) if whole else 0.0


def of_ratios(strata: Sequence[Values]) -> Effect:
    """Out of logarithms of growth: the typical (geometric) change of each arm, and theirs against each other.

    All in percent: one account that grew from one to a hundred doesn't outweigh the others.
    """
    found = of_means(strata)
    treated_part, held_part, difference, low, high = (
        None if value is None else 100 * math.expm1(value)
        for value in (found.treated, found.held_out, found.difference, found.low, found.high)
    )
    return Effect(treated_part, held_part, found.n_treated, found.n_held_out, difference, low, high, found.p)
