"""Schedules, figures, quarters and pictures: exact days and words, no database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial

import pytest

from accounts.calendar import add_business_days, business_days_between
from journeys.deployments import drawing, figures, quarters, schedule
from journeys.deployments.schedule import Item

MONDAY = dt.date(2026, 3, 2)


def laid_out(*items: Item, today: dt.date = MONDAY) -> schedule.Schedule:
    def shift(day: dt.date, n: int) -> dt.date:
        return add_business_days(day, n, "US")

    def between(start: dt.date, end: dt.date) -> int:
        return business_days_between(start, end, "US")

    return schedule.laid_out(items, MONDAY, today, shift=shift, between=between)


def days(slot: schedule.Slot) -> tuple[int, int]:
    return slot.start.day, slot.end.day


def test_what_waits_begins_on_the_working_day_after():
    found = laid_out(Item(1, 5), Item(2, 2, after=(1,)), Item(3, 1))
    assert days(found.slots[1]) == (2, 6)
    assert days(found.slots[2]) == (9, 10), "over the weekend"
    assert days(found.slots[3]) == (2, 2)
    assert found.end == dt.date(2026, 3, 10)


def test_what_moves_the_end_has_no_slack():
    found = laid_out(Item(1, 5), Item(2, 2, after=(1,)), Item(3, 1))
    assert {pk: slot.slack for pk, slot in found.slots.items()} == {1: 0, 2: 0, 3: 6}
    assert [pk for pk, slot in found.slots.items() if slot.critical] == [1, 2]


def test_what_is_late_pushes_those_that_wait_for_it():
    late = dt.date(2026, 3, 11)
    found = laid_out(Item(1, 5), Item(2, 2, after=(1,)), today=late)
    assert found.slots[1].expected_end == late
    assert (found.slots[2].expected_start.day, found.slots[2].expected_end.day) == (12, 13)
    assert (found.end, found.expected_end) == (dt.date(2026, 3, 10), dt.date(2026, 3, 13))


def test_what_is_done_early_pulls_them():
    found = laid_out(Item(1, 5, done_on=dt.date(2026, 3, 4)), Item(2, 2, after=(1,)), today=dt.date(2026, 3, 4))
    assert found.slots[2].expected_end == dt.date(2026, 3, 6)
    assert not found.slots[1].critical


def test_nothing_begins_before_its_day():
    assert days(laid_out(Item(1, 1, not_before=dt.date(2026, 3, 7))).slots[1]) == (9, 9), "a Saturday"


def test_a_circle_is_told_by_its_way():
    with pytest.raises(schedule.Circle) as told:
        laid_out(Item(1, 1, after=(3,)), Item(2, 1, after=(1,)), Item(3, 1, after=(2,)), Item(4, 1, after=(1,)))
    assert told.value.way == [1, 2, 3, 1]


def test_an_empty_plan_has_no_end():
    assert laid_out() == schedule.Schedule({}, None, None)


@pytest.mark.parametrize(
    ("late", "over", "tone", "word", "says"),
    [
        (None, False, "none", "No end agreed", ""), (0, False, "green", "On time", ""),
        (-3, True, "green", "Was on time", "3 d early"), (5, False, "amber", "Late", "5 d"),
        (6, True, "red", "Was late", "6 d"),
    ],
)  # fmt: skip
def test_on_time(late, over, tone, word, says):
    assert figures.on_time(late, over=over) == figures.Figure(tone, word, says)


def use(used: int, expected: int, planned: int | None) -> figures.Use:
    return figures.Use(Decimal(used), Decimal(expected), None if planned is None else Decimal(planned))


def test_on_budget_by_the_worse_of_both():
    none = use(4, 8, None)
    assert figures.on_budget(none, none, over=False).word == "No budget"
    assert figures.on_budget(use(4, 8, 10), none, over=False) == figures.Figure("green", "On budget", "80% of plan")
    assert figures.on_budget(use(4, 8, 10), use(9, 11, 10), over=False).tone == "amber"
    assert figures.on_budget(use(4, 12, 10), none, over=True) == figures.Figure(
        "red", "Was over budget", "120% of plan"
    )


def test_use_at_completion():
    expected = partial(figures.expected_use, Decimal(30))
    assert expected(Decimal(20), Decimal("0.5"), over=False) == 50
    assert expected(None, Decimal("0.5"), over=False) == 60
    assert expected(None, Decimal("0.1"), over=False) == 30, "too early to tell"
    assert expected(Decimal(20), Decimal("0.5"), over=True) == 30


def test_on_quality():
    assert figures.on_quality("", 0, 0).word == "Not reviewed"
    assert figures.on_quality("passed", 0, 0).tone == "green"
    assert figures.on_quality("findings", 2, 0) == figures.Figure("amber", "Findings", "2 open")
    assert figures.on_quality("rework", 1, 0) == figures.Figure("red", "Needs rework", "1 open finding")
    assert figures.on_quality("passed", 0, 1, critical=1).tone == "red"


def test_quarters():
    assert quarters.quarter_of(dt.date(2026, 11, 22)).name == "2026-Q4"
    assert [q.name for q in quarters.last(3, dt.date(2026, 2, 1))] == ["2026-Q1", "2025-Q4", "2025-Q3"]
    found = quarters.named("2026-Q2")
    assert found is not None
    assert (found.start, found.end) == (dt.date(2026, 4, 1), dt.date(2026, 7, 1))
    assert quarters.named("2026-Q5") is None


def test_a_picture_runs_from_the_first_day_to_the_last():
    week = (MONDAY, dt.date(2026, 3, 6))
    rows = [drawing.Stretch(1, week, week), drawing.Stretch(2, (dt.date(2026, 3, 9),) * 2, week, after=(1,))]
    drawn = drawing.chart(rows, MONDAY, dt.date(2026, 3, 9))
    assert drawn is not None
    assert (len(drawn.bars), len(drawn.links), drawn.ticks[0].day) == (2, 1, MONDAY)
    assert drawn.bars[0].x < drawn.bars[1].planned_x < drawn.width
    assert drawing.chart([], MONDAY, MONDAY) is None
