"""What comes out of a meeting: decisions, and next steps that become tasks or steps of the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.actions import tasks
from accounts.actions.errors import named_refusals, refuse
from accounts.actions.validity import check, only
from accounts.models import Task, TaskStatus, User
from journeys.meetings.actions.standing import locked, must_not_be_cancelled, noticed, tell
from journeys.meetings.models import Decision, Meeting, NextStep, StepSide
from journeys.plans.actions import steps
from journeys.plans.models import Plan, Step

FIELDS = ("what", "side", "user", "contact", "due_on")
SOURCE = "meeting"


@transaction.atomic
def decide(meeting: Meeting, text: str, *, by: User | None, now: dt.datetime | None = None) -> Decision:
    """Writes down what was decided, during the meeting or after it."""
    row = locked(meeting)
    must_not_be_cancelled(row)
    if not text.strip():
        raise refuse("text", "Say what was decided.")
    at = {"created_at": now} if now else {}
    decision = Decision(meeting=row, text=text.strip(), created_by=by, **at)
    check(decision)
    decision.save(force_insert=True)
    noticed(row)
    tell("meeting.decided", row, by, now, text=decision.text, decision_id=decision.pk)
    return decision


@transaction.atomic
def take_back(decision: Decision, *, by: User | None) -> None:
    """It wasn't decided after all, or it was written down twice."""
    row = locked(decision.meeting)
    noticed(row)
    tell("meeting.decision_taken_back", row, by, None, text=decision.text)
    decision.delete()


@transaction.atomic
def next_step(
    meeting: Meeting, values: Mapping[str, Any], *, by: User | None, now: dt.datetime | None = None
) -> NextStep:
    """`values`: what, side (us, them), user or contact, due_on. Ours gets a task, theirs a step of the open plan."""
    row = locked(meeting)
    must_not_be_cancelled(row)
    step = NextStep(**only(values, FIELDS), meeting=row, created_by=by, **({"created_at": now} if now else {}))
    check(step)
    if step.contact is not None and step.contact.account_id != row.account_id:
        raise refuse("contact", "This contact belongs to another account.")
    if step.side == StepSide.US:
        step.task = _task(row, step, by, now)
    else:
        step.step = _step(row, step, by)
    with named_refusals(NextStep):
        step.save(force_insert=True)
    noticed(row)
    tell(
        "meeting.step_agreed", row, by, now,
        what=step.what, owner=step.owner or step.get_side_display(), due_on=step.due_on.isoformat(), step_id=step.pk,
    )  # fmt: skip
    return step


def _task(meeting: Meeting, step: NextStep, by: User | None, now: dt.datetime | None) -> Task:
    values = {
        "account": meeting.account,
        "title": step.what,
        "assignee": step.user,
        "due_on": step.due_on,
        "detail": f"Agreed in “{meeting.title}”.",
        "source": SOURCE,
    }
    return tasks.add(values, by=by, now=now)


def _step(meeting: Meeting, step: NextStep, by: User | None) -> Step | None:
    """Where both sides work in a plan, they find it there."""
    plan = Plan.objects.filter(account=meeting.account).open().first()  # type: ignore[attr-defined]
    if plan is None:
        return None
    values = {"side": StepSide.THEM, "title": step.what, "their_owner": step.contact, "due_on": step.due_on}
    return steps.add(plan, values, by=by)


@transaction.atomic
def drop_step(step: NextStep, *, by: User | None) -> None:
    """Nobody does this after all; its task is dropped with it."""
    row = locked(step.meeting)
    if step.task is not None and step.task.status == TaskStatus.OPEN:
        tasks.drop(step.task, reason="No longer a next step of the meeting.", by=by)
    if step.step is not None and not step.step.is_done and step.step.dropped_at is None:
        steps.drop(step.step, by=by)
    noticed(row)
    tell("meeting.step_dropped", row, by, None, what=step.what)
    step.delete()
