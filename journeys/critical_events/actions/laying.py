"""Lays the steps anew after every change: their days at the latest, and with them tasks and steps of the plan."""

from __future__ import annotations

import datetime as dt

from accounts.actions import tasks
from accounts.actions.errors import refuse
from accounts.actions.writing import change
from accounts.models import User
from journeys.critical_events.models import CriticalEvent, TimelineStep
from journeys.critical_events.timelines import has_open_task, in_plan, lay_out, steps_of
from journeys.plans.actions import steps as plan_steps

SOURCE = "critical_event"
EARLIEST = dt.date(1970, 1, 1)


def lay(event: CriticalEvent, *, by: User | None) -> None:
    """Whoever moves the event moves all. Days that didn't change aren't written."""
    steps = steps_of(event)
    moved = []
    for row in lay_out(event, steps, event.happens_on).rows:
        days = (row.at.start_by, row.at.finish_by)
        if days[0] < EARLIEST:
            raise refuse("days", "These steps take longer than anybody can plan.")
        if (row.step.start_by, row.step.finish_by) != days:
            row.step.start_by, row.step.finish_by = days
            moved.append(row.step)
    TimelineStep.objects.bulk_update(moved, ["start_by", "finish_by"])
    for step in steps:
        _follow(step, event, by)


def give_task(step: TimelineStep, event: CriticalEvent, by: User | None) -> None:
    """Whoever of us has the step finds it among their tasks."""
    values = {"account": event.account, "title": step.title, "assignee": step.our_owner, "due_on": step.finish_by}
    task = tasks.add(values | {"source": SOURCE, "detail": f"For: {event.title}"}, by=by)
    change(step, {"task": task})


def let_go(step: TimelineStep, by: User | None, reason: str) -> None:
    if step.task is not None and step.task.status == "open":
        tasks.drop(step.task, reason=reason, by=by)


def _follow(step: TimelineStep, event: CriticalEvent, by: User | None) -> None:
    """What stands elsewhere for this step says the same words and days."""
    if step.is_done:
        return
    if in_plan(step):
        other = step.plan_step
        assert other is not None
        owners = {"side": step.side, "our_owner": step.our_owner, "their_owner": step.their_owner}
        plan_steps.edit(other, {"title": step.title, "due_on": step.finish_by} | owners, by=by)
    elif has_open_task(step) and not (step.is_ours and step.our_owner):
        let_go(step, by, "No longer ours.")
        change(step, {"task": None})
    elif has_open_task(step):
        assert step.task is not None
        tasks.edit(step.task, {"title": step.title, "due_on": step.finish_by, "assignee": step.our_owner}, by=by)
    elif step.is_ours and step.our_owner and step.task is None:
        give_task(step, event, by)
