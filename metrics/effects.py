"""What a play changes: accounts that it helped against those left alone by chance, with 95 % intervals.

SciPy's statistics: Wilson's intervals for shares, put together for their difference after Newcombe; Welch's for means;
Fisher's and Welch's tests, held against how many there are after Benjamini and Hochberg.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
        return min(self.n_treated, self.n_held_out) < FEWEST

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


def of_shares(hits: int, n: int, hits_held: int, n_held: int) -> Effect:
    """The difference of two shares, in points of percent."""
    first, second = (100 * h / m if m else None for h, m in ((hits, n), (hits_held, n_held)))
    if min(n, n_held) < FEWEST or first is None or second is None:
        return Effect(first, second, n, n_held)
    (low, high), (low_held, high_held) = _wilson(hits, n), _wilson(hits_held, n_held)
    difference = first - second
    below = math.hypot(first - low, high_held - second)
    above = math.hypot(high - first, second - low_held)
    p = float(stats.fisher_exact([[hits, n - hits], [hits_held, n_held - hits_held]]).pvalue)
    return Effect(first, second, n, n_held, difference, difference - below, difference + above, p)


def _wilson(hits: int, n: int) -> tuple[float, float]:
    found = stats.binomtest(hits, n).proportion_ci(confidence_level=0.95, method="wilson")
    return 100 * float(found.low), 100 * float(found.high)


def of_means(treated: Sequence[float], held_out: Sequence[float]) -> Effect:
    """The difference of two means, of arms that may spread differently."""
    n, n_held = len(treated), len(held_out)
    first, second = (sum(each) / len(each) if each else None for each in (treated, held_out))
    if min(n, n_held) < FEWEST or first is None or second is None:
        return Effect(first, second, n, n_held)
    difference = first - second
    if len(set(treated)) == 1 and len(set(held_out)) == 1:
        return Effect(first, second, n, n_held, difference, difference, difference, 0.0 if difference else 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # values that hardly differ lose digits, which is harmless here
        test: Any = stats.ttest_ind(treated, held_out, equal_var=False)
        found = test.confidence_interval(0.95)
    return Effect(first, second, n, n_held, difference, float(found.low), float(found.high), float(test.pvalue))


def of_ratios(treated: Sequence[float], held_out: Sequence[float]) -> Effect:
    """Out of logarithms of growth: the typical (geometric) change of each arm, and theirs against each other.

    All in percent: one account that grew from one to a hundred doesn't outweigh the others.
    """
    found = of_means(treated, held_out)
    treated_part, held_part, difference, low, high = (
        None if value is None else 100 * math.expm1(value)
        for value in (found.treated, found.held_out, found.difference, found.low, found.high)
    )
    return Effect(treated_part, held_part, found.n_treated, found.n_held_out, difference, low, high, found.p)
