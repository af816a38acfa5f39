"""When an import can't go on: after how many tries, where that leaves it, and what people are told."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from accounts.imports.models import BUSY, Import, Stage
from accounts.tenancy.context import tenant_context

TRIES = 5
NOTHING_WRITTEN = "Something went wrong on our side while the file was read. Nothing was written."
OUR_FAULT = "Something went wrong on our side; what was written stands, and can be taken back."


def fail(tenant_id: int, message: str, *, pk: int) -> None:
    with tenant_context(tenant_id):
        Import.objects.filter(pk=pk, stage__in=BUSY).update(
            stage=Stage.FAILED, stage_since=Now(), message=message[:300], place={}
        )


def _halted(job: Import) -> tuple[str, dict[str, Any]]:
    """Where an import ends up that can't go on, and its place there. What was half taken back can be run again."""
    if job.stage == Stage.UNDOING:
        return job.place.get("was", Stage.DONE), {}
    return Stage.FAILED if job.stage == Stage.CHECKING else Stage.STOPPED, job.place | {"tries": 0}


def count_failure(tenant_id: int, *, pk: int) -> bool:
    """The same batch is tried a few times; then the import stops and says so, with what was written standing."""
    with tenant_context(tenant_id):
        # Another worker may be a batch further by now: its place isn't written over.
        job = Import.objects.select_for_update().filter(pk=pk, stage__in=BUSY).first()
        if job is None:
            return False
        tries = job.place.get("tries", 0) + 1
        job.place["tries"] = tries
        if tries < TRIES:
            Import.objects.filter(pk=job.pk).update(place=job.place)
            return False
        stopped, place = _halted(job)
        message = NOTHING_WRITTEN if stopped == Stage.FAILED else OUR_FAULT
        # What was counted at an earlier stop may be half taken back.
        figures = {name: each for name, each in job.figures.items() if name != "written"}
        Import.objects.filter(pk=job.pk).update(
            stage=stopped, stage_since=Now(), message=message, place=place, figures=figures
        )
    return True
