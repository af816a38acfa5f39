"""How well low scores told losses apart: a confusion table, rates with intervals, and the area under the curve.

The statistics are SciPy's: Wilson's interval for a share, Mann and Whitney's U for the area. The area's interval is
DeLong's, on the logit so that it stays between 0 and 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from scipy import stats

FEWEST = 10  # losses, and as many that were kept: with fewer, nothing is said
SURE = 0.95
RANGES = ((0, 19), (20, 39), (40, 59), (60, 79), (80, 100))


@dataclass(frozen=True)
class Case:
    """What was said before, and whether it was lost then; of so many accounts alike."""

    score: float
    flagged: bool
    lost: bool
    count: int = 1


@dataclass(frozen=True)
class Estimate:
    """A figure between 0 and 1 with its 95 % interval; a share says of how many."""

    value: float
    low: float
    high: float
    hits: int = 0
    of: int = 0


@dataclass(frozen=True)
class Verdict:
    """`caught`: flagged and lost; `alarms`: flagged and kept; `missed`: lost without a flag; `quiet`: the rest."""

    caught: int
    alarms: int
    missed: int
    quiet: int
    precision: Estimate | None
    recall: Estimate | None
    base: Estimate | None
    auc: Estimate | None
    too_few: bool

    @property
    def count(self) -> int:
        return self.caught + self.alarms + self.missed + self.quiet

    @property
    def lost(self) -> int:
        return self.caught + self.missed


@dataclass(frozen=True)
class Lift:
    """Of one measure alone: how often those below half its points were lost, against all of whom it was known."""

    known: int
    low: Estimate | None
    base: Estimate | None
    times: float | None
    auc: Estimate | None
    too_few: bool


def verdict(cases: Sequence[Case], *, fewest: int = FEWEST) -> Verdict:
    caught = counted(case for case in cases if case.flagged and case.lost)
    alarms = counted(case for case in cases if case.flagged and not case.lost)
    missed = counted(case for case in cases if not case.flagged and case.lost)
    total = counted(cases)
    quiet = total - caught - alarms - missed
    return Verdict(
        caught, alarms, missed, quiet,
        precision=share(caught, caught + alarms),
        recall=share(caught, caught + missed),
        base=share(caught + missed, total),
        auc=area(_scores(cases, lost=True), _scores(cases, lost=False)),
        too_few=few(cases, fewest),
    )  # fmt: skip


def counted(cases: Iterable[Case]) -> int:
    return sum(case.count for case in cases)


def _scores(cases: Sequence[Case], *, lost: bool) -> list[float]:
    return [score for case in cases if case.lost == lost for score in repeat(case.score, case.count)]


def few(cases: Sequence[Case], fewest: int = FEWEST) -> bool:
    lost = counted(case for case in cases if case.lost)
    return min(lost, counted(cases) - lost) < fewest


def share(hits: int, of: int) -> Estimate | None:
    """With Wilson's interval; None of nothing."""
    if not of:
        return None
    found = stats.binomtest(hits, of).proportion_ci(confidence_level=SURE, method="wilson")
    return Estimate(hits / of, float(found.low), float(found.high), hits, of)


def area(lost: Sequence[float], kept: Sequence[float]) -> Estimate | None:
    """How likely one that was lost had scored less than one that was kept; a tie counts half."""
    if not lost or not kept:
        return None
    u = float(stats.mannwhitneyu(kept, lost, method="asymptotic").statistic) if len({*lost, *kept}) > 1 else None
    value = 0.5 if u is None else u / (len(lost) * len(kept))
    low, high = _interval(value, lost, kept)
    return Estimate(value, low, high)


def _interval(value: float, lost: Sequence[float], kept: Sequence[float]) -> tuple[float, float]:
    """Where all pairs agree, DeLong sees no spread: then it is as sure as a share of the smaller group can be."""
    error = _error(lost, kept)
    if not 0 < value < 1 or error == 0:
        n = min(len(lost), len(kept))
        bound = share(round(value * n), n)
        assert bound is not None
        return bound.low, bound.high
    z = float(stats.norm.ppf((1 + SURE) / 2))
    middle, spread = math.log(value / (1 - value)), z * error / (value * (1 - value))
    return _unlogit(middle - spread), _unlogit(middle + spread)


def _unlogit(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value > -700 else 0.0


def _error(lost: Sequence[float], kept: Sequence[float]) -> float:
    """DeLong's standard error out of ranks: how much each case's own part of the area varies."""
    m, n = len(lost), len(kept)
    if min(m, n) < 2:
        return 0.0
    together: Any = stats.rankdata([*lost, *kept])
    of_lost = 1 - (together[:m] - stats.rankdata(lost)) / n
    of_kept = (together[m:] - stats.rankdata(kept)) / m
    return math.sqrt(float(of_lost.var(ddof=1)) / m + float(of_kept.var(ddof=1)) / n)


def ranges(cases: Sequence[Case]) -> list[tuple[int, int, Estimate | None]]:
    """Losses among those who scored so much: a score that means something loses fewer the higher it is."""
    found = []
    for low, high in RANGES:
        inside = [case for case in cases if low <= case.score <= high]
        found.append((low, high, share(counted(case for case in inside if case.lost), counted(inside))))
    return found


def lift(cases: Sequence[Case], *, fewest: int = FEWEST) -> Lift:
    """`score` is what the measure was worth, 0 to 100; `flagged`: less than half of that."""
    said = verdict(cases, fewest=fewest)
    times = said.precision.value / said.base.value if said.precision and said.base and said.base.value else None
    return Lift(said.count, said.precision, said.base, times, said.auc, said.too_few)
