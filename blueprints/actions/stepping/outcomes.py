"""What a step can come to, and the moment in which it is taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, Q

from accounts.models import Account, Task, TaskStatus, Tenant
from blueprints.actions.stepping.people import Staff
from blueprints.actions.stepping.saying import Book, Values
from blueprints.models import Run, RunTask


@dataclass(frozen=True)
class Done:
    did: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Skipped:
    because: str = ""
    did: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Asking:
    """Waits for a person; `did` is what would be sent."""

    did: dict[str, Any]


@dataclass(frozen=True)
class Waiting:
    """Looked at again at `until`, or when something about the account changes."""

    until: dt.datetime
    did: dict[str, Any] = field(default_factory=dict)


class CantDo(Exception):
    """This step fails, for a reason that a person can read; the run goes on."""


Outcome = Done | Skipped | Asking | Waiting


@dataclass
class Moment:
    """One step of one run, now."""

    tenant: Tenant
    at: dt.datetime
    today: dt.date
    run: Run
    number: int
    book: Book
    staff: Staff
    began: Mapping[str, Any] | None = None  # what the step said when it began to wait

    @property
    def account(self) -> Account:
        return self.book.accounts[self.run.account_id]

    @property
    def event_id(self) -> int | None:
        return self.run.event_id or (self.run.match.event_id if self.run.match else None)

    @property
    def owners(self) -> dict[str, Any]:
        return {name: getattr(self.account, name) for name in ("csm_id", "ae_id", "delivery_id")}

    @cached_property
    def values(self) -> Values:
        return self.book.values(self.run.account_id, self.run.play, self.event_id)

    def facts(self) -> dict[str, Any]:
        """What is known of the account, and how far this run's tasks are; read anew for each question."""
        return self.book.facts.get(self.run.account_id, {}) | run_facts(self.run)


def run_facts(run: Run) -> dict[str, Any]:
    given = Task.objects.filter(pk__in=RunTask.objects.filter(run=run).values("task"))
    counts = given.order_by().aggregate(
        open=Count("pk", filter=Q(status=TaskStatus.OPEN)), done=Count("pk", filter=Q(status=TaskStatus.DONE))
    )
    facts = {"run.tasks_open": counts["open"], "run.tasks_done": counts["done"]}
    last = given.filter(status=TaskStatus.DONE).order_by("-closed_at", "-pk").values_list("outcome", flat=True).first()
    return facts | ({"run.last_outcome": last} if last else {})
