"""Figures of prediction, worked out by hand beforehand."""

from __future__ import annotations

import pytest

from metrics.health import validation_sums as sums
from metrics.health.validation_sums import Case


def test_rates_and_area_are_what_a_hand_comes_to():
    """12 of 30 were lost; 9 of the 12 flagged ones were. Wilson: (p + z²/2n ± z√(pq/n + z²/4n²)) / (1 + z²/n)."""
    cases = [Case(30, True, True)] * 9 + [Case(30, True, False)] * 3
    cases += [Case(80, False, True)] * 3 + [Case(80, False, False)] * 15
    found = sums.verdict(cases)
    assert (found.caught, found.alarms, found.missed, found.quiet) == (9, 3, 3, 15)
    assert (found.precision.value, found.recall.value, found.base.value) == (0.75, 0.75, 0.4)
    assert (found.precision.low, found.precision.high) == pytest.approx((0.4677, 0.9111), abs=1e-4)
    # Pairs: 9·15 right, 9·3 + 3·15 ties at a half, 3·3 wrong; of 216.
    assert found.auc.value == pytest.approx((135 + 36) / 216)
    assert not found.too_few


def test_accounts_alike_may_be_counted_together():
    apart = [Case(30, True, True)] * 9 + [Case(80, False, False)] * 15 + [Case(30, True, False)] * 3
    together = [Case(30, True, True, 9), Case(80, False, False, 15), Case(30, True, False, 3)]
    assert sums.verdict(together) == sums.verdict(apart)
    assert sums.ranges(together) == sums.ranges(apart)


def test_the_area_and_its_interval_on_six_cases():
    """Parts of the lost 1, 5/6, 2/3; of the kept 1/2, 1, 1: variances 1/36 and 1/12, each over 3."""
    found = sums.area([10, 20, 50], [20, 60, 70])
    assert found.value == pytest.approx(7.5 / 9)
    assert (found.low, found.high) == pytest.approx((0.2485, 0.9869), abs=2e-4)


def test_where_all_pairs_agree_the_interval_is_no_point():
    found = sums.area([1, 2, 3], [7, 8, 9])
    assert found.value == 1
    assert found.low < 0.5
    assert found.high == 1
    assert sums.area([5, 5], [5, 5]).value == 0.5
    assert sums.area([], [1]) is None


def test_few_cases_are_said_to_be_few():
    assert sums.verdict([Case(10, True, True)] * 9 + [Case(90, False, False)] * 500).too_few
    assert not sums.verdict([Case(10, True, True)] * 10 + [Case(90, False, False)] * 10).too_few
    assert sums.verdict([]).precision is None


def test_the_lift_of_a_measure():
    """Low for 10, of which 8 were lost; 12 of all 30 were: twice as often."""
    cases = [Case(20, True, True, 8), Case(20, True, False, 2), Case(80, False, True, 4), Case(80, False, False, 16)]
    found = sums.lift(cases)
    assert found.times == pytest.approx(2.0)
    assert (found.low.hits, found.low.of, found.known) == (8, 10, 30)


def test_losses_by_score_keep_the_edges():
    rows = sums.ranges([Case(19, True, True), Case(20, True, False), Case(100, False, False)])
    assert [(low, high, each.of if each else 0) for low, high, each in rows] == [
        (0, 19, 1), (20, 39, 1), (40, 59, 0), (60, 79, 0), (80, 100, 1),
    ]  # fmt: skip
