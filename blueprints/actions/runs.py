"""A play that ran in a past that is told: the run through its steps, its tasks and its place on the timeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import calendar, timeline
from accounts.actions import tasks
from accounts.models import Account, Event, Membership, Task, Tenant, User
from blueprints.actions.stepping.writing import StepRow, put_steps
from blueprints.models import Play, PlayVersion, Run, RunState, RunTask, StepState

FALLBACK = ("csm", "ae")
HOLDERS = ("csm_id", "ae_id", "delivery_id")


@transaction.atomic
def start(
    play: Play,
    version: PlayVersion,
    event: Event,
    *,
    tenant: Tenant,
    today: dt.date,
    now: dt.datetime | None = None,
    present: Collection[int] | None = None,
) -> Run | None:
    """The run, or None where this event has started this play before: the constraint knows. Its steps are tasks.

    `present`, where the caller asked for many accounts at once: who of their people still works here.
    """
    account: Account = event.account  # type: ignore[assignment]
    at = now or timezone.now()
    values: dict[str, Any] = {
        "version": version, "account": account, "started_at": at, "ended_at": at, "state": RunState.FINISHED,
        "next_step": len(version.steps),
    }  # fmt: skip
    run, is_new = Run.objects.get_or_create(play=play, event=event, defaults=values)
    if not is_new:
        return None
    here = present_at((account,)) if present is None else present
    done = []
    for number, step in enumerate(version.steps):
        task = _put(step, account, here, tenant=tenant, today=today, now=now)
        RunTask.objects.create(run=run, step=number, task=task)
        done.append(StepRow(run.pk, number, "task", StepState.DONE, f'{{"task":{task.pk}}}', ""))
    put_steps(done, at=at)
    facts: dict[str, Any] = {"run_id": run.pk, "play": play.name, "play_code": play.code, "tasks": len(version.steps)}
    timeline.record("run.started", account=account, by=None, occurred_at=now, because=play.because, **facts)
    return run


def _put(
    step: dict[str, Any],
    account: Account,
    here: Collection[int],
    *,
    tenant: Tenant,
    today: dt.date,
    now: dt.datetime | None,
) -> Task:
    values = {
        "account": account,
        "title": step["title"],
        "detail": step["detail"],
        "assignee": owner(account, step["role"], here),
        "due_on": calendar.add_business_days(today, step["days"], tenant.country),
        "source": "play",
    }
    return tasks.add(values, by=None, now=now)


def owner(account: Account, role: str, here: Collection[int]) -> User | None:
    """Whoever holds the role at the account, else its CSM, else its AE, if still `here`; nobody: unassigned."""
    people = (getattr(account, name) for name in (role, *FALLBACK))
    return next((person for person in people if person and person.pk in here), None)


def present_at(accounts: Iterable[Account]) -> frozenset[int]:
    """Who of the accounts' people still works here: a membership may end before its accounts are given on."""
    holders = {getattr(account, name) for account in accounts for name in HOLDERS} - {None}
    return frozenset(Membership.objects.here().active().filter(user__in=holders).values_list("user_id", flat=True))
