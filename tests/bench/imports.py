"""Bringing a book in: rows a second against COPY and upsert, what a million rows need in memory, and taking it back."""

from __future__ import annotations

import csv
import io
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from accounts.imports.actions import imports, working
from accounts.imports.models import BUSY, Import, Stage
from accounts.models import Membership, Tenant, User
from accounts.tenancy.context import tenant_context

NAME = "import undo memory"
ROWS, FEW, MANY = 100_000, 10_000, 1_000_000
GOAL = 3.34  # times the floor: 0.3 of its rows a second
MEGABYTE = 1024 * 1024
ROOM = 64 * MEGABYTE
ROUNDS = 3
TAKEN_BACK, PATIENCE = 20_000, 60.0  # accounts, and the seconds that somebody waits for them to be gone
HEAD = (
    "account.name", "account.domain", "account.external_id", "account.industry", "account.region", "account.segment",
    "account.currency", "account.csm",
)  # fmt: skip
STAGE = """
CREATE TEMPORARY TABLE floor_stage (name text, domain text, external_id text, industry text, region text, segment text,
    currency text, csm text) ON COMMIT DROP
"""
UPSERT = """
INSERT INTO accounts_account (name, domain, external_id, industry, region, segment, touch_model, currency, phase,
    custom, version)
SELECT name, domain, external_id, industry, region, segment, 'high', currency, 'adoption', '{}', 1 FROM floor_stage
ON CONFLICT (tenant_id, external_id) DO UPDATE SET name = EXCLUDED.name, domain = EXCLUDED.domain
"""

Figure = dict[str, Any]


def book(rows: int) -> Iterator[str]:
    """A book of accounts as a file, line by line."""
    line = io.StringIO()
    writer = csv.writer(line)
    for n in range(-1, rows):
        cells = HEAD if n < 0 else (
            f"Imported {n}, Inc.", f"i{n}.example", f"imp-{n}", "Retail", "EMEA", f"Segment {n % 4}", "USD",
            "import@example.test",
        )  # fmt: skip
        writer.writerow(cells)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def workspace(slug: str) -> tuple[Tenant, User]:
    user = User.objects.filter(email="import@example.test").first()
    user = user or User.objects.create_user("import@example.test", "bench bench bench", name="Importer")
    tenant = Tenant.objects.create(slug=slug, name=slug)
    Membership.objects.create(tenant=tenant, user=user, role="admin")
    return tenant, user


def bring(tenant: Tenant, user: User, rows: int) -> dict[str, float]:
    """Seconds of each stretch of one import."""
    took: dict[str, float] = {}
    started = time.perf_counter()
    with tenant_context(tenant):
        job = imports.open("book.csv", (line.encode() for line in book(rows)), noun="account", by=user)
        imports.map_columns(job, {str(n): path for n, path in enumerate(HEAD)}, by=user)
        imports.check(job, by=user)
    took["keep"] = time.perf_counter() - started
    for stage, name in ((Stage.CHECKED, "check"), (Stage.DONE, "run")):
        started = time.perf_counter()
        _until(tenant, job, stage)
        took[name] = time.perf_counter() - started
        if stage == Stage.CHECKED:
            with tenant_context(tenant):
                imports.run(job, by=user)
    return took


def _until(tenant: Tenant, job: Import, stage: str) -> None:
    while True:
        working.go_on(tenant.pk)
        with tenant_context(tenant):
            job.refresh_from_db()
        if job.stage == stage:
            return
        assert job.stage in BUSY, (job.stage, job.message)


def floor(tenant: Tenant) -> float:
    """COPY into a stage plus upsert, of the same rows."""
    text = io.StringIO("".join(book(ROWS)))
    started = time.perf_counter()
    with tenant_context(tenant), connection.cursor() as cursor:
        cursor.execute(STAGE)
        cursor.copy_expert("COPY floor_stage FROM STDIN (FORMAT csv, HEADER)", text)
        cursor.execute(UPSERT)
    return time.perf_counter() - started


def measure(figure: Any, picked: str) -> Iterator[Figure]:
    if picked not in NAME:
        return
    turns = [_turn(number) for number in range(ROUNDS)]
    bare = statistics.median(floor for floor, _ in turns)
    wanted = {"import: try and run": ("check", "run"), "import: run": ("run",)}
    for name, stretches in wanted.items():
        seconds = statistics.median(sum(took[stretch] for stretch in stretches) for _, took in turns)
        yield figure(name, seconds, "s", bare, GOAL, rows=ROWS, rows_a_second=round(ROWS / seconds),
                     floor_rows_a_second=round(ROWS / bare))  # fmt: skip
    seconds = _take_back(*workspace("import-undo"))
    yield figure(
        "import: undo", seconds, "s", PATIENCE, 1.0, rows=TAKEN_BACK, rows_a_second=round(TAKEN_BACK / seconds)
    )
    few, many = _memory(FEW), _memory(MANY)
    yield figure("import: memory at a million rows", many / MEGABYTE, "MB", (few + ROOM) / MEGABYTE, 1.0)
    for kind in ("xlsx", "json"):
        few, many = _read(kind, FEW), _read(kind, MANY)
        yield figure(f"import: memory of reading a million rows of {kind}", many["bytes"] / MEGABYTE, "MB",
                     (few["bytes"] + ROOM) / MEGABYTE, 1.0, rows_a_second=round(MANY / many["seconds"]))  # fmt: skip


def _turn(number: int) -> tuple[float, dict[str, float]]:
    """The floor and the product one after the other, each in a new workspace of a database that fills up."""
    return floor(workspace(f"import-floor-{number}")[0]), bring(*workspace(f"import-product-{number}"), ROWS)


def _take_back(tenant: Tenant, user: User) -> float:
    bring(tenant, user, TAKEN_BACK)
    with tenant_context(tenant):
        job = Import.objects.get()
        imports.undo(job, by=user)
    started = time.perf_counter()
    _until(tenant, job, Stage.UNDONE)
    return time.perf_counter() - started


def _read(kind: str, rows: int) -> dict[str, float]:
    """Seconds and the most bytes of a process of its own that reads so many rows."""
    command = [sys.executable, "-m", "tests.bench.reading", kind, str(rows)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=Path.cwd(), env=os.environ)
    told: dict[str, float] = json.loads(answer.stdout)
    return told


def _memory(rows: int) -> int:
    """The most that a process of its own holds while it brings so many rows in, in bytes."""
    command = [sys.executable, "-m", "tests.bench.bringing", str(rows)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=Path.cwd(), env=os.environ)
    return int(json.loads(answer.stdout.splitlines()[-1])["bytes"])
