"""How long until something happens, where it hasn't happened to everybody yet (Kaplan and Meier's estimate)."""

from __future__ import annotations

import math
import warnings
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import CensoredData, ecdf

TOO_FEW = 5


@dataclass(frozen=True)
class Share:
    """A share between 0 and 1 with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Curve:
    """`days[i]`: a day on which somebody got there; `shares[i]`: who had by then. `last`: the longest wait."""

    count: int
    reached: int
    last: int
    days: tuple[int, ...] = ()
    shares: tuple[Share, ...] = ()

    @property
    def waiting(self) -> int:
        return self.count - self.reached

    @property
    def too_few(self) -> bool:
        return self.reached < TOO_FEW

    def within(self, share: float) -> int | None:
        """Days until this share of all have got there; None: the curve ends before."""
        return next((day for day, at in zip(self.days, self.shares, strict=True) if at.value >= share - 1e-9), None)

    def by(self, day: int) -> Share | None:
        """Who had got there by this day; None: nobody has waited so long, and not all are there."""
        if not self.count or (day > self.last and self.waiting):
            return None
        place = bisect_right(self.days, day)
        return self.shares[place - 1] if place else Share(0.0, 0.0, 0.0)


def curve(days: Sequence[int], reached: Sequence[bool]) -> Curve:
    """`days`: how long each has waited so far or until it happened; `reached`: whether it has. Lengths must agree."""
    if len(days) != len(reached):
        raise ValueError("Each wait is either over or not.")
    if not any(reached):
        return Curve(count=len(days), reached=0, last=max(days, default=0))
    waits = CensoredData.right_censored(list(days), [not there for there in reached])
    left = ecdf(waits).sf
    with warnings.catch_warnings():
        # Before the first and after the last arrival the interval is undefined: it says so, and we know.
        warnings.simplefilter("ignore", RuntimeWarning)
        bounds = left.confidence_interval(method="log-log")
    steps = zip(left.quantiles, left.probabilities, bounds.low.probabilities, bounds.high.probabilities, strict=True)
    shares: dict[int, Share] = {}
    lowest = 0.0
    for day, at, low, high in steps:
        share = shares[int(day)] = _share(float(at), float(low), float(high), lowest)
        lowest = share.low
    happened = {day for day, there in zip(days, reached, strict=True) if there}
    chosen = sorted(happened & shares.keys())
    return Curve(
        count=len(days),
        reached=sum(reached),
        last=max(days),
        days=tuple(chosen),
        shares=tuple(shares[day] for day in chosen),
    )


def _share(left: float, low: float, high: float, lowest: float) -> Share:
    """Of those who got there, from those who are left; once nobody is left it was at least what it was before."""
    if math.isnan(low) or math.isnan(high):
        return Share(1 - left, lowest, 1.0 if left < 1 else 0.0)
    return Share(1 - left, 1 - high, 1 - low)
