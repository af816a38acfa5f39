"""Who hasn't got there yet counts as long as they have waited, and no longer."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.survival import Share, curve

# By hand: at 5 four of five are left, at 7 of four at risk one goes, at 9 of two one goes; two are still waiting.
WAITS = [(5, True), (7, True), (7, False), (9, True), (12, False)]


def test_the_curve_of_a_hand_computed_case():
    found = curve(*zip(*WAITS, strict=True))
    assert (found.count, found.reached, found.waiting, found.last) == (5, 3, 2, 12)
    assert found.days == (5, 7, 9)
    assert [round(share.value, 6) for share in found.shares] == [0.2, 0.4, 0.7]


def test_the_interval_is_greenwoods_on_the_log_log_scale():
    found = curve(*zip(*WAITS, strict=True))
    left = 0.6
    spread = math.sqrt(1 / (5 * 4) + 1 / (4 * 3)) / math.log(left)
    low, high = (left ** math.exp(-1.959964 * sign * spread) for sign in (-1, 1))
    assert found.shares[1].low == pytest.approx(1 - max(low, high), abs=1e-4)
    assert found.shares[1].high == pytest.approx(1 - min(low, high), abs=1e-4)


def test_days_until_a_share_and_the_share_by_a_day():
    found = curve(*zip(*WAITS, strict=True))
    assert found.within(0.5) == 9
    assert found.within(0.75) is None
    assert found.by(4) == Share(0, 0, 0)
    assert found.by(8).value == pytest.approx(0.4)
    assert found.by(12).value == pytest.approx(0.7)
    assert found.by(13) is None


def test_nobody_there_yet_and_nobody_at_all():
    assert curve([3, 9], [False, False]).within(0.5) is None
    assert curve([3, 9], [False, False]).by(5).value == 0
    assert curve([], []).by(30) is None
    with pytest.raises(ValueError, match="either over or not"):
        curve([1], [])


def test_when_all_are_there_any_later_day_is_known():
    assert curve([2, 4], [True, True]).by(90).value == 1


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60), st.integers(0, 400))
def test_without_anybody_waiting_it_is_the_plain_share(days, by):
    found = curve(days, [True] * len(days))
    share = found.by(by)
    assert share.value == pytest.approx(sum(day <= by for day in days) / len(days))
    assert found.within(0.5) == sorted(days)[math.ceil(len(days) / 2) - 1]


@given(st.lists(st.tuples(st.integers(0, 200), st.booleans()), min_size=1, max_size=40))
def test_the_curve_never_falls_and_stays_inside_its_interval(waits):
    found = curve(*zip(*waits, strict=True))
    values = [share.value for share in found.shares]
    assert values == sorted(values)
    assert all(-1e-9 <= share.low <= share.value + 1e-9 <= share.high + 2e-9 <= 1 + 3e-9 for share in found.shares)
