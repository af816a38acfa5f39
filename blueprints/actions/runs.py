"""Starting a play at one account because of one event: the run, its tasks and its place on the timeline, or nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts import calendar, timeline
from accounts.actions import tasks
from accounts.models import Account, Event, Task, Tenant, User
from blueprints.models import Play, PlayVersion, Run, RunTask

FALLBACK = ("csm", "ae")


@transaction.atomic
def start(
    play: Play,
    version: PlayVersion,
    event: Event,
    *,
    tenant: Tenant,
    today: dt.date,
    now: dt.datetime | None = None,
) -> Run | None:
    """The run, or None where this event has started this play before: the constraint knows."""
    account: Account = event.account  # type: ignore[assignment]
    values: dict[str, Any] = {"version": version, "account": account} | ({"started_at": now} if now else {})
    run, is_new = Run.objects.get_or_create(play=play, event=event, defaults=values)
    if not is_new:
        return None
    for number, step in enumerate(version.steps):
        task = _put(step, account, tenant=tenant, today=today, now=now)
        RunTask.objects.create(run=run, step=number, task=task)
    facts: dict[str, Any] = {"run_id": run.pk, "play": play.name, "play_code": play.code, "tasks": len(version.steps)}
    timeline.record("run.started", account=account, by=None, occurred_at=now, because=play.because, **facts)
    return run


def _put(step: dict[str, Any], account: Account, *, tenant: Tenant, today: dt.date, now: dt.datetime | None) -> Task:
    values = {
        "account": account,
        "title": step["title"],
        "detail": step["detail"],
        "assignee": owner(account, step["role"]),
        "due_on": calendar.add_business_days(today, step["days"], tenant.country),
        "source": "play",
    }
    return tasks.add(values, by=None, now=now)


def owner(account: Account, role: str) -> User | None:
    """Whoever holds the role at the account, else its CSM, else its AE; nobody shows as unassigned."""
    return next((person for name in (role, *FALLBACK) if (person := getattr(account, name))), None)
