"""What is to be done: planned, ticked, taken out; ours with an owner are tasks of theirs, and both close as one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.actions import tasks
from accounts.actions.errors import refuse
from accounts.actions.validity import check, check_change, only
from accounts.actions.writing import change, stamp, told
from accounts.models import Outcome, TaskStatus, User
from journeys.deployments.actions import timing
from journeys.deployments.actions.standing import not_ahead, of_account, open_, tell, today_of
from journeys.deployments.models import Activity, Dependency, Deployment, TimeEntry

FIELDS = ("title", "side", "our_owner", "their_owner", "not_before_on", "days", "hours", "after")


@transaction.atomic
def add(
    deployment: Deployment, values: Mapping[str, Any], *, by: User | None, now: dt.datetime | None = None
) -> Activity:
    """`values`: title, side, our_owner, their_owner, not_before_on, days, hours, after (activities it waits for)."""
    row = open_(deployment)
    given = only(values, FIELDS)
    after = given.pop("after", [])
    last = Activity.objects.filter(deployment=row).aggregate(last=Max("position"))["last"]
    begin = row.begins_on
    activity = Activity(deployment=row, position=0 if last is None else last + 1, start_on=begin, due_on=begin, **given)
    check(activity)
    of_account(row, activity.their_owner, "their_owner")
    activity.save(force_insert=True)
    _wait_for(activity, after)
    timing.retime(row, by=by)
    found = _found(activity)
    timing.follow(found, by=by)
    _tell("activity.added", found, by, now=now)
    return _found(activity)


@transaction.atomic
def edit(activity: Activity, values: Mapping[str, Any], *, by: User | None, version: int | None = None) -> Activity:
    """Changes what differs; those that wait for it move along, and so do their tasks. Stale `version`: Conflict."""
    row = open_(activity.deployment)
    found = _found(activity)
    given = only(values, FIELDS)
    after = given.pop("after", None)
    check_change(found, given)
    of_account(row, given.get("their_owner"), "their_owner")
    changed = change(found, given, version=version)
    if after is not None and _wait_for(found, after):
        if not changed:
            stamp(found, version=version)
        changed["after"] = (None, [one.title for one in after])
    if changed:
        timing.retime(row, by=by)
        timing.follow(_found(activity), by=by)
        _tell("activity.edited", found, by, **told(changed))
    return _found(activity)


@transaction.atomic
def done(
    activity: Activity, *, on: dt.date | None = None, by: User | None, version: int | None = None,
    today: dt.date | None = None, now: dt.datetime | None = None,
) -> Activity:  # fmt: skip
    """Done that day, with its task; ticked twice it stays as it is."""
    row = open_(activity.deployment)
    found = _found(activity)
    if found.is_done:
        return found
    day = on or today_of(row, today)
    not_ahead(day, today_of(row, today), "on")
    change(found, {"done_on": day, "done_by": by}, version=version)
    if found.task is not None and found.task.status == TaskStatus.OPEN:
        tasks.complete(found.task, outcome=Outcome.ACHIEVED, by=by, now=now)
    timing.foresee(row)
    _tell("activity.done", found, by, now=now, on=day.isoformat())
    return _found(activity)


@transaction.atomic
def reopen(activity: Activity, *, by: User | None, version: int | None = None) -> Activity:
    """To be done again, with its task; an open one stays as it is."""
    row = open_(activity.deployment)
    found = _found(activity)
    if not found.is_done:
        return found
    change(found, {"done_on": None, "done_by": None}, version=version)
    if found.task is not None and found.task.status == TaskStatus.DONE:
        tasks.reopen(found.task, by=by)
    timing.follow(_found(activity), by=by)
    timing.foresee(row)
    _tell("activity.reopened", found, by)
    return _found(activity)


@transaction.atomic
def remove(activity: Activity, *, by: User | None) -> None:
    """Out of the plan, with its task; what waited for it waits for what it waited for. What took hours stays."""
    row = open_(activity.deployment)
    found = _found(activity)
    if found.is_done:
        raise refuse("", "This is done; it stays in the plan.")
    if TimeEntry.objects.filter(activity=found).exists():
        raise refuse("", "Hours were worked on this; tick it as done instead.")
    if found.task is not None and found.task.status == TaskStatus.OPEN:
        tasks.drop(found.task, reason="No longer in the plan of the deployment.", by=by)
    _bridge(found)
    _tell("activity.removed", found, by)
    found.delete()
    timing.retime(row, by=by)


def _wait_for(activity: Activity, after: Iterable[Activity]) -> bool:
    """Whether anything changed in what it waits for."""
    wanted = {one.pk: one for one in after}
    for one in wanted.values():
        if one.deployment_id != activity.deployment_id:
            raise refuse("after", "This activity belongs to another deployment.")
        if one.pk == activity.pk:
            raise refuse("after", "An activity can't wait for itself.")
    there = Dependency.objects.filter(activity=activity)
    known = set(there.values_list("after_id", flat=True))
    there.exclude(after__in=wanted).delete()
    fresh = [Dependency(activity=activity, after=one) for pk, one in wanted.items() if pk not in known]
    Dependency.objects.bulk_create(fresh)
    return known != wanted.keys()


def _bridge(gone: Activity) -> None:
    before = list(Dependency.objects.filter(activity=gone).values_list("after_id", flat=True))
    behind = Dependency.objects.filter(after=gone).values_list("activity_id", flat=True)
    pairs = [Dependency(activity_id=later, after_id=earlier) for later in behind for earlier in before]
    Dependency.objects.bulk_create(pairs, ignore_conflicts=True)


def _found(activity: Activity) -> Activity:
    named = ("deployment__account", "deployment__tenant", "our_owner", "their_owner", "task__account", "task__assignee")
    return Activity.objects.select_related(*named).get(pk=activity.pk)


def _tell(kind: str, activity: Activity, by: User | None, now: dt.datetime | None = None, **facts: Any) -> None:
    about = {"activity_id": activity.pk, "title": activity.title, "side": activity.side}
    tell(kind, activity.deployment, by, now=now, **(about | facts))
