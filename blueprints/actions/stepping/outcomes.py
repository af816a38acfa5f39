"""What a step can come to, and the moment in which it is taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count, Q

from accounts.models import Account, TaskStatus, Tenant
from blueprints.actions.stepping.people import Staff
from blueprints.actions.stepping.saying import Book, Values
from blueprints.models import Run, RunTask
from blueprints.steps import Step


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


class Taken(NamedTuple):
    """A step that was taken: its outcome, or why there is none."""

    outcome: Outcome | None
    error: str = ""


@dataclass
class RunBook:
    """How far the tasks of some runs are, read once for all of them and only when somebody asks."""

    run_ids: Collection[int]

    @cached_property
    def facts(self) -> dict[int, dict[str, Any]]:
        links = RunTask.objects.filter(run__in=self.run_ids)
        open_ones, done = Q(task__status=TaskStatus.OPEN), Q(task__status=TaskStatus.DONE)
        counted = links.order_by().values("run_id").annotate(
            open=Count("pk", filter=open_ones), done=Count("pk", filter=done)
        )  # fmt: skip
        counts = {row["run_id"]: row for row in counted}
        newest = links.filter(done).order_by("run_id", "-task__closed_at", "-task_id").distinct("run_id")
        outcomes = dict(newest.values_list("run_id", "task__outcome"))
        return {run_id: _facts(counts.get(run_id), outcomes.get(run_id)) for run_id in self.run_ids}


def _facts(counts: Mapping[str, Any] | None, outcome: str | None) -> dict[str, Any]:
    found = counts or {"open": 0, "done": 0}
    facts: dict[str, Any] = {"run.tasks_open": found["open"], "run.tasks_done": found["done"]}
    return facts | ({"run.last_outcome": outcome} if outcome else {})


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
    runs: RunBook
    began: Mapping[str, Any] | None = None  # what the step said when it began to wait

    @property
    def step(self) -> Step:
        return self.run.version.steps[self.number]  # type: ignore[no-any-return]

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
        """What is known of the account, and how far this run's tasks are."""
        return self.book.facts.get(self.run.account_id, {}) | self.runs.facts[self.run.pk]
