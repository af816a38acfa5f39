"""Whoever brings a book in is killed again and again: every row arrives, and none arrives twice."""

from __future__ import annotations

import json
import random
import sys
import time

import pytest
from django.db import connection

from accounts.imports.actions import imports, working
from accounts.imports.models import Import, Record, Stage
from accounts.models import Account, AccountState
from accounts.tenancy.context import tenant_context
from tests.chaos import plan
from tests.chaos.processes import Process, environment

ROWS = 3_000
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chaos]


def file_of(rows: int) -> bytes:
    """Names alone, all different: nothing but the import itself keeps a row from arriving twice."""
    return ("Account name\n" + "".join(f"Account {n}\n" for n in range(rows))).encode()


def book(cast, rows: int) -> Import:
    with tenant_context(cast.tenant):
        job = imports.open("book.csv", [file_of(rows)], noun="account", by=cast.olly)
        imports.map_columns(job, {"0": "account.name"}, by=cast.olly, options={"duplicates": "create"})
        return imports.check(job, by=cast.olly)


def stage_of(job: Import) -> tuple[str, int]:
    with tenant_context(job.tenant_id):
        job.refresh_from_db()
    return job.stage, job.rows_read + job.rows_done


def killed_until(job: Import, crew: list[Process], stage: str, least: int) -> int:
    """Kills one after the other while the import goes on; how often."""
    chance, kills, seen = random.Random(plan.SEED), 0, -1
    began = time.monotonic()
    while time.monotonic() - began < plan.PATIENCE:
        now, place = stage_of(job)
        if now == stage:
            return kills
        if place > seen and kills < least:
            # Somebody got on with it: that is when a kill hurts.
            time.sleep(chance.uniform(0.0, 0.15))
            victim = crew[kills % len(crew)]
            victim.kill()
            victim.start()
            kills, seen = kills + 1, stage_of(job)[1]
        time.sleep(0.01)
    raise AssertionError(f"still {now} after {plan.PATIENCE:.0f} s and {kills} kills")


def tell(name: str, **facts: object) -> None:
    print(json.dumps({"name": f"chaos.imports.{name}", "seed": plan.SEED} | facts))


def crew_of(mode: str, tenant_id: int, count: int, tmp_path) -> list[Process]:
    environ = environment(connection.settings_dict["NAME"], plan.REDIS_DB)
    command = [sys.executable, "-m", "tests.chaos.importer", mode, str(tenant_id)]
    crew = [Process(command, environ, tmp_path / f"{mode}.log") for _ in range(count)]
    for process in crew:
        process.start()
    return crew


def test_every_row_arrives_once_however_often_workers_are_killed(acme_cast, tmp_path):
    job = book(acme_cast, ROWS)
    crew = crew_of("product", acme_cast.tenant.pk, 2, tmp_path)
    try:
        kills = killed_until(job, crew, Stage.CHECKED, plan.FAULTS // 2)
        with tenant_context(acme_cast.tenant):
            assert Record.objects.filter(job=job).count() == ROWS
            assert Account.objects.count() == 0
            imports.run(job, by=acme_cast.olly)
        kills += killed_until(job, crew, Stage.DONE, plan.FAULTS // 2)
    finally:
        for process in crew:
            process.kill()
    with tenant_context(acme_cast.tenant):
        names = list(Account.objects.values_list("name", flat=True))
        states = AccountState.objects.count()
    lost, doubled = ROWS - len(set(names)), len(names) - len(set(names))
    tell("product", faults=kills, expected=ROWS, present=len(names), lost=lost, doubled=doubled)
    assert kills > 0
    assert (lost, doubled, states) == (0, 0, ROWS)


def test_the_careless_way_doubles_rows_so_the_harness_sees_them(acme_cast, tmp_path):
    job = book(acme_cast, 1_000)
    while stage_of(job)[0] == Stage.CHECKING:
        working.go_on(acme_cast.tenant.pk)
    crew = crew_of("naive", acme_cast.tenant.pk, 2, tmp_path)
    try:
        time.sleep(0.5)
        chance, began = random.Random(plan.SEED), time.monotonic()
        while time.monotonic() - began < plan.PATIENCE:
            with tenant_context(acme_cast.tenant):
                names = list(Account.objects.values_list("name", flat=True))
            if len(names) > len(set(names)):
                break
            time.sleep(chance.uniform(0.2, 0.6))
    finally:
        for process in crew:
            process.kill()
    doubled = len(names) - len(set(names))
    tell("control", expected=1_000, present=len(names), doubled=doubled)
    assert doubled > 0
