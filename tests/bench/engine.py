"""Plays over a whole book against SQL written by hand: sweeps, what fires, and what a change of few accounts costs."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.db import connection, models
from django.db.models import Max
from django.test.utils import CaptureQueriesContext

from accounts.calendar import local_today
from accounts.models import Event, InboxEntry, Task, Tenant
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine, matching, starting, turns
from blueprints.models import Match, Run, RunStep, RunTask
from tests.bench import sweeps
from tests.bench.sweeps import SIZE, in_turns, seconds

NAME = "engine"
RUNS, TOUCHED = 5_000, 100  # one account in a hundred
WRITTEN = (Run, RunStep, Event, InboxEntry, Task, RunTask)  # in the order in which they may point at each other

Figure = dict[str, Any]
Copies = list[tuple[str, str, str]]  # table, columns, rows


def measure(figure: Any, picked: str) -> Iterator[Figure]:
    if picked not in NAME:
        return
    tenant, user = sweeps.workspace("engine", SIZE)
    with tenant_context(tenant):
        sweeps.watch(user)
        ids = sweeps.ids_of(tenant)
    sweeps.know(tenant)
    yield from _first(figure, tenant, ids)
    yield from _again(figure, tenant, ids)
    yield from _runs(figure, tenant)
    yield from _few(figure, tenant, ids)
    yield from _statements(figure, tenant, ids)


def _settle(tenant: Tenant, ids: list[int]) -> int:
    at, opened = turns.clock(), 0
    for some in sweeps.slices(ids):
        opened += matching.settle(some, at=at, day=local_today(tenant, at)).opened
    return opened


def _look(tenant: Tenant, ids: list[int]) -> None:
    for some in sweeps.slices(ids):
        engine.look(some, tenant=tenant, at=turns.clock())


def _first(figure: Any, tenant: Tenant, ids: list[int]) -> Iterator[Figure]:
    """Everything that holds fires at once."""
    opened, by_hand = [], []
    value, floor = in_turns(
        lambda: seconds(tenant, lambda: opened.append(_settle(tenant, ids))),
        lambda: seconds(tenant, lambda: by_hand.append(sweeps.hand_sweep(tenant))),
    )
    assert set(opened) == set(by_hand), (opened, by_hand)
    yield figure("engine: first sweep with its matches", value, "s", floor, 1.5, accounts=len(ids), matches=opened[0])
    seconds(tenant, lambda: _settle(tenant, ids), keep=True)
    sweeps.analyze()


def _again(figure: Any, tenant: Tenant, ids: list[int]) -> Iterator[Figure]:
    value, floor = in_turns(
        lambda: seconds(tenant, lambda: _settle(tenant, ids)),
        lambda: seconds(tenant, lambda: sweeps.hand_sweep(tenant)),
    )
    yield figure("engine: sweep with nothing new", value, "s", floor, 2.0, plays=sweeps.PLAYS)


def _runs(figure: Any, tenant: Tenant) -> Iterator[Figure]:
    """Runs with their tasks, events and outbox rows, against an INSERT … SELECT of the very same rows."""
    copies: list[Copies] = []
    with tenant_context(tenant):
        before = _newest(WRITTEN)

    def begin() -> None:
        waiting = list(Match.objects.waiting().order_by("pk")[:RUNS])
        for n in range(0, len(waiting), starting.SLICE):
            starting.begin(waiting[n : n + starting.SLICE], tenant=tenant, at=turns.clock())

    seconds(tenant, lambda: (begin(), copies.append(_copied(WRITTEN, before))))
    value, floor = in_turns(lambda: seconds(tenant, begin), lambda: _hand(tenant, copies[0]))
    rows = {table: text.count("\n") for table, _, text in copies[0]}
    runs = rows[Run._meta.db_table]
    yield figure("engine: runs begun", value, "s", floor, 3.34, runs_a_second=round(runs / value), rows=rows,
                 share_of_insert=round(floor / value, 2))  # fmt: skip


def _few(figure: Any, tenant: Tenant, ids: list[int]) -> Iterator[Figure]:
    """What is touched is looked at alone, facts and plays together."""
    value, floor = in_turns(
        lambda: seconds(tenant, lambda: _look(tenant, ids[::TOUCHED])),
        lambda: seconds(tenant, lambda: _look(tenant, ids)),
    )
    yield figure("engine: one account in a hundred against all", value, "s", floor, 0.1)


def _statements(figure: Any, tenant: Tenant, ids: list[int]) -> Iterator[Figure]:
    counts = []
    for size in (1_000, 4_000):
        with CaptureQueriesContext(connection) as captured:
            seconds(tenant, lambda size=size: engine.look(ids[:size], tenant=tenant, at=turns.clock()))
        counts.append(len(captured.captured_queries))
    yield figure("engine: statements for 4,000 accounts against 1,000", counts[1], "statements", counts[0], 1.0,
                 for_each_account=(counts[1] - counts[0]) / 3_000)  # fmt: skip


def _newest(nouns: tuple[type[models.Model], ...]) -> dict[str, int]:
    return {noun._meta.db_table: noun._default_manager.aggregate(newest=Max("pk"))["newest"] or 0 for noun in nouns}


def _copied(nouns: tuple[type[models.Model], ...], before: dict[str, int]) -> Copies:
    found = []
    for noun in nouns:
        table = noun._meta.db_table
        columns = ", ".join(f'"{f.column}"' for f in noun._meta.local_concrete_fields if not getattr(f, "generated", 0))
        text = StringIO()
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY (SELECT {columns} FROM {table} WHERE id > {before[table]}) TO STDOUT", text)
        found.append((table, columns, text.getvalue()))
    return found


def _hand(tenant: Tenant, copies: Copies) -> float:
    """Seconds of writing these rows from tables that hold them ready."""

    def write() -> None:
        with connection.cursor() as cursor:
            for table, columns, _ in copies:
                cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM ready_{table}")

    with connection.cursor() as cursor:
        for table, columns, text in copies:
            cursor.execute(f"DROP TABLE IF EXISTS ready_{table}")
            cursor.execute(f"CREATE TEMPORARY TABLE ready_{table} AS SELECT {columns} FROM {table} WITH NO DATA")
            cursor.copy_expert(f"COPY ready_{table} ({columns}) FROM STDIN", StringIO(text))
    return seconds(tenant, write)
