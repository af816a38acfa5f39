"""Kills whoever has a batch of an import in hand, so often in each step, and counts only batches that were lost."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

from accounts.imports.actions import working
from accounts.imports.models import BUSY, Import
from accounts.tenancy.context import tenant_context
from tests.chaos import plan
from tests.chaos.processes import Process, environment

# Backends of these names are seen only by their own role, which is ours.
HOLDER = """
SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %s AND a.application_name LIKE 'importer-%%'
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
ALIVE = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"

Place = tuple[int, str, dict[str, Any]]


@dataclass
class Hunt:
    """`crew`: who works at the tenant's imports; `lost`: by step, how many batches a kill took along."""

    tenant_id: int
    crew: dict[str, Process]
    lost: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(plan.SEED))

    @classmethod
    def on(cls, mode: str, tenant_id: int, home: Path) -> Hunt:
        environ = environment(connection.settings_dict["NAME"], plan.REDIS_DB)
        command = [sys.executable, "-m", "tests.chaos.importer", mode, str(tenant_id)]
        names = [f"importer-{n}" for n in (1, 2)]
        hunt = cls(
            tenant_id, {name: Process(command, environ | {"PGAPPNAME": name}, home / f"{mode}.log") for name in names}
        )
        for process in hunt.crew.values():
            process.start()
        return hunt

    def stop(self) -> None:
        for process in self.crew.values():
            process.kill()

    def until_done(self, wanted: Mapping[str, int]) -> None:
        """`wanted`: by «stage.step», how many batches are to be lost before this step is left in peace."""
        began = time.monotonic()
        while time.monotonic() - began < plan.PATIENCE:
            place = self._place()
            if place is None:
                return
            if self.lost[place[1]] < wanted.get(place[1], 0) and (holder := self._holder()):
                self._kill(holder, place)
            time.sleep(0.005)
        raise AssertionError(f"still {self._place()} after {plan.PATIENCE:.0f} s and {self.kills} kills")

    def _kill(self, name: str, before: Place) -> None:
        time.sleep(self.chance.uniform(0.0, 0.02))
        victim = self.crew[name]
        victim.kill()
        while self._asked(ALIVE, name):
            time.sleep(0.005)
        # Where nothing moved, the batch that it had in hand went with it.
        self.kills, moved = self.kills + 1, self._place() != before
        self.lost[before[1]] += not moved
        victim.start()

    def _place(self) -> Place | None:
        """Of the import whose turn it is; None: nothing waits."""
        with tenant_context(self.tenant_id):
            job = Import.objects.filter(stage__in=BUSY).order_by("stage_since", "id").first()
            return job and (job.pk, f"{job.stage}.{job.place.get('step')}", job.place | {"read": job.rows_read})

    def _holder(self) -> str:
        return str(self._asked(HOLDER, working.LOCK) or "")

    def _asked(self, sql: str, value: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, [value])
            found = cursor.fetchone()
        return found[0] if found else None
