"""What a play changes: accounts that it helped against those left alone by chance, with 95 % intervals.

SciPy's statistics: Wilson's intervals for shares, put together for their difference after Newcombe; Welch's for means.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scipy import stats

FEWEST = 20  # in each arm: with fewer, chance alone explains anything


@dataclass(frozen=True)
class Effect:
    """Treated less held out; `low` and `high` are None while there are too few to say."""

    treated: float | None
    held_out: float | None
    n_treated: int
    n_held_out: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def too_few(self) -> bool:
        return min(self.n_treated, self.n_held_out) < FEWEST

    @property
    def shows(self) -> bool:
        """Whether chance alone is an unlikely reason."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def of_shares(hits: int, n: int, hits_held: int, n_held: int) -> Effect:
    """The difference of two shares, in points of percent."""
    first, second = (100 * h / m if m else None for h, m in ((hits, n), (hits_held, n_held)))
    if min(n, n_held) < FEWEST or first is None or second is None:
        return Effect(first, second, n, n_held)
    (low, high), (low_held, high_held) = _wilson(hits, n), _wilson(hits_held, n_held)
    difference = first - second
    below = math.hypot(first - low, high_held - second)
    above = math.hypot(high - first, second - low_held)
    return Effect(first, second, n, n_held, difference, difference - below, difference + above)


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
        return Effect(first, second, n, n_held, difference, difference, difference)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # values that hardly differ lose digits, which is harmless here
        found: Any = stats.ttest_ind(treated, held_out, equal_var=False).confidence_interval(0.95)
    return Effect(first, second, n, n_held, difference, float(found.low), float(found.high))
