"""The rows of runs, written many at once: columns as arrays, one statement a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from accounts.tenancy.context import current_tenant_id
from blueprints.actions import deliveries

RUNS = """
INSERT INTO blueprints_run (play_id, version_id, account_id, match_id, event_id, state, next_step, next_at, started_at,
    ended_at, attempts)
SELECT *, 0 FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
    %s::smallint[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])
ON CONFLICT DO NOTHING RETURNING match_id, play_id, event_id, id
"""
LINKS = (
    "INSERT INTO blueprints_runtask (run_id, step, task_id) SELECT * FROM unnest(%s::bigint[], %s::int[], %s::bigint[])"
)
STEPS = """
INSERT INTO blueprints_runstep (run_id, number, kind, state, did, error, at, version)
SELECT run_id, number, kind, state, did::jsonb, error, %s, 1
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS t(run_id, number, kind, state, did, error)
"""
CHANGE_STEPS = """
UPDATE blueprints_runstep s SET kind = t.kind, state = t.state, did = t.did::jsonb, error = t.error, at = %s,
    version = s.version + 1
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS t(run_id, number, kind, state, did, error)
WHERE s.tenant_id = %s AND s.run_id = t.run_id AND s.number = t.number
"""
ENDS = """
UPDATE blueprints_run r SET next_step = t.next_step, next_at = t.next_at, state = t.state, ended_at = t.ended_at,
    attempts = 0
FROM unnest(%s::bigint[], %s::smallint[], %s::timestamptz[], %s::text[], %s::timestamptz[])
    AS t(id, next_step, next_at, state, ended_at)
WHERE r.tenant_id = %s AND r.id = t.id
"""
WIRES = """
INSERT INTO blueprints_delivery (uid, run_id, step, place, account_id, channel, endpoint_id, "to", payload, state,
    attempts, due_at, last_error, created_at)
SELECT gen_random_uuid(), run_id, step, 0, account_id, channel, endpoint_id, '', payload::jsonb, 'waiting', 0,
    %s, '', %s
FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::text[], %s::bigint[], %s::text[])
    AS t(run_id, step, account_id, channel, endpoint_id, payload)
"""


class RunRow(NamedTuple):
    play_id: int
    version_id: int
    account_id: int
    match_id: int | None
    event_id: int | None
    state: str
    next_step: int
    next_at: dt.datetime | None
    started_at: dt.datetime
    ended_at: dt.datetime | None


class RunEnd(NamedTuple):
    """Where a run stops for now, or for good."""

    run_id: int
    next_step: int
    next_at: dt.datetime | None
    state: str
    ended_at: dt.datetime | None


class TaskLink(NamedTuple):
    run_id: int
    step: int


class StepRow(NamedTuple):
    """`did` is JSON."""

    run_id: int
    number: int
    kind: str
    state: str
    did: str
    error: str


class Wire(NamedTuple):
    """A message to an endpoint; `payload` is JSON."""

    run_id: int
    step: int
    account_id: int
    channel: str
    endpoint_id: int
    payload: str


def put_runs(rows: Sequence[RunRow]) -> dict[tuple[int | None, int, int | None], int]:
    """The ids of those that are new, by match, play and event."""
    if not rows:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(RUNS, _columns(rows))
        return {(match_id, play_id, event_id): run_id for match_id, play_id, event_id, run_id in cursor.fetchall()}


def put_links(rows: Sequence[TaskLink], task_ids: Sequence[int]) -> None:
    if rows:
        _run(LINKS, [*_columns(rows), list(task_ids)])


def put_steps(rows: Sequence[StepRow], *, at: dt.datetime) -> None:
    if rows:
        _run(STEPS, [at, *_columns(rows)])


def change_steps(rows: Sequence[StepRow], *, at: dt.datetime) -> None:
    """Of steps that had begun to wait."""
    if rows:
        _run(CHANGE_STEPS, [at, *_columns(rows), current_tenant_id()])


def write_ends(rows: Sequence[RunEnd]) -> None:
    if rows:
        _run(ENDS, [*_columns(rows), current_tenant_id()])


def put_wires(rows: Sequence[Wire], *, at: dt.datetime) -> None:
    if rows:
        _run(WIRES, [at, at, *_columns(rows)])
        deliveries.ring(at)


def _columns(rows: Sequence[Any]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _run(sql: str, params: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
