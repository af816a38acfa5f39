"""Runs moved on when their next step is due, some at a time.

A claim before counts the try, so that a step that kills its worker is counted too and given up in the end.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import DatabaseError, connection
from django.db.models import F
from django.db.models.functions import Now

from accounts import calendar
from accounts.knowing.columns import bigints
from accounts.models import Tenant, TenantWork
from accounts.tenancy import outages
from accounts.tenancy.context import current_tenant_id, tenant_context
from blueprints.actions.stepping import pace, walking
from blueprints.models import Run, RunState

BATCH = 100  # what a kill can undo, and how long its rows stay locked
SECONDS = 20.0  # then another tenant's turn comes
FIRST_DELAY = dt.timedelta(seconds=5)
WAKE = """
UPDATE blueprints_run r SET next_at = %(at)s FROM blueprints_playversion v
WHERE r.tenant_id = %(tenant)s AND r.account_id = ANY(%(ids)s::bigint[]) AND r.state = 'moving' AND r.next_at > %(at)s
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
    moved, began = 0, time.monotonic()
    while (passed := time.monotonic() - began) < SECONDS and (claim := _claim(tenant, at, passed)):
        moved += _move_or_wait(tenant, claim, at)
    _note_the_rest(tenant, notes)
    return moved


def waiting_tenants() -> list[int]:
    due = TenantWork.objects.filter(kind=pace.STEPS, due_at__lte=Now())
    return list(due.order_by("tenant_id").values_list("tenant_id", flat=True).distinct())


def wake(account_ids: Iterable[int], *, at: dt.datetime) -> int:
    """Something about these accounts changed: runs there that wait until something holds look again now."""
    with connection.cursor() as cursor:
        cursor.execute(WAKE, {"tenant": current_tenant_id(), "ids": bigints(account_ids), "at": at})
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


def look_again(run: Run, *, at: dt.datetime) -> None:
    """At the step before which it stands, then."""
    _write(run, next_at=at)
    pace.ring(at)


def _claim(tenant: Tenant, at: dt.datetime, passed: float) -> Claim | None:
    """Runs that are ours: alone from the second try on, so that no neighbor suffers.

    `passed` seconds since `at`: a claim that counted from there might be over as it is made.
    """
    with tenant_context(tenant):
        due = Run.objects.filter(state=RunState.MOVING, next_at__lte=at).order_by("next_at", "pk")
        runs = list(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
        if not runs:
            return None
        ours = runs[:1] if runs[0].attempts else [run for run in runs if not run.attempts]
        until = at + dt.timedelta(seconds=passed) + FIRST_DELAY * 2 ** runs[0].attempts
        Run.objects.filter(pk__in=[run.pk for run in ours]).update(attempts=F("attempts") + 1, next_at=until)
        return Claim([run.pk for run in ours], runs[0].attempts + 1, pace.ring(until))


def _move_or_wait(tenant: Tenant, claim: Claim, at: dt.datetime) -> int:
    """Where the database wouldn't have it now, the claim's note brings these back, each alone; the others go on."""
    try:
        return _move(tenant, claim, at)
    except DatabaseError as problem:
        if not outages.passes(problem):
            raise
        log.warning("runs put off", problem=type(problem).__name__, runs=len(claim.runs), exc_info=True)
        return 0


def _move(tenant: Tenant, claim: Claim, at: dt.datetime) -> int:
    with tenant_context(tenant):
        ours = Run.objects.filter(pk__in=claim.runs, attempts=claim.attempts, state=RunState.MOVING)
        held = ours.select_for_update(skip_locked=True, of=("self",)).select_related("play", "version", "match")
        runs = list(held.order_by("pk"))
        walking.walk(runs, tenant=tenant, at=at)
        if len(runs) == len(claim.runs):
            TenantWork.objects.filter(pk=claim.note).delete()
        return len(runs)


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
