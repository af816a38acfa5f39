"""The reverse timeline: days at the latest, what is late, what that endangers."""

from __future__ import annotations

import datetime as dt
from functools import partial
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.calendar import is_business_day
from journeys.critical_events.planner import Step, plan

# A busy machine takes its time over the first draw, and that says nothing of the planner.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

DAY = dt.timedelta(days=1)
US = partial(is_business_day, country="US")
DE = partial(is_business_day, country="DE")
GO_LIVE = dt.date(2026, 12, 1)  # a Tuesday; Thanksgiving is 26 November
CHAIN = [Step(1, 3), Step(2, 5), Step(3, 2)]

days = st.dates(dt.date(2025, 1, 1), dt.date(2028, 12, 31))


@st.composite
def chains(draw):
    count = draw(st.integers(0, 8))
    return [
        Step(n, draw(st.integers(1, 25)), draw(st.integers(0, 6)), draw(st.booleans()), draw(st.none() | days))
        for n in range(count)
    ]


def test_days_run_back_from_the_event_over_weekends_and_holidays():
    line = plan(GO_LIVE, CHAIN, dt.date(2026, 11, 2), US)
    assert [(one.start_by, one.finish_by) for one in line.steps] == [
        (dt.date(2026, 11, 25), dt.date(2026, 11, 30)),
        (dt.date(2026, 11, 18), dt.date(2026, 11, 24)),
        (dt.date(2026, 11, 16), dt.date(2026, 11, 17)),
    ]
    assert (line.begin_by, line.earliest_on, line.is_kept) == (dt.date(2026, 11, 16), GO_LIVE, True)


def test_another_country_has_other_holidays():
    assert plan(GO_LIVE, CHAIN, dt.date(2026, 11, 2), DE).begin_by == dt.date(2026, 11, 17)


def test_room_is_counted_in_working_days_until_a_step_must_begin():
    line = plan(GO_LIVE, CHAIN, dt.date(2026, 11, 13), US)
    assert [(one.room, one.state) for one in line.steps] == [(8, "ahead"), (3, "ahead"), (1, "ahead")]
    assert plan(GO_LIVE, CHAIN, dt.date(2026, 11, 16), US).steps[-1].state == "now"


def test_a_step_that_should_have_begun_is_late_and_endangers_all_after_it():
    line = plan(GO_LIVE, CHAIN, dt.date(2026, 11, 18), US)
    first = line.steps[-1]
    assert (first.state, first.late_by, first.endangers, first.endangers_event) == ("late", 2, (2, 1), True)
    assert (line.late_by, line.earliest_on) == (2, dt.date(2026, 12, 3))
    assert [one.threatened for one in line.steps] == [True, True, False]


def test_slack_on_the_way_saves_the_event():
    chain = [Step(1, 3), Step(2, 3, slack=2), Step(3, 2)]
    line = plan(GO_LIVE, chain, dt.date(2026, 11, 18), US)
    first = line.steps[-1]
    assert (first.late_by, first.endangers, first.endangers_event) == (2, (2,), False)
    assert line.is_kept


def test_a_late_step_that_is_done_endangers_nothing():
    done = [*CHAIN[:2], Step(3, 2, done=True)]
    line = plan(GO_LIVE, done, dt.date(2026, 11, 18), US)
    assert [one.state for one in line.steps] == ["ahead", "now", "done"]
    assert line.is_kept


def test_a_step_that_began_in_time_is_not_late_until_it_takes_too_long():
    def at(today):
        return plan(GO_LIVE, [*CHAIN[:2], Step(3, 2, started_on=dt.date(2026, 11, 16))], today, US).steps[-1]

    assert (at(dt.date(2026, 11, 17)).state, at(dt.date(2026, 11, 17)).room) == ("running", 0)
    assert (at(dt.date(2026, 11, 19)).state, at(dt.date(2026, 11, 19)).late_by) == ("late", 2)


def test_an_event_without_steps_or_behind_us_stands_alone():
    assert plan(GO_LIVE, [], dt.date(2026, 11, 2), US).begin_by is None
    behind = plan(GO_LIVE, CHAIN, dt.date(2026, 12, 14), US)
    assert (behind.late_by, behind.earliest_on) == (19, dt.date(2026, 12, 29))


@PATIENT
@given(days, chains(), days)
def test_no_day_is_a_holiday_or_a_weekend(event_on, steps, today):
    line = plan(event_on, steps, today, DE)
    for one in line.steps:
        assert all(DE(day) for day in (one.start_by, one.finish_by, one.expected_finish))
        assert one.start_by <= one.finish_by < event_on
    assert line.is_kept == (line.earliest_on == event_on)
    assert line.earliest_on >= event_on


@PATIENT
@given(days, chains(), days)
def test_steps_follow_each_other_without_overlap(event_on, steps, today):
    placed = plan(event_on, steps, today, US).steps
    for later, earlier in pairwise(placed):
        assert earlier.finish_by < later.start_by


@PATIENT
@given(days, chains(), days, st.integers(0, 7))
def test_less_slack_never_makes_anything_later_than_it_was(event_on, steps, today, which):
    tight = [Step(s.key, s.days, 0 if n == which else s.slack, s.done, s.started_on) for n, s in enumerate(steps)]
    loose, tightened = plan(event_on, steps, today, US), plan(event_on, tight, today, US)
    for before, after in zip(loose.steps, tightened.steps, strict=True):
        assert after.start_by >= before.start_by
        assert after.room >= before.room
    assert tightened.late_by == loose.late_by


@PATIENT
@given(days, chains(), days, st.integers(1, 200))
def test_moving_the_event_moves_all(event_on, steps, today, by):
    here, there = plan(event_on, steps, today, US), plan(event_on + DAY * by, steps, today, US)
    for before, after in zip(here.steps, there.steps, strict=True):
        assert after.start_by >= before.start_by
        assert after.finish_by >= before.finish_by
    weeks = plan(event_on + DAY * 7, steps, today + DAY * 7, lambda day: day.weekday() < 5)
    same = plan(event_on, steps, today, lambda day: day.weekday() < 5)
    assert [one.start_by - DAY * 7 for one in weeks.steps] == [one.start_by for one in same.steps]


@PATIENT
@given(days, chains(), days)
def test_at_the_earliest_day_everything_is_kept(event_on, steps, today):
    line = plan(event_on, steps, today, US)
    again = plan(line.earliest_on, steps, today, US)
    assert again.is_kept
