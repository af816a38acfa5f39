"""Runs moved on when their next step is due: each step alone, so that one that fails holds up nothing.

A claim before counts the try, so that a step that kills its worker is counted too and given up in the end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts import calendar
from accounts.actions.errors import Conflict, Refused
from accounts.models import Tenant, TenantWork
from accounts.tenancy.context import current_tenant_id, tenant_context
from blueprints import texts
from blueprints.actions.stepping import effects, pace
from blueprints.actions.stepping.outcomes import Asking, CantDo, Done, Moment, Outcome, Skipped, Waiting
from blueprints.actions.stepping.people import Staff, staff
from blueprints.actions.stepping.saying import Book
from blueprints.models import Run, RunState, RunStep, StepState
from blueprints.steps import kind_of

BATCH = 20  # what a kill can undo, and how long its rows stay locked
BATCHES = 50
MOST_ATTEMPTS = 8
FIRST_DELAY = dt.timedelta(seconds=5)
CUT_OFF = "The worker ended while it did this, again and again."
LONGEST_ERROR = 500
WAKE = """
UPDATE blueprints_run r SET next_at = %(at)s FROM blueprints_playversion v
WHERE r.tenant_id = %(tenant)s AND r.account_id = ANY(%(ids)s) AND r.state = 'moving' AND r.next_at > %(at)s
    AND v.tenant_id = r.tenant_id AND v.id = r.version_id AND v.steps -> r.next_step ? 'until'
    AND EXISTS (SELECT FROM blueprints_runstep s WHERE s.tenant_id = r.tenant_id AND s.run_id = r.id
        AND s.number = r.next_step AND s.state = 'waiting')
"""

log = structlog.get_logger()


@dataclass(frozen=True)
class Claim:
    """Runs that are ours until the note's instant; a later claim counts one attempt more."""

    runs: list[int]
    attempts: int
    note: int


def advance(tenant: Tenant, at: dt.datetime) -> int:
    """How many runs moved that were due at `at`, in short transactions of its own."""
    with tenant_context(tenant):
        notes = list(_notes(at).values_list("pk", flat=True))
    moved = 0
    for _ in range(BATCHES):
        claim = _claim(tenant, at)
        if claim is None:
            break
        moved += _move(tenant, claim, at)
    _note_the_rest(tenant, notes)
    return moved


def waiting_tenants() -> list[int]:
    due = TenantWork.objects.filter(kind=pace.STEPS, due_at__lte=Now())
    return list(due.order_by("tenant_id").values_list("tenant_id", flat=True).distinct())


def wake(account_ids: Iterable[int], *, at: dt.datetime) -> int:
    """Something about these accounts changed: runs there that wait until something holds look again now."""
    with connection.cursor() as cursor:
        cursor.execute(WAKE, {"tenant": current_tenant_id(), "ids": list(account_ids), "at": at})
        woken: int = cursor.rowcount
    if woken:
        pace.ring(at)
    return woken


def go_on(run: Run, number: int, *, tenant: Tenant, at: dt.datetime) -> None:
    """Past step `number`: to the next one, now or after the days that it waits; past the last one it is finished."""
    following = run.version.steps[number + 1 :]
    if not following:
        _write(run, next_step=number + 1, next_at=None, state=RunState.FINISHED, ended_at=at)
        return
    days = following[0].get("wait_days", 0)
    next_at = pace.morning(tenant, calendar.local_today(tenant, at), days) if days else at
    _write(run, next_step=number + 1, next_at=next_at)
    pace.ring(next_at)


def _claim(tenant: Tenant, at: dt.datetime) -> Claim | None:
    """Runs that are ours: alone from the second try on, so that no neighbor suffers."""
    with tenant_context(tenant):
        due = Run.objects.filter(state=RunState.MOVING, next_at__lte=at).order_by("next_at", "pk")
        runs = list(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
        if not runs:
            return None
        ours = runs[:1] if runs[0].attempts else [run for run in runs if not run.attempts]
        delay = FIRST_DELAY * 2 ** runs[0].attempts
        Run.objects.filter(pk__in=[run.pk for run in ours]).update(attempts=F("attempts") + 1, next_at=at + delay)
        return Claim([run.pk for run in ours], runs[0].attempts + 1, pace.ring(at + delay))


def _move(tenant: Tenant, claim: Claim, at: dt.datetime) -> int:
    with tenant_context(tenant):
        ours = Run.objects.filter(pk__in=claim.runs, attempts=claim.attempts, state=RunState.MOVING)
        held = ours.select_for_update(skip_locked=True, of=("self",)).select_related("play", "version", "match")
        runs = list(held.order_by("pk"))
        events = {found for run in runs for found in (run.event_id, run.match.event_id if run.match else None) if found}
        book, here = Book({run.account_id for run in runs}, events), staff()
        for run in runs:
            _walk(run, tenant, at, book, here)
        if len(runs) == len(claim.runs):
            TenantWork.objects.filter(pk=claim.note).delete()
        return len(runs)


def _walk(run: Run, tenant: Tenant, at: dt.datetime, book: Book, here: Staff) -> None:
    """From its next step on, until one waits, asks, or was the last."""
    today = calendar.local_today(tenant, at)
    for number in range(run.next_step, len(run.version.steps)):
        step = run.version.steps[number]
        if number > run.next_step and step.get("wait_days"):
            go_on(run, number - 1, tenant=tenant, at=at)
            return
        began = RunStep.objects.filter(run=run, number=number).first()
        moment = Moment(tenant, at, today, run, number, book, here, began.did if began else None)
        outcome, error = _tried(step, moment)
        _keep(moment, kind_of(step), outcome, error, began)
        if isinstance(outcome, Waiting | Asking):
            next_at = outcome.until if isinstance(outcome, Waiting) else None
            _write(run, next_step=number, next_at=next_at)
            return
    _write(run, next_step=len(run.version.steps), next_at=None, state=RunState.FINISHED, ended_at=at)


def _tried(step: dict[str, Any], moment: Moment) -> tuple[Outcome | None, str]:
    """The outcome, or why there is none. What a kill interrupted too often is given up."""
    if moment.run.attempts > MOST_ATTEMPTS and moment.number == moment.run.next_step:
        return None, CUT_OFF
    try:
        with transaction.atomic():
            if step.get("when") and not effects.holds(step["when"], moment):
                return Skipped("Its condition doesn’t hold."), ""
            return effects.take(step, moment), ""
    except (CantDo, texts.Broken, Refused, Conflict) as problem:
        moment.book.forget()
        return None, str(problem)
    except Exception as problem:
        moment.book.forget()
        log.exception("step failed", run_id=moment.run.pk, number=moment.number)
        return None, f"{type(problem).__name__}: {problem}"


def _keep(moment: Moment, kind: str, outcome: Outcome | None, error: str, began: RunStep | None) -> None:
    states = {Done: StepState.DONE, Skipped: StepState.SKIPPED, Asking: StepState.ASKING, Waiting: StepState.WAITING}
    state = states[type(outcome)] if outcome else StepState.FAILED
    if isinstance(outcome, Skipped):
        error = outcome.because
    did = outcome.did if isinstance(outcome, Done | Asking | Waiting | Skipped) else {}
    values = {"kind": kind, "state": state, "did": did, "error": error[:LONGEST_ERROR], "at": moment.at}
    if began is None:
        RunStep.objects.create(run=moment.run, number=moment.number, **values)
    else:
        RunStep.objects.filter(pk=began.pk).update(**values, version=F("version") + 1)


def _write(run: Run, **values: Any) -> None:
    Run.objects.filter(pk=run.pk).update(attempts=0, **values)


def _notes(at: dt.datetime) -> Any:
    return TenantWork.objects.filter(tenant_id=current_tenant_id(), kind=pace.STEPS, due_at__lte=at)


def _note_the_rest(tenant: Tenant, notes: list[int]) -> None:
    """The notes that led here go; the next run that will be due has one of its own."""
    with tenant_context(tenant):
        TenantWork.objects.filter(pk__in=notes).delete()
        waiting = Run.objects.filter(state=RunState.MOVING, next_at__isnull=False).order_by("next_at")
        if next_at := waiting.values_list("next_at", flat=True).first():
            pace.ring(next_at)
