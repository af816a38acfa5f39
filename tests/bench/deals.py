"""Contracts brought in with the ledger that they write, against COPY and INSERT of the same rows of the same tables."""

from __future__ import annotations

import csv
import datetime as dt
import io
import statistics
import time
from collections.abc import Iterator
from typing import Any

from django.db import connection

from accounts.imports.actions import imports, working
from accounts.imports.models import Import, Stage
from accounts.models import Contract, Tenant, User
from accounts.tenancy.context import tenant_context
from tests.bench.imports import bring, workspace

NAME = "import.contracts"
ACCOUNTS, TERMS, ROUNDS = 5_000, 4, 3
GOAL = 3.34  # times the floor: 0.3 of its contracts a second
HEAD = (
    "account.external_id", "contract.external_id", "contract.name", "contract.product", "contract.quantity",
    "contract.arr", "contract.currency", "contract.start_on", "contract.end_on",
)  # fmt: skip
# Laid down beforehand, as the floor isn't asked to work anything out.
TABLES = ("accounts_contract", "accounts_contractline", "accounts_revenuemovement")
STAGES = "CREATE TEMPORARY TABLE {table}_floor ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA"
COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_name = %s AND column_name NOT IN ('id', 'tenant_id') ORDER BY ordinal_position
"""

Figure = dict[str, Any]


def terms() -> Iterator[list[Any]]:
    """Every account renews each year, one in three with more."""
    for n in range(ACCOUNTS):
        for turn in range(TERMS):
            start = dt.date(2023 + turn, 1 + n % 12, 1)
            arr = 1_000 + n + turn * 500 * (n % 3 == 0)
            yield [
                f"imp-{n}", f"deal-{n}-{turn}", f"Deal {n}", "Subscription", 1, arr, "USD", start,
                start.replace(year=start.year + 1),
            ]  # fmt: skip


def sheet() -> Iterator[bytes]:
    line = io.StringIO()
    writer = csv.writer(line)
    for row in (HEAD, *terms()):
        writer.writerow(row)
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def agree(tenant: Tenant, user: User) -> dict[str, float]:
    """Seconds of the try and of the run."""
    bring(tenant, user, ACCOUNTS)
    with tenant_context(tenant):
        job = imports.open("deals.csv", sheet(), noun="contract", by=user)
        imports.map_columns(job, {str(n): path for n, path in enumerate(HEAD)}, by=user)
        imports.check(job, by=user)
    took = {}
    for stage, name in ((Stage.CHECKED, "check"), (Stage.DONE, "run")):
        started = time.perf_counter()
        _until(tenant, job, stage)
        took[name] = time.perf_counter() - started
        if stage == Stage.CHECKED:
            with tenant_context(tenant):
                imports.run(job, by=user)
    with tenant_context(tenant):
        assert Contract.objects.count() == ACCOUNTS * TERMS, job.figures
    return took


def _until(tenant: Tenant, job: Import, stage: str) -> None:
    while job.stage != stage:
        assert job.stage in (Stage.MAPPING, Stage.CHECKING, Stage.CHECKED, Stage.RUNNING), (job.stage, job.message)
        working.go_on(tenant.pk)
        with tenant_context(tenant):
            job.refresh_from_db()


def floor(tenant: Tenant) -> float:
    """The rows that the product has just written go through COPY into a stage and INSERT into the tables once more."""
    took = 0.0
    with tenant_context(tenant), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(COLUMNS, [table])
            columns = ", ".join(f'"{name}"' for (name,) in cursor.fetchall())
            again = columns.replace('"external_id"', "'again ' || external_id").replace('"renews_id"', "NULL::bigint")
            if table == TABLES[1]:  # a product stands on a contract once
                cursor.execute("DELETE FROM accounts_contractline")
            text = io.StringIO()
            taken = f"SELECT {again} FROM {table}" if table != TABLES[1] else _lines(columns)
            cursor.execute(STAGES.format(table=table, columns=columns))
            cursor.copy_expert(f"COPY ({taken}) TO STDOUT", text)
            text.seek(0)
            started = time.perf_counter()
            cursor.copy_expert(f"COPY {table}_floor FROM STDIN", text)
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}_floor")
            took += time.perf_counter() - started
    return took


def _lines(columns: str) -> str:
    """A line for each contract that is there by now, twice as many as the product wrote; half of them is taken."""
    values = {
        "contract_id": "c.id", "product_id": "(SELECT min(id) FROM accounts_product)", "quantity": "1",
        "amount_minor": "100000", "recurring": "true", "start_on": "c.start_on", "end_on": "c.end_on",
    }  # fmt: skip
    said = ", ".join(values[name.strip('"')] for name in columns.split(", "))
    return f"SELECT {said} FROM accounts_contract c WHERE c.external_id LIKE 'again%'"


def measure(figure: Any, picked: str) -> Iterator[Figure]:
    if picked not in NAME:
        return
    turns = []
    for number in range(ROUNDS):
        tenant, user = workspace(f"deals-{number}")
        turns.append((agree(tenant, user), floor(tenant)))
    bare = statistics.median(bare for _, bare in turns)
    count = ACCOUNTS * TERMS
    for name, stretches in {NAME: ("run",), f"{NAME}, tried and run": ("check", "run")}.items():
        seconds = statistics.median(sum(took[stretch] for stretch in stretches) for took, _ in turns)
        yield figure(name, seconds, "s", bare, GOAL, contracts=count, contracts_a_second=round(count / seconds),
                     floor_contracts_a_second=round(count / bare))  # fmt: skip
