"""Runs begun by the thousand: one pass over what fired, then a handful of statements for all of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction

from accounts import timeline
from accounts.actions import many_tasks
from accounts.actions.many_tasks import NewTask
from accounts.models import Account, Tenant
from blueprints import texts
from blueprints.actions.stepping import pace
from blueprints.actions.stepping.people import Staff, staff
from blueprints.actions.stepping.plans import Plan, message, plan, task_due, task_texts, written
from blueprints.actions.stepping.saying import Book
from blueprints.actions.stepping.writing import (
    RunRow,
    StepRow,
    TaskLink,
    Wire,
    put_links,
    put_runs,
    put_steps,
    put_wires,
)
from blueprints.models import Match, PlayVersion, RunState, StepState
from blueprints.steps import kind_of

CHUNK = 1_000
OWNERS = ("csm_id", "ae_id", "delivery_id")
SAY = """
told AS (SELECT id, account_id, facts::jsonb AS facts
    FROM unnest(%(ids)s::bigint[], %(accounts)s::bigint[], %(facts)s::text[]) AS t(id, account_id, facts))
"""


class Start(NamedTuple):
    """What a run begins with: a match, or an event that another play left."""

    match_id: int | None
    play_id: int
    version_id: int
    account_id: int
    event_id: int | None


@dataclass
class Batch:
    """Everything that one pass needs, read once, and the rows that it makes."""

    tenant: Tenant
    at: dt.datetime
    today: dt.date
    plans: dict[int, Plan]
    owners: dict[int, dict[str, Any]]
    staff: Staff
    book: Book
    tasks: list[NewTask] = field(default_factory=list)
    links: list[TaskLink] = field(default_factory=list)
    steps: list[StepRow] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)


def begin(matches: Iterable[Match], *, tenant: Tenant, at: dt.datetime, today: dt.date) -> int:
    """Starts a run for each match, inside the tenant's context; how many began that hadn't before.

    A match that has its run already is passed over: the constraint knows. The fate of the match is the caller's.
    """
    starts = [Start(each.pk, each.play_id, each.version_id, each.account_id, each.event_id) for each in matches]
    with transaction.atomic():
        return len(start(starts, tenant=tenant, at=at, today=today))


def start(starts: Sequence[Start], *, tenant: Tenant, at: dt.datetime, today: dt.date) -> list[int]:
    """Ids of the runs that began."""
    batch = _read(starts, tenant, at, today)
    began: list[int] = []
    for place in range(0, len(starts), CHUNK):
        began += _start_some(starts[place : place + CHUNK], batch)
    for next_at in {batch.plans[each.version_id].next_at for each in starts} - {None}:
        if began and next_at is not None:
            pace.ring(next_at)
    return began


def _read(starts: Sequence[Start], tenant: Tenant, at: dt.datetime, today: dt.date) -> Batch:
    versions = PlayVersion.objects.filter(pk__in={each.version_id for each in starts}).select_related("play")
    ids = {each.account_id for each in starts}
    owners = {row["id"]: row for row in Account.objects.filter(pk__in=ids).order_by().values("id", *OWNERS)}
    plans = {version.pk: plan(version, tenant=tenant, at=at, today=today) for version in versions}
    book = Book(ids, {each.event_id for each in starts if each.event_id})
    return Batch(tenant, at, today, plans, owners, staff(), book)


def _start_some(starts: Sequence[Start], batch: Batch) -> list[int]:
    ids = put_runs([_row(each, batch) for each in starts])
    began = [(ids[key], each) for each in starts if (key := _key(each)) in ids]
    for run_id, each in began:
        _first_steps(run_id, each, batch)
    task_ids = many_tasks.give(batch.tasks, source="play", at=batch.at)
    put_links(batch.links, task_ids)
    put_steps(_with_tasks(batch.steps, batch.links, task_ids), at=batch.at)
    put_wires(batch.wires, at=batch.at)
    _say(began, batch)
    for made in (batch.tasks, batch.links, batch.steps, batch.wires):
        made.clear()
    return [run_id for run_id, _ in began]


def _key(each: Start) -> tuple[int | None, int, int | None]:
    return each.match_id, each.play_id, each.event_id


def _row(each: Start, batch: Batch) -> RunRow:
    found = batch.plans[each.version_id]
    state = RunState.MOVING if found.next_at else RunState.FINISHED
    ended_at = None if found.next_at else batch.at
    return RunRow(
        each.play_id, each.version_id, each.account_id, each.match_id, each.event_id, state, found.next_step,
        found.next_at, batch.at, ended_at,
    )  # fmt: skip


def _first_steps(run_id: int, each: Start, batch: Batch) -> None:
    """Each step alone: a text without its value fails that step, and the others are done."""
    found = batch.plans[each.version_id]
    values = batch.book.values(each.account_id, found.version.play, each.event_id) if found.speaks else {}
    for number, step in found.first:
        kind = kind_of(step)
        try:
            made = _put_task if kind == "task" else _put_wire
            made(run_id, number, step, each, values, batch)
        except texts.Broken as problem:
            batch.steps.append(StepRow(run_id, number, kind, StepState.FAILED, "{}", str(problem)))


def _put_task(run_id: int, number: int, step: Any, each: Start, values: Any, batch: Batch) -> None:
    title, detail = task_texts(step, values)
    owner = batch.staff.owner(batch.owners[each.account_id], step["role"])
    due = task_due(step, batch.today, batch.tenant.country)
    batch.tasks.append(NewTask(each.account_id, title, detail, owner, due))
    batch.links.append(TaskLink(run_id, number))


def _put_wire(run_id: int, number: int, step: Any, each: Start, values: Any, batch: Batch) -> None:
    play, account = batch.plans[each.version_id].version.play, batch.book.accounts[each.account_id]
    said = message(step, values, play=play, account=account, run_id=run_id, at=batch.at)
    batch.wires.append(Wire(run_id, number, each.account_id, kind_of(step), step["endpoint"], written(said)))
    batch.steps.append(StepRow(run_id, number, kind_of(step), StepState.DONE, "{}", ""))


def _with_tasks(steps: Sequence[StepRow], links: Sequence[TaskLink], task_ids: Sequence[int]) -> list[StepRow]:
    done = [
        StepRow(link.run_id, link.step, "task", StepState.DONE, f'{{"task":{task_id}}}', "")
        for link, task_id in zip(links, task_ids, strict=True)
    ]
    return [*steps, *done]


def _say(began: Sequence[tuple[int, Start]], batch: Batch) -> None:
    """The runs on their accounts' timelines; what is the same for a version is written once."""
    tails = {}
    for version_id, found in batch.plans.items():
        play, tasks = found.version.play, sum(kind_of(step) == "task" for step in found.version.steps)
        about = {"play": play.name, "play_code": play.code, "tasks": tasks, "because": play.because}
        tails[version_id] = written(about)[1:]
    facts = [f'{{"run_id":{run_id},{tails[each.version_id]}' for run_id, each in began]
    values = {
        "ids": [run_id for run_id, _ in began], "accounts": [each.account_id for _, each in began], "facts": facts,
    }  # fmt: skip
    timeline.record_many("run.started", SAY, values)
