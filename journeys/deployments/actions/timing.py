"""The days of a plan's activities, kept as what they follow from changes; and the tasks that go along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from accounts.actions import tasks
from accounts.actions.errors import refuse
from accounts.actions.writing import change
from accounts.models import TaskStatus, Tenant, User
from journeys.deployments.actions.standing import today_of
from journeys.deployments.models import Activity, Deployment
from journeys.deployments.outlook import items_of, outlooks, scheduled
from journeys.deployments.schedule import Circle, Schedule

SOURCE = "deployment"


def retime(deployment: Deployment, *, by: User | None) -> None:
    """First and last day of each activity as the plan says them; refuses a circle by its names."""
    rows = items_of(deployment, deployment.tenant)
    titles = {activity.pk: activity.title for activity, _item in rows}
    try:
        found = scheduled(deployment, [item for _a, item in rows], deployment.tenant, today_of(deployment))
    except Circle as circle:
        names = " → ".join(f"“{titles[pk]}”" for pk in circle.way)
        raise refuse("after", f"They would wait for each other: {names}.") from circle
    for activity, _item in rows:
        activity.deployment = deployment
        slot = found.slots[activity.pk]
        if change(activity, {"start_on": slot.start, "due_on": slot.end}):
            follow(activity, by=by)
    _foreseen(deployment, found)


def foresee(deployment: Deployment) -> None:
    """When it will end as things stand; the days of the activities stay as they were planned."""
    items = [item for _activity, item in items_of(deployment, deployment.tenant)]
    _foreseen(deployment, scheduled(deployment, items, deployment.tenant, today_of(deployment)))


def foresee_all(deployments: Sequence[Deployment], tenant: Tenant, today: dt.date) -> None:
    """The same for many that were brought along; the same few queries for all."""
    for row, seen in zip(deployments, outlooks(deployments, tenant, today).values(), strict=True):
        row.forecast_end_on = seen.schedule.expected_end
    Deployment.objects.bulk_update(deployments, ["forecast_end_on"], batch_size=500)


def _foreseen(deployment: Deployment, found: Schedule) -> None:
    """Beside its version: nobody said it, so nobody's form is stale by it."""
    Deployment.objects.filter(pk=deployment.pk).update(forecast_end_on=found.expected_end)


def follow(activity: Activity, *, by: User | None) -> None:
    """Whoever of us has it finds it among their tasks; the task changes words, day and hands with it."""
    task = activity.task
    if task is None or task.status != TaskStatus.OPEN:
        _give(activity, by)
    elif activity.is_ours and activity.our_owner is not None:
        values = {"title": activity.title, "assignee": activity.our_owner, "due_on": activity.due_on}
        tasks.edit(task, values, by=by)
    else:
        tasks.drop(task, reason="No longer ours in the deployment.", by=by)
        change(activity, {"task": None})


def _give(activity: Activity, by: User | None) -> None:
    if not activity.is_ours or activity.our_owner is None or activity.is_done:
        return
    about = activity.deployment
    values = {
        "account": about.account, "title": activity.title, "assignee": activity.our_owner,
        "due_on": activity.due_on, "detail": f"In “{about.name}”.", "source": SOURCE,
    }  # fmt: skip
    change(activity, {"task": tasks.add(values, by=by)})


def let_go(deployment: Deployment, *, by: User | None) -> None:
    """Nobody has to do any more what wasn't done."""
    waiting = Activity.objects.filter(deployment=deployment, task__status=TaskStatus.OPEN)
    for activity in waiting.select_related("task__account", "task__assignee"):
        if activity.task is not None:
            tasks.drop(activity.task, reason="The deployment was cancelled.", by=by)
