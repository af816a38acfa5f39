"""How an agreement moves recurring revenue: plain sums over days, in minor units, to the cent."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# A term that resumes within this many days was renewed late; later than that, the account had gone and came back.
GRACE = dt.timedelta(days=30)

NEW, EXPANSION, CONTRACTION = "new", "expansion", "contraction"
CHURN, REACTIVATION, CORRECTION = "churn", "reactivation", "correction"


@dataclass(frozen=True)
class Step:
    """From this day on, this product counts so much more (or less)."""

    on: dt.date
    product: int
    amount: int


@dataclass(frozen=True)
class Span:
    """One recurring line: this much a year from `start` until `end`, or until told otherwise where `end` is None."""

    product: int
    amount: int
    start: dt.date
    end: dt.date | None = None


@dataclass(frozen=True)
class Move:
    on: dt.date
    product: int
    kind: str
    amount: int


def level(steps: Iterable[Step], on: dt.date) -> int:
    """ARR on this day, movements of the day itself included."""
    return sum(step.amount for step in steps if step.on <= on)


def levels(steps: Iterable[Step], on: dt.date) -> dict[int, int]:
    """The same by product, without those at zero."""
    sums: dict[int, int] = defaultdict(int)
    for step in steps:
        if step.on <= on:
            sums[step.product] += step.amount
    return {product: amount for product, amount in sums.items() if amount}


def steps_of(spans: Iterable[Span], since: dt.date) -> list[Step]:
    """The spans as steps from `since` on, which finds nothing there before."""
    steps: list[Step] = []
    for span in spans:
        if span.end is not None and span.end <= max(span.start, since):
            continue
        steps.append(Step(max(span.start, since), span.product, span.amount))
        if span.end is not None:
            steps.append(Step(span.end, span.product, -span.amount))
    return steps


def difference(written: Iterable[Step], wanted: Iterable[Step], since: dt.date) -> list[Step]:
    """What to add to the steps written so far so that from `since` on they come to the wanted ones."""
    gaps: dict[tuple[dt.date, int], int] = defaultdict(int)
    for step in written:
        gaps[max(step.on, since), step.product] -= step.amount
    for step in wanted:
        gaps[max(step.on, since), step.product] += step.amount
    return [Step(on, product, amount) for (on, product), amount in sorted(gaps.items()) if amount]


def moves(account: Iterable[Step], own: Iterable[Step], added: Iterable[Step]) -> list[Move]:
    """The added steps with their kinds, which depend on all that the account pays.

    `account`: every step written for the account; `own`: those of the agreement that changes. Taking back a step
    that was written for a later day is a correction: nothing was won or lost.
    """
    announced: dict[tuple[dt.date, int], int] = defaultdict(int)
    for step in own:
        announced[step.on, step.product] += step.amount
    days: dict[dt.date, list[Step]] = defaultdict(list)
    for step in added:
        days[step.on].append(step)
    sums: dict[dt.date, int] = defaultdict(int)
    for step in [*account, *(step for day in days.values() for step in day)]:
        sums[step.on] += step.amount
    told: list[Move] = []
    before, paid_before = 0, False
    for on in sorted(sums):
        after = before + sums[on]
        told += [
            Move(on, step.product, _kind(step, announced, before, after, paid_before), step.amount)
            for step in days.get(on, ())
        ]
        # An agreement annulled on its first day leaves nothing paid.
        before, paid_before = after, paid_before or after > 0
    return told


def _kind(step: Step, announced: Mapping[tuple[dt.date, int], int], before: int, after: int, paid_before: bool) -> str:
    undone = announced.get((step.on, step.product), 0)
    if undone * step.amount < 0 and abs(step.amount) <= abs(undone):
        return CORRECTION
    if step.amount < 0:
        return CONTRACTION if after > 0 else CHURN
    if before > 0:
        return EXPANSION
    return REACTIVATION if paid_before else NEW
