"""Tasks: given, done, put off, handed on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions.errors import Conflict, named_refusals, refuse
from accounts.actions.handing_on import reassign
from accounts.actions.validity import check, check_change, only, settled
from accounts.actions.writing import change, told
from accounts.calendar import local_today
from accounts.models import Outcome, Task, TaskStatus, User

__all__ = ["add", "complete", "drop", "edit", "reassign", "reopen", "snooze", "wake"]

FIELDS = ("account", "title", "detail", "assignee", "due_on", "source")
EDITABLE = ("title", "detail", "assignee", "due_on")


@transaction.atomic
def add(values: Mapping[str, Any], *, by: User | None, now: dt.datetime | None = None) -> Task:
    """A new task; without `account` it is the assignee's own, without `assignee` it waits for somebody."""
    task = Task(**only(values, FIELDS), created_by=by)
    if now is not None:
        task.created_at = task.updated_at = now
    check(task)
    with named_refusals(Task):
        task.save(force_insert=True)
    settled(task)
    _tell("task.created", task, by, now)
    return task


@transaction.atomic
def edit(task: Task, values: Mapping[str, Any], *, by: User | None, version: int | None = None) -> Task:
    """Changes what differs. Stale `version`: Conflict."""
    given = only(values, EDITABLE)
    check_change(task, given)
    changed = change(task, given, version=version)
    if "assignee" in changed:
        _tell("task.reassigned", task, by, None, **_from_to(*changed["assignee"]))
    if changed:
        _tell("task.edited", task, by, None, **told(changed))
    return task


def complete(
    task: Task,
    *,
    outcome: str,
    note: str = "",
    by: User | None,
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Task:
    """Done, with what came of it."""
    if outcome not in Outcome.values:
        raise refuse("outcome", "Say what came of it: " + ", ".join(str(label) for label in Outcome.labels) + ".")
    values = {"status": TaskStatus.DONE, "outcome": outcome, "outcome_note": note.strip()}
    return _close(
        task, values, "task.completed", by, version, now, outcome=Outcome(outcome).label, outcome_code=outcome
    )


def drop(
    task: Task, *, reason: str = "", by: User | None, version: int | None = None, now: dt.datetime | None = None
) -> Task:
    """Won't be done."""
    values = {"status": TaskStatus.DROPPED, "outcome_note": reason.strip()}
    return _close(task, values, "task.dropped", by, version, now, reason=reason.strip())


@transaction.atomic
def reopen(task: Task, *, by: User | None, version: int | None = None) -> Task:
    """Back among the open ones, as if it had never been closed; an open task stays as it is."""
    if task.status == TaskStatus.OPEN:
        return task
    values = {"status": TaskStatus.OPEN, "outcome": "", "outcome_note": "", "closed_at": None, "closed_by": None}
    change(task, values, version=version)
    _tell("task.reopened", task, by, None)
    return task


@transaction.atomic
def snooze(
    task: Task,
    *,
    until: dt.date,
    reason: str,
    by: User | None,
    version: int | None = None,
    today: dt.date | None = None,
) -> Task:
    """Out of sight until that day, for a reason; the due date stays and tells the truth."""
    if task.status != TaskStatus.OPEN:
        raise refuse("", "This task is closed.")
    if until <= (today or local_today(task.tenant)):
        raise refuse("until", "Choose a day after today.")
    if not reason.strip():
        raise refuse("reason", "Say why it can wait.")
    values = {"snoozed_until": until, "snooze_reason": reason.strip()}
    check_change(task, values)
    change(task, values, version=version)
    _tell("task.snoozed", task, by, None, until=until.isoformat(), reason=reason.strip())
    return task


@transaction.atomic
def wake(task: Task, *, by: User | None, version: int | None = None) -> Task:
    """Back in sight before its day; a task that is awake stays as it is."""
    if change(task, {"snoozed_until": None, "snooze_reason": ""}, version=version):
        _tell("task.woken", task, by, None)
    return task


@transaction.atomic
def _close(
    task: Task,
    values: dict[str, Any],
    kind: str,
    by: User | None,
    version: int | None,
    now: dt.datetime | None,
    **facts: Any,
) -> Task:
    if task.status != TaskStatus.OPEN:
        if version is not None and version != task.version:
            raise Conflict(task)
        raise refuse("", "This task is closed already.")
    asleep = {"snoozed_until": None, "snooze_reason": ""}
    change(task, values | asleep | {"closed_at": now or Now(), "closed_by": by}, version=version)
    _tell(kind, task, by, now, note=task.outcome_note, **facts)
    return task


def _from_to(before: User | None, after: User | None) -> dict[str, Any]:
    """The facts that handing_on tells, so that whoever listens for a reassignment hears of every one."""
    return {
        "before": str(before) if before else "nobody yet", "before_id": before.pk if before else None,
        "after": str(after) if after else "nobody", "after_id": after.pk if after else None,
    }  # fmt: skip


def _tell(kind: str, task: Task, by: User | None, now: dt.datetime | None, **facts: Any) -> None:
    about = {
        "task_id": task.pk,
        "title": task.title,
        "assignee": str(task.assignee) if task.assignee else "nobody yet",
        "assignee_id": task.assignee_id,
        "due_on": task.due_on.isoformat(),
        "source": task.source,
    }
    timeline.record(kind, account=task.account, by=by, occurred_at=now, **(about | facts))
