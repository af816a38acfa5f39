"""Taking a book out: rows a second against COPY … TO, and what a million rows need in memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from accounts.models import Tenant
from accounts.tenancy.context import tenant_context
from tests.bench.imports import MEGABYTE, ROOM, Figure, workspace

NAME = "export"
FEW, MANY = 10_000, 1_000_000
GOAL = 30.0  # times the floor, which neither names people nor keeps formulas from running
FILL = """
INSERT INTO accounts_account (name, domain, external_id, industry, region, segment, touch_model, currency, phase,
    custom, version)
SELECT 'Exported ' || n, 'e' || n || '.example', 'exp-' || n, 'Retail', 'EMEA', 'Segment ' || n %% 4, 'high', 'USD',
    'adoption', '{}', 1 FROM generate_series(1, %s) n
"""
BARE = """
COPY (SELECT name, domain, external_id, industry, region, segment, touch_model, currency, phase FROM accounts_account
    ORDER BY id) TO STDOUT (FORMAT csv, HEADER)
"""


def filled(rows: int) -> Tenant:
    tenant, _user = workspace(f"export-{rows}")
    with tenant_context(tenant), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(FILL, [rows])
    return tenant


def floor(tenant: Tenant) -> float:
    started = time.perf_counter()
    with tenant_context(tenant), connection.cursor() as cursor, open(os.devnull, "w") as nowhere:
        cursor.copy_expert(BARE, nowhere)
    return time.perf_counter() - started


def measure(figure: Any, picked: str) -> Iterator[Figure]:
    if picked not in NAME:
        return
    few, many = filled(FEW), filled(MANY)
    for kind in ("csv", "xlsx"):
        bare, (seconds, most), (_, least) = floor(many), _taken(many, kind), _taken(few, kind)
        yield figure(f"export: {kind} of a million rows", seconds, "s", bare, GOAL, rows=MANY,
                     rows_a_second=round(MANY / seconds), floor_rows_a_second=round(MANY / bare))  # fmt: skip
        yield figure(
            f"export: memory for {kind} of a million rows", most / MEGABYTE, "MB", (least + ROOM) / MEGABYTE, 1.0
        )


def _taken(tenant: Tenant, kind: str) -> tuple[float, int]:
    """Seconds, and the most bytes that a process of its own holds meanwhile."""
    command = [sys.executable, "-m", "tests.bench.taking", tenant.slug, kind]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=Path.cwd(), env=os.environ)
    said = json.loads(answer.stdout.splitlines()[-1])
    return said["seconds"], said["bytes"]
