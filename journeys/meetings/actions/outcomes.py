"""What comes out of a meeting: decisions, and next steps that become tasks or steps of the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.actions import tasks
from accounts.actions.errors import Conflict, named_refusals, refuse
from accounts.actions.validity import check, check_change, only
from accounts.actions.writing import change, told
from accounts.models import Contact, Task, TaskStatus, User
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
    _belongs(row, step.contact)
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
def edit_step(step: NextStep, values: Mapping[str, Any], *, by: User | None, version: int | None = None) -> NextStep:
    """Changes what differs: what, owner, day; its task or step of the plan goes along. Stale or dropped: Conflict.

    Another owner may be of the other side; then a task becomes a step of the plan, or the other way round.
    """
    row = locked(step.meeting)
    must_not_be_cancelled(row)
    same = NextStep.objects.select_related("task", "step__plan", "user", "contact").filter(pk=step.pk).first()
    if same is None:
        raise Conflict(row)
    if same.is_done:
        raise refuse("", "This is done already; agree on a new step instead.")
    given = _with_owner(same, only(values, FIELDS))
    _belongs(row, given.get("contact"))
    if given.get("side", same.side) != same.side:
        _withdraw(same, "Handed to the other side.", by)
        given |= {"task": None, "step": None}
    check_change(same, given)
    if changed := change(same, given, version=version):
        _go_along(row, same, by)
        noticed(row)
        about = told({name: pair for name, pair in changed.items() if name not in ("task", "step")})
        tell("meeting.step_changed", row, by, None, what=same.what, step_id=same.pk, **about)
    return same


def _with_owner(step: NextStep, given: dict[str, Any]) -> dict[str, Any]:
    """Whoever has it now takes the place of whoever had it: both sides are said together."""
    if not {"side", "user", "contact"} & given.keys():
        return given
    side = StepSide.THEM if given.get("contact") else StepSide.US if given.get("user") else step.side
    return given | {"side": given.get("side", side), "user": given.get("user"), "contact": given.get("contact")}


def _go_along(meeting: Meeting, step: NextStep, by: User | None) -> None:
    """What was dropped elsewhere meanwhile is given anew: who edits a step wants it done."""
    if step.side == StepSide.US:
        if step.task is not None and step.task.status == TaskStatus.OPEN:
            tasks.edit(step.task, {"title": step.what, "assignee": step.user, "due_on": step.due_on}, by=by)
        else:
            change(step, {"task": _task(meeting, step, by, None)})
    elif step.step is not None and step.step.dropped_at is None:
        steps.edit(step.step, {"title": step.what, "their_owner": step.contact, "due_on": step.due_on}, by=by)
    else:
        change(step, {"step": _step(meeting, step, by)})


def _belongs(meeting: Meeting, contact: Contact | None) -> None:
    if contact is not None and contact.account_id != meeting.account_id:
        raise refuse("contact", "This contact belongs to another account.")


@transaction.atomic
def drop_step(step: NextStep, *, by: User | None) -> None:
    """Nobody does this after all; its task is dropped with it."""
    row = locked(step.meeting)
    _withdraw(step, "No longer a next step of the meeting.", by)
    noticed(row)
    tell("meeting.step_dropped", row, by, None, what=step.what)
    step.delete()


def _withdraw(step: NextStep, reason: str, by: User | None) -> None:
    if step.task is not None and step.task.status == TaskStatus.OPEN:
        tasks.drop(step.task, reason=reason, by=by)
    if step.step is not None and not step.step.is_done and step.step.dropped_at is None:
        steps.drop(step.step, by=by)
