"""The steps before the event: their order, their tasks, their twins in the plan."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.actions import tasks
from accounts.actions.errors import Conflict, Refused
from accounts.calendar import local_today
from accounts.models import Event, Task
from journeys.critical_events import timelines
from journeys.critical_events.actions import events, steps
from journeys.critical_events.models import TimelineStep
from journeys.plans.actions import plans
from journeys.plans.actions import steps as plan_steps
from journeys.plans.models import Step as PlanStep
from tests.factories import critical_events as factory
from tests.factories import plans as plan_factory
from tests.factories.accounts import AccountFactory

pytestmark = pytest.mark.django_db


def titles(event) -> list[str]:
    return [step.title for step in timelines.steps_of(event)]


def again(step: TimelineStep) -> TimelineStep:
    return TimelineStep.objects.select_related(*timelines.RELATED).get(pk=step.pk)


def is_done(step: TimelineStep) -> bool:
    """The row and the database say the same."""
    row = again(step)
    in_sql = TimelineStep.objects.done().filter(pk=step.pk).exists()
    assert in_sql != TimelineStep.objects.open().filter(pk=step.pk).exists()
    assert in_sql == row.is_done
    return in_sql


def in_plan(cast) -> tuple[TimelineStep, PlanStep]:
    account = AccountFactory(csm=cast.cass)
    plan_factory.empty(cast, account)
    step = factory.step(cast, factory.found(cast, account), side="us", our_owner=cast.dee)
    pushed = steps.push(step, by=cast.cass)
    return pushed, pushed.plan_step


def test_each_step_comes_before_the_ones_there_are(acme):
    event = factory.planned(acme)
    steps.add(event, {"title": "Data brought over", "days": 4}, by=acme.cass)
    assert titles(event) == ["Shifts planned in the new tool", "Shift leads trained", "Data brought over"]
    rows = timelines.steps_of(event)
    assert rows[0].start_by > rows[1].finish_by >= rows[1].start_by > rows[2].finish_by


def test_steps_change_places_and_the_ends_stay_where_they_are(acme):
    event = factory.planned(acme)
    last, first = timelines.steps_of(event)
    steps.move(first, later=True, by=acme.cass)
    assert titles(event) == ["Shift leads trained", "Shifts planned in the new tool"]
    assert again(first).finish_by > again(last).finish_by
    steps.move(first, later=True, by=acme.cass)
    assert titles(event) == ["Shift leads trained", "Shifts planned in the new tool"]


def test_a_longer_step_moves_those_before_it_and_slack_does_too(acme):
    event = factory.planned(acme)
    last, first = timelines.steps_of(event)
    before = first.finish_by
    steps.edit(last, {"days": 8}, by=acme.cass)
    longer = again(first).finish_by
    steps.edit(first, {"slack": 3}, by=acme.cass)
    assert before > longer > again(first).finish_by


def test_a_step_of_ours_is_a_task_and_the_two_close_as_one(acme):
    step = factory.step(acme, side="us", our_owner=acme.dee)
    task = Task.objects.get()
    assert (task.title, task.assignee, task.due_on) == (step.title, acme.dee, step.finish_by)
    assert not is_done(step)
    tasks.complete(task, outcome="achieved", by=acme.dee)
    assert is_done(step)
    steps.reopen(step, by=acme.cass)
    assert Task.objects.get().status == "open"
    assert not is_done(step)
    steps.done(step, by=acme.cass)
    assert Task.objects.get().status == "done"
    assert is_done(step)


def test_a_step_of_theirs_has_no_task(acme):
    step = factory.step(acme, side="them", our_owner=acme.dee)
    assert not Task.objects.exists()
    steps.edit(step, {"side": "us"}, by=acme.cass)
    assert Task.objects.get().assignee == acme.dee
    steps.edit(step, {"side": "them"}, by=acme.cass)
    assert Task.objects.get().status == "dropped"


def test_a_pushed_step_is_one_with_its_twin_in_the_plan(acme):
    step, twin = in_plan(acme)
    assert (twin.title, twin.due_on, twin.our_owner) == (step.title, step.finish_by, acme.dee)
    assert sorted(Task.objects.values_list("status", "source")) == [("dropped", "critical_event"), ("open", "plan")]
    plan_steps.done(twin, by=acme.dee)
    assert is_done(step)
    steps.reopen(step, by=acme.cass)
    assert not is_done(step)
    steps.done(step, by=acme.cass)
    assert PlanStep.objects.done().get() == twin
    assert is_done(step)


def test_a_pushed_step_moves_with_the_event(acme):
    step, twin = in_plan(acme)
    events.edit(step.event, {"due_on": step.event.due_on + dt.timedelta(days=14)}, by=acme.cass)
    twin.refresh_from_db()
    assert twin.due_on == again(step).finish_by == step.finish_by + dt.timedelta(days=14)


def test_after_its_plan_is_closed_a_step_goes_on_by_itself(acme):
    step, twin = in_plan(acme)
    plans.close(twin.plan, reason="Renewed", by=acme.cass)
    assert not is_done(step)
    steps.done(step, by=acme.cass)
    assert is_done(step)


def test_without_a_plan_nothing_is_pushed(acme):
    with pytest.raises(Refused):
        steps.push(factory.step(acme), by=acme.cass)


def test_all_open_steps_are_pushed_at_once_and_only_once(acme):
    account = AccountFactory(csm=acme.cass)
    plan_factory.empty(acme, account)
    event = factory.planned(acme, account)
    steps.done(timelines.steps_of(event)[0], by=acme.cass)
    assert (steps.push_all(event, by=acme.cass), steps.push_all(event, by=acme.cass)) == (1, 0)
    assert PlanStep.objects.get().title == "Shift leads trained"


def test_the_late_ones_are_found_by_the_database(acme):
    today = local_today(acme.tenant)
    event = factory.found(acme, due_on=today + dt.timedelta(days=10))
    late = steps.add(event, {"title": "Too long", "days": 60}, by=acme.cass)
    layout = timelines.lay_out(event, timelines.steps_of(event), today)
    assert [row.at.state for row in layout.rows] == ["late"]
    assert list(TimelineStep.objects.late(today)) == [late]
    events.miss(event, by=acme.cass)
    assert not TimelineStep.objects.late(today).exists()


def test_a_dropped_step_is_over_and_a_done_one_stays(acme):
    event = factory.planned(acme)
    last, first = timelines.steps_of(event)
    steps.drop(first, by=acme.cass)
    assert titles(event) == [last.title]
    with pytest.raises(Conflict):
        steps.done(first, by=acme.cass)
    steps.done(last, by=acme.cass)
    with pytest.raises(Conflict):
        steps.drop(last, by=acme.cass)


@pytest.mark.parametrize("values", [{"days": 0}, {"days": 251}, {"slack": -1}, {"title": ""}, {"side": "nobody"}])
def test_what_cannot_be_is_refused_and_nothing_is_written(acme, values):
    event = factory.found(acme)
    with pytest.raises(Refused) as refused:
        factory.step(acme, event, **values)
    assert set(refused.value.errors) == set(values)
    assert not TimelineStep.objects.exists()


def test_beginning_is_told_and_cannot_lie_ahead(acme):
    step = factory.step(acme)
    with pytest.raises(Refused):
        steps.start(step, by=acme.cass, on=local_today(acme.tenant) + dt.timedelta(days=1))
    steps.start(step, by=acme.cass)
    assert again(step).started_on == local_today(acme.tenant)
    assert Event.objects.filter(kind="critical_event.step_started").count() == 1


def test_two_at_once_the_second_is_told(acme):
    step = factory.step(acme)
    seen = again(step).version
    steps.edit(step, {"days": 6}, by=acme.cass, version=seen)
    with pytest.raises(Conflict):
        steps.edit(step, {"days": 7}, by=acme.dee, version=seen)
    assert again(step).days == 6
