"""Files and their rows don't stay for ever: forgotten when asked or after a while, deleted by a worker in batches."""

from __future__ import annotations

import datetime as dt
import time

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions.errors import refuse
from accounts.imports.actions import written
from accounts.imports.actions.statements import run
from accounts.imports.models import BUSY, FilePart, Import, Record, Stage
from accounts.models import TenantWork, User
from accounts.tenancy.context import tenant_context

WORK = "imports-forgotten"
SECONDS = 20.0  # of one turn; the next ring goes on
MARKED = 50  # imports in one transaction
# Rows of a table that go in one transaction; a part is a megabyte.
BATCHES = {"imports_filepart": 32, "imports_record": 10_000}
# Another worker's batch is passed by: what it takes needn't be taken twice. An array, or a plan could ask for the batch
# once for each row and so for all of them.
DELETE = """
DELETE FROM {table} WHERE tenant_id = %(tenant)s AND id = ANY (ARRAY(
    SELECT id FROM {table} WHERE tenant_id = %(tenant)s AND job_id = %(job)s LIMIT %(size)s FOR UPDATE SKIP LOCKED
))
"""


@transaction.atomic
def forget(job: Import, *, by: User | None) -> Import:
    """Its file and its rows go within seconds, for good; its line and its figures stay. Refused while it is worked on.

    From then on it can't be taken back, run again or asked for its refused rows.
    """
    job = Import.objects.select_for_update().get(pk=job.pk)
    must_remember(job)
    if job.stage in BUSY:
        raise refuse("", "A worker is at this import: stop it first, or wait until it is done.")
    if job.options.get("sample") and job.stage not in (Stage.UNDONE, Stage.FAILED):
        raise refuse("", "This is the sample data: take it back, which needs its rows.")
    _mark(job, by=by)
    timeline.ring(WORK)
    job.refresh_from_db()
    return job


def must_remember(job: Import) -> None:
    """Refused where the file and the rows are gone."""
    if job.forgotten_at is not None:
        raise refuse("", gone(job))


def gone(job: Import) -> str:
    on = job.forgotten_at.astimezone(job.tenant.zone).date() if job.forgotten_at else ""
    return f"The file and the rows of this import were deleted on {on}; only its figures are kept."


def waiting_tenants() -> list[int]:
    """Tenants where something was forgotten and not deleted yet."""
    notes = TenantWork.objects.filter(kind=WORK, due_at__lte=Now())
    return list(notes.values_list("tenant_id", flat=True).distinct())


def go_on(tenant_id: int, *, seconds: float = SECONDS) -> None:
    """Forgets what is old and deletes what is forgotten, batch by batch, until nothing is left or the turn is over."""
    began = time.monotonic()
    while time.monotonic() - began < seconds and (_forget_old(tenant_id) or _delete_some(tenant_id)):
        pass


def _forget_old(tenant_id: int) -> bool:
    if settings.IMPORT_KEEP_DAYS <= 0:
        return False
    with tenant_context(tenant_id):
        old = _kept().filter(stage_since__lt=Now() - dt.timedelta(days=settings.IMPORT_KEEP_DAYS))
        found = list(old.order_by("id").select_for_update(skip_locked=True)[:MARKED])
        for job in found:
            _mark(job, by=None)
    return bool(found)


def _kept() -> QuerySet[Import]:
    """Those that time may forget: a sample that stands needs its rows to be taken back, and is nobody's data."""
    standing = Import.objects.filter(options__sample=True).exclude(stage__in=(Stage.UNDONE, Stage.FAILED))
    kept = Import.objects.filter(forgotten_at=None).exclude(stage__in=BUSY)
    return kept.exclude(pk__in=standing.values("pk"))


def _mark(job: Import, *, by: User | None) -> None:
    """At once for whoever looks; the rows themselves follow."""
    if job.stage == Stage.STOPPED and "written" not in job.figures:
        job.figures["written"] = written.by_noun(job)  # which nobody can count any more
    kept = {"figures": job.figures, "version": job.version + 1}
    Import.objects.filter(pk=job.pk).update(forgotten_at=Now(), sample=[], remarks=[], message="", place={}, **kept)
    timeline.record("import.forgotten", by=by, import_id=job.pk, name=job.name)


def _delete_some(tenant_id: int) -> bool:
    """False: nothing is left that no other worker is at."""
    with tenant_context(tenant_id):
        notes = list(TenantWork.objects.filter(kind=WORK, tenant_id=tenant_id).values_list("pk", flat=True))
        parts, records = (model.objects.filter(job=OuterRef("pk")) for model in (FilePart, Record))
        left = Import.objects.exclude(forgotten_at=None).filter(Exists(parts) | Exists(records)).order_by("id")
        job = left.first()
        if job is None:
            TenantWork.objects.filter(pk__in=notes).delete()
            return False
        return sum(_delete(job, table, size) for table, size in BATCHES.items()) > 0


def _delete(job: Import, table: str, size: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '60s'")
    return run(job, DELETE.format(table=table), size=size)
