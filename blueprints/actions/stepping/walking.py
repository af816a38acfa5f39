"""Runs taken on abreast: wave by wave each takes its next step, and steps of one kind are taken together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import structlog
from django.db import transaction
from django.db.models import F

from accounts import calendar
from accounts.actions.errors import Conflict, Refused
from accounts.models import Tenant
from accounts.tenancy import outages
from blueprints import texts
from blueprints.actions.stepping import effects, gathering, pace
from blueprints.actions.stepping.outcomes import Asking, CantDo, Done, Moment, RunBook, Skipped, Taken, Waiting
from blueprints.actions.stepping.people import Staff, staff
from blueprints.actions.stepping.plans import written
from blueprints.actions.stepping.saying import Book
from blueprints.actions.stepping.writing import RunEnd, StepRow, change_steps, put_steps, write_ends
from blueprints.models import Run, RunState, RunStep, StepState
from blueprints.steps import kind_of

MOST_ATTEMPTS = 8
CUT_OFF = "It was cut off in the middle of this, again and again."
LONGEST_ERROR = 500
STATES = {Done: StepState.DONE, Skipped: StepState.SKIPPED, Asking: StepState.ASKING, Waiting: StepState.WAITING}

log = structlog.get_logger()


class Walk(NamedTuple):
    """A run before one of its steps; `began` is what that step left when it began to wait."""

    run: Run
    number: int
    began: RunStep | None = None


@dataclass
class Stage:
    """Where and when these runs walk, and what is known, read once for all of them."""

    tenant: Tenant
    at: dt.datetime
    today: dt.date
    book: Book
    staff: Staff

    def moments(self, due: Sequence[Walk]) -> list[Moment]:
        runs = RunBook([walk.run.pk for walk in due])
        return [
            Moment(
                self.tenant, self.at, self.today, walk.run, walk.number, self.book, self.staff, runs,
                walk.began.did if walk.began else None,
            )
            for walk in due
        ]  # fmt: skip


def walk(runs: Sequence[Run], *, tenant: Tenant, at: dt.datetime) -> None:
    """Each from its next step on, until one waits, asks, or was the last. The caller holds the runs."""
    events = {found for run in runs for found in (run.event_id, run.match.event_id if run.match else None) if found}
    book = Book({run.account_id for run in runs}, events)
    stage = Stage(tenant, at, calendar.local_today(tenant, at), book, staff())
    waited = RunStep.objects.filter(run__in=[run.pk for run in runs], number=F("run__next_step"))
    began = {step.run_id: step for step in waited}
    going = [Walk(run, run.next_step, began.get(run.pk)) for run in runs]
    ends: list[RunEnd] = []
    while going:
        over = {each: end for each in going if (end := _end_before(each, stage))}
        going, stopped = _wave([each for each in going if each not in over], stage)
        ends += [*over.values(), *stopped]
    write_ends(ends)
    if due := [end.next_at for end in ends if end.next_at]:
        pace.ring(min(due))


def _end_before(each: Walk, stage: Stage) -> RunEnd | None:
    """Past the last step, or before one that waits its days."""
    run, number = each.run, each.number
    if number >= len(run.version.steps):
        return RunEnd(run.pk, number, None, RunState.FINISHED, stage.at)
    days = run.version.steps[number].get("wait_days")
    if days and number > run.next_step:
        return RunEnd(run.pk, number, pace.morning(stage.tenant, stage.today, days), RunState.MOVING, None)
    return None


def _wave(due: Sequence[Walk], stage: Stage) -> tuple[list[Walk], list[RunEnd]]:
    """One step of each: who walks on, and who stops there."""
    if not due:
        return [], []
    moments = stage.moments(due)
    taken = _taken(moments)
    _keep(due, taken, stage)
    going, stopped = [], []
    for each, one in zip(due, taken, strict=True):
        if isinstance(one.outcome, Waiting | Asking):
            until = one.outcome.until if isinstance(one.outcome, Waiting) else None
            stopped.append(RunEnd(each.run.pk, each.number, until, RunState.MOVING, None))
        else:
            going.append(Walk(each.run, each.number + 1))
    return going, stopped


def _taken(moments: Sequence[Moment]) -> list[Taken]:
    """Together what can be; where that fails each alone, so that one that fails holds up nothing."""
    found = {moment.run.pk: Taken(None, CUT_OFF) for moment in moments if _is_given_up(moment)}
    left = [moment for moment in moments if moment.run.pk not in found]
    try:
        with transaction.atomic():
            found |= gathering.take(left)
    except Exception as problem:
        log.warning("steps taken one by one", problem=type(problem).__name__, steps=len(left), exc_info=True)
        left[0].book.forget()
    return [found.get(moment.run.pk) or _alone(moment) for moment in moments]


def _is_given_up(moment: Moment) -> bool:
    """What a kill, or the database, interrupted too often."""
    return moment.run.attempts > MOST_ATTEMPTS and moment.number == moment.run.next_step


def _alone(moment: Moment) -> Taken:
    """The outcome, or why there is none; what the database lets pass later is no outcome, and is raised."""
    try:
        with transaction.atomic():
            if not effects.is_wanted(moment):
                return effects.NOT_WANTED
            return Taken(effects.take(moment.step, moment))
    except (CantDo, texts.Broken, Refused, Conflict) as problem:
        moment.book.forget()
        return Taken(None, str(problem))
    except Exception as problem:
        if outages.passes(problem):
            raise
        moment.book.forget()
        log.exception("step failed", run_id=moment.run.pk, number=moment.number)
        return Taken(None, f"{type(problem).__name__}: {problem}")


def _keep(due: Sequence[Walk], taken: Sequence[Taken], stage: Stage) -> None:
    rows = [(each.began is None, _row(each, one)) for each, one in zip(due, taken, strict=True)]
    put_steps([row for is_new, row in rows if is_new], at=stage.at)
    change_steps([row for is_new, row in rows if not is_new], at=stage.at)


def _row(each: Walk, taken: Taken) -> StepRow:
    outcome, error = taken
    if isinstance(outcome, Skipped):
        error = outcome.because
    state = STATES[type(outcome)] if outcome else StepState.FAILED
    did = written(outcome.did if outcome else {})
    return StepRow(each.run.pk, each.number, kind_of(each.run.version.steps[each.number]), state, did,
                   error[:LONGEST_ERROR])  # fmt: skip
