"""The steps before the event: added below the last one, moved, begun, done, dropped, pushed to the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from accounts.actions import tasks
from accounts.actions.errors import Conflict, refuse
from accounts.actions.validity import check, check_change, only, settled
from accounts.actions.writing import change, told
from accounts.calendar import local_today
from accounts.models import Outcome, TaskStatus, User
from journeys.critical_events.actions.laying import lay, let_go
from journeys.critical_events.actions.standing import of_account, open_, tell
from journeys.critical_events.models import CriticalEvent, TimelineStep
from journeys.critical_events.timelines import RELATED, has_open_task, in_plan, steps_of
from journeys.plans.actions import steps as plan_steps
from journeys.plans.models import Audience, Plan

FIELDS = ("title", "side", "our_owner", "their_owner", "days", "slack")
MOST = 60


def add(event: CriticalEvent, values: Mapping[str, Any], *, by: User | None) -> TimelineStep:
    """The step before the ones there are."""
    return lay_down(event, [values], by=by)[0]


@transaction.atomic
def lay_down(
    event: CriticalEvent, lines: Sequence[Mapping[str, Any]], *, by: User | None, now: dt.datetime | None = None
) -> list[TimelineStep]:
    """Several at once, last first, each before the one named before it."""
    row = open_(event)
    last = TimelineStep.objects.filter(event=row).aggregate(last=Max("position"))["last"]
    place = 0 if last is None else last + 1
    if TimelineStep.objects.standing().filter(event=row).count() + len(lines) > MOST:
        raise refuse("", f"At most {MOST} steps, please: what takes more is a project.")
    made = [_made(row, values, place + n, by, now) for n, values in enumerate(lines)]
    if made:
        lay(row, by=by)
    for step in made:
        settled(step)
    return made


@transaction.atomic
def edit(step: TimelineStep, values: Mapping[str, Any], *, by: User | None, version: int | None = None) -> TimelineStep:
    """Changes what differs; the days of all steps before it follow. Stale `version`: Conflict."""
    event, row = _standing(step)
    given = only(values, FIELDS)
    check_change(row, given)
    of_account(event.account, given.get("their_owner"), "their_owner")
    changed = change(row, given, version=version)
    if changed:
        _tell("critical_event.step_changed", row, event, by, **told(changed))
        lay(event, by=by)
    return settled(row)


@transaction.atomic
def move(step: TimelineStep, *, later: bool, by: User | None, version: int | None = None) -> TimelineStep:
    """One place nearer to the event, or one away from it; at the end of the line it stays."""
    event, row = _standing(step)
    line = steps_of(event)
    here = next(n for n, one in enumerate(line) if one.pk == row.pk)
    there = here - 1 if later else here + 1
    if 0 <= there < len(line):
        other = line[there]
        place, theirs = row.position, other.position
        change(row, {"position": theirs}, version=version)
        change(other, {"position": place})
        _tell("critical_event.step_changed", row, event, by, fields=["position"], changed="the place")
        lay(event, by=by)
    return settled(row)


@transaction.atomic
def start(
    step: TimelineStep, *, by: User | None, on: dt.date | None = None, version: int | None = None
) -> TimelineStep:
    """Work on it has begun; begun in time it isn't late until it takes too long."""
    event, row = _standing(step)
    today = local_today(row.tenant)
    if on is not None and on > today:
        raise refuse("on", "This lies ahead.")
    if not row.is_done and row.started_on is None:
        change(row, {"started_on": on or today}, version=version)
        _tell("critical_event.step_started", row, event, by)
    return row


@transaction.atomic
def done(
    step: TimelineStep, *, by: User | None, version: int | None = None, now: dt.datetime | None = None
) -> TimelineStep:
    """Done here is done in the plan and among the tasks; ticked twice it stays as it is."""
    event, row = _standing(step)
    if row.is_done:
        return row
    if in_plan(row):
        _seen(row, version)
        assert row.plan_step is not None
        plan_steps.done(row.plan_step, by=by, now=now)
    else:
        change(row, {"done_at": now or Now(), "done_by": by}, version=version)
        if has_open_task(row):
            assert row.task is not None
            tasks.complete(row.task, outcome=Outcome.ACHIEVED, by=by, now=now)
    _tell("critical_event.step_done", row, event, by, occurred_at=now)
    return _again(row)


@transaction.atomic
def reopen(step: TimelineStep, *, by: User | None, version: int | None = None) -> TimelineStep:
    """To be done again, wherever it stands; an open one stays as it is."""
    event, row = _standing(step)
    if not row.is_done:
        return row
    _seen(row, version)
    if in_plan(row):
        assert row.plan_step is not None
        plan_steps.reopen(row.plan_step, by=by)
    change(row, {"done_at": None, "done_by": None})
    if row.task is not None and row.task.status == TaskStatus.DONE:
        tasks.reopen(row.task, by=by)
    _tell("critical_event.step_reopened", row, event, by)
    lay(event, by=by)
    return _again(row)


@transaction.atomic
def drop(step: TimelineStep, *, by: User | None, version: int | None = None) -> TimelineStep:
    """Out of the timeline, with its task; what was done stays, and so does the plan's step."""
    event, row = _standing(step)
    if row.is_done:
        raise Conflict(row)
    let_go(row, by, "Taken out of the timeline.")
    change(row, {"dropped_at": Now(), "plan_step": None}, version=version)
    _tell("critical_event.step_dropped", row, event, by)
    lay(event, by=by)
    return row


@transaction.atomic
def push(
    step: TimelineStep, *, by: User | None, audience: str = Audience.EVERYONE, version: int | None = None
) -> TimelineStep:
    """Into the account's open plan: from then on the two are one. A step that is there already stays there."""
    event, row = _standing(step)
    if in_plan(row):
        return row
    plan = Plan.objects.open().filter(account=event.account_id).first()
    if plan is None:
        raise refuse("", "This account has no open plan.")
    if row.is_done:
        raise refuse("", "This is done already.")
    let_go(row, by, "It stands in the plan now.")
    named = {name: getattr(row, name) for name in ("title", "side", "our_owner", "their_owner")}
    values = named | {"due_on": row.finish_by, "audience": audience}
    change(row, {"plan_step": plan_steps.add(plan, values, by=by), "task": None}, version=version)
    _tell("critical_event.step_pushed", row, event, by)
    return _again(row)


@transaction.atomic
def push_all(event: CriticalEvent, *, by: User | None) -> int:
    """Every open step that isn't there yet, earliest first; how many."""
    row = open_(event)
    waiting = [step for step in reversed(steps_of(row)) if not step.is_done and not in_plan(step)]
    for step in waiting:
        push(step, by=by)
    return len(waiting)


def let_all_go(event: CriticalEvent, *, by: User | None) -> None:
    """Nobody has to do any of it any more."""
    for step in steps_of(event):
        let_go(step, by, "The event was withdrawn.")


def _made(
    event: CriticalEvent, values: Mapping[str, Any], place: int, by: User | None, now: dt.datetime | None
) -> TimelineStep:
    step = TimelineStep(event=event, position=place, **only(values, FIELDS))
    check(step)
    of_account(event.account, step.their_owner, "their_owner")
    step.save(force_insert=True)
    _tell("critical_event.step_added", step, event, by, occurred_at=now)
    return step


def _standing(step: TimelineStep) -> tuple[CriticalEvent, TimelineStep]:
    """The event locked, and the step as it stands; what was dropped is over."""
    event = open_(step.event)
    row = _again(step)
    if row.dropped_at is not None:
        raise Conflict(row)
    row.event = event
    return event, row


def _seen(row: TimelineStep, version: int | None) -> None:
    """Where another row is written, this one's version is asked by itself."""
    if version is not None and version != row.version:
        raise Conflict(row)


def _again(step: TimelineStep) -> TimelineStep:
    return TimelineStep.objects.select_related(*RELATED).get(pk=step.pk)


def _tell(kind: str, step: TimelineStep, event: CriticalEvent, by: User | None, **facts: Any) -> None:
    tell(kind, event, by, step_id=step.pk, step=step.title, **facts)
