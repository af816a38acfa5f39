"""Retention, from what a closed cohort paid at the start and pays at the end. Plain arithmetic over minor units."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Retention:
    """A closed starting cohort: accounts that came later count on neither side.

    `start` and `end` are the cohort's ARR then and now; `kept` is the sum of min(then, now) per account, so that one
    account's growth can't hide another's loss. All in minor units of one currency.
    """

    start: int
    end: int
    kept: int

    @property
    def net(self) -> Fraction | None:
        """Net revenue retention; None where nothing was there to retain."""
        return Fraction(self.end, self.start) if self.start else None

    @property
    def gross(self) -> Fraction | None:
        """Gross revenue retention, never above 1."""
        return Fraction(self.kept, self.start) if self.start else None


def retention(then: dict[int, int], now: dict[int, int]) -> Retention:
    """From ARR per account: {account id: minor units} at both ends."""
    cohort = {account: arr for account, arr in then.items() if arr > 0}
    return Retention(
        start=sum(cohort.values()),
        end=sum(now.get(account, 0) for account in cohort),
        kept=sum(min(arr, now.get(account, 0)) for account, arr in cohort.items()),
    )


def percent(share: Fraction | None) -> str:
    """`108.3%`, or `n/a` where there is no denominator."""
    return "n/a" if share is None else f"{float(share) * 100:.1f}%"
