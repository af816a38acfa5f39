"""Milestones and actions of both sides. A step of ours with an owner is a task of theirs, and the two close as one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from accounts.actions import tasks
from accounts.actions.errors import Conflict, refuse
from accounts.actions.validity import check, check_change, only, settled
from accounts.actions.writing import change, told
from accounts.calendar import local_today
from accounts.models import Contact, Outcome, TaskStatus, User
from journeys.plans.actions.standing import of_account, open_, tell
from journeys.plans.models import Plan, Side, Step

FIELDS = ("objective", "kind", "side", "title", "audience", "our_owner", "their_owner", "due_on")
SOURCE = "plan"
DAYS = 7  # for a task whose step has no day yet


@transaction.atomic
def add(plan: Plan, values: Mapping[str, Any], *, by: User | None) -> Step:
    row = open_(plan)
    given = only(values, FIELDS)
    last = Step.objects.filter(plan=row).aggregate(last=Max("position"))["last"]
    step = Step(plan=row, position=0 if last is None else last + 1, **given)
    check(step)
    _belongs(row, given)
    step.save(force_insert=True)
    settled(step)
    give_task(step, by=by)
    _tell("step.added", step, row, by)
    return step


@transaction.atomic
def edit(step: Step, values: Mapping[str, Any], *, by: User | None, version: int | None = None) -> Step:
    """Changes what differs; its task goes along. Stale `version`, or dropped meanwhile: Conflict."""
    plan, row = _standing(step)
    given = only(values, FIELDS)
    check_change(row, given)
    _belongs(plan, given)
    changed = change(row, given, version=version)
    if changed:
        _follow(row, by)
        _tell("step.edited", row, plan, by, **told(changed))
    return row


@transaction.atomic
def done(
    step: Step,
    *,
    by: User | None = None,
    contact: Contact | None = None,
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Step:
    """Done by one of us or by a contact, who may tick what is theirs; ticked twice it stays as it is."""
    plan, row = _standing(step)
    of_account(plan, contact, "contact")
    if row.is_done:
        return row
    if contact is not None and row.side == Side.US:
        raise refuse("", "This is ours to do.")
    values = {"done_at": now or Now(), "done_by": None if contact else by, "done_contact": contact}
    change(row, values, version=version)
    if row.task is not None and row.task.status == TaskStatus.OPEN:
        tasks.complete(row.task, outcome=Outcome.ACHIEVED, note=_ticked(contact), by=by, now=now)
    _tell("step.done", row, plan, by, contact, occurred_at=now)
    return row


@transaction.atomic
def reopen(step: Step, *, by: User | None = None, contact: Contact | None = None, version: int | None = None) -> Step:
    """To be done again, with its task; an open step stays as it is."""
    plan, row = _standing(step)
    of_account(plan, contact, "contact")
    if not row.is_done:
        return row
    if contact is not None and row.side == Side.US:
        raise refuse("", "This is ours to do.")
    change(row, {"done_at": None, "done_by": None, "done_contact": None}, version=version)
    if row.task is not None and row.task.status == TaskStatus.DONE:
        tasks.reopen(row.task, by=by)
    _tell("step.reopened", row, plan, by, contact)
    return row


@transaction.atomic
def drop(step: Step, *, reason: str = "", by: User | None, version: int | None = None) -> Step:
    """Won't be done, nor will its task. What was done stays."""
    plan, row = _standing(step)
    if row.is_done:
        raise Conflict(row)
    change(row, {"dropped_at": Now(), "done_at": None, "done_by": None, "done_contact": None}, version=version)
    _let_go(row, by)
    _tell("step.dropped", row, plan, by, reason=reason.strip())
    return row


def give_task(step: Step, *, by: User | None, now: dt.datetime | None = None) -> None:
    """Whoever of us has the step finds it among their tasks."""
    if not step.is_ours or step.our_owner is None or step.task_id or step.is_done:
        return
    due_on = step.due_on or local_today(step.tenant) + dt.timedelta(days=DAYS)
    values = {"account": step.plan.account, "title": step.title, "assignee": step.our_owner, "due_on": due_on}
    task = tasks.add(values | {"source": SOURCE}, by=by, now=now)
    change(step, {"task": task})


def _follow(step: Step, by: User | None) -> None:
    """The task says what its step says, changes hands with it, or is let go with its owner."""
    if step.task is None or step.task.status != TaskStatus.OPEN:
        give_task(step, by=by)
    elif step.is_ours and step.our_owner is not None:
        values = {"title": step.title, "assignee": step.our_owner, "due_on": step.due_on or step.task.due_on}
        tasks.edit(step.task, values, by=by)
    else:
        _let_go(step, by)
        change(step, {"task": None})


def _let_go(step: Step, by: User | None) -> None:
    if step.task is not None and step.task.status == TaskStatus.OPEN:
        tasks.drop(step.task, reason="No longer ours in the plan.", by=by)


def _standing(step: Step) -> tuple[Plan, Step]:
    """The plan locked, and the step with its task as they stand; what was dropped is over."""
    plan = open_(step.plan)
    named = ("plan__account", "our_owner", "task__account", "task__assignee")
    row = Step.objects.select_for_update(of=("self",)).select_related(*named).get(pk=step.pk)
    if row.dropped_at is not None:
        raise Conflict(row)
    return plan, row


def _belongs(plan: Plan, given: Mapping[str, Any]) -> None:
    of_account(plan, given.get("their_owner"), "their_owner")
    objective = given.get("objective")
    if objective is not None and objective.plan_id != plan.pk:
        raise refuse("objective", "This objective belongs to another plan.")


def _ticked(contact: Contact | None) -> str:
    return f"{contact.name} ticked it in the plan." if contact else ""


def _tell(kind: str, step: Step, plan: Plan, by: User | None, contact: Contact | None = None, **facts: Any) -> None:
    about = {"step_id": step.pk, "side": step.side, "title": step.title, "audience": step.audience}
    tell(kind, plan, by, contact, **(about | facts))
