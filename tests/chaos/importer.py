"""A process that goes on with one tenant's imports until it is killed: the product's way, or as one would naively."""

from __future__ import annotations

import sys
import time

import django

django.setup()

from accounts.imports.actions import applying, checking, working  # noqa: E402
from accounts.imports.models import Import, Stage  # noqa: E402
from accounts.tenancy.context import tenant_context  # noqa: E402

PAUSE = 0.03  # inside each step, before its transaction ends: kills find it in hand
ONCE = 0.5  # inside a step that is one transaction, and otherwise over before anybody looks


def slowly(name, step):
    def stretched(job, desk):
        step(job, desk)
        time.sleep(ONCE if name[1] == "matching" else PAUSE)

    return stretched


def product(tenant_id: int) -> None:
    checking.BATCH, working.ROWS, working.ACCOUNTS = 100, 100, 10
    working.STEPS = {name: slowly(name, step) for name, step in working.STEPS.items()}
    while True:
        working.go_on(tenant_id)
        time.sleep(PAUSE)


def naive(tenant_id: int) -> None:
    """Writes a batch, then notes how far it came: a kill in between does the batch again."""
    while True:
        with tenant_context(tenant_id):
            job = Import.objects.filter(stage=Stage.CHECKED).first()
        if job is None:
            return
        after = job.place.get("after", 0)
        with tenant_context(tenant_id):
            # The mark that the product keeps with the work is forgotten here.
            job.records.update(done=False)
            applying.apply_rows(job, after + 1, after + 100)
        time.sleep(PAUSE)
        with tenant_context(tenant_id):
            Import.objects.filter(pk=job.pk).update(place={"after": after + 100})


if __name__ == "__main__":
    {"product": product, "naive": naive}[sys.argv[1]](int(sys.argv[2]))
