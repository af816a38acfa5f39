"""A worker's turn with one tenant's imports: step after step, each a short transaction that any other may continue.

The place is kept with what was done there, so a worker that dies loses a batch at most, and none is done twice.
A person may stop an import at any moment: the batch under way then finds its row moved on, and is rolled back.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.db import connection
from django.db.models import Max, QuerySet
from django.db.models.functions import Now

from accounts.imports.actions import applying, checking, halting, imports, matching, own_fields, terms, undoing
from accounts.imports.actions.desk import Desk
from accounts.imports.actions.statements import speaks_of
from accounts.imports.models import BUSY, Import, Noun, Record, Stage
from accounts.imports.reading import Unreadable
from accounts.models import TenantWork
from accounts.tenancy.context import tenant_context

SECONDS = 20.0  # of one turn; the next ring goes on
LONG = 200.0  # of a turn inside a workbook, which must be read from its beginning each time
ROWS = 2_000
ACCOUNTS = 500
MOST = 1_000_000
LOCK = 7_203  # names our advisory locks; the second half is the tenant

log = structlog.get_logger()


class Unprepared(Exception):
    """The file isn't open yet, which takes longer than a transaction should."""


class Moved(Exception):
    """Somebody stopped the import while the batch ran."""


def waiting_tenants() -> list[int]:
    """Tenants with a note that an import waits."""
    return list(_due_notes().values_list("tenant_id", flat=True).distinct())


def _due_notes() -> QuerySet[TenantWork]:
    return TenantWork.objects.filter(kind=imports.WORK, due_at__lte=Now())


def go_on(tenant_id: int, *, seconds: float = SECONDS) -> None:
    """Works until nothing waits or the turn is over."""
    began = time.monotonic()
    desk = Desk()
    with desk.stack:
        while time.monotonic() - began < (LONG if desk.workbook else seconds) and _one_step(tenant_id, desk):
            pass


def _one_step(tenant_id: int, desk: Desk) -> bool:
    """One transaction. False: nothing to do, or somebody else is at it."""
    job_id = desk.asked
    try:
        if desk.asked is not None:
            desk.lay_out(tenant_id)
        with tenant_context(tenant_id):
            if not _try_take(tenant_id):
                return False
            # Read before the work is looked for: a note that comes meanwhile speaks of work that isn't seen here.
            notes = list(_due_notes().filter(tenant_id=tenant_id).values_list("pk", flat=True))
            job = Import.objects.filter(stage__in=BUSY).order_by("stage_since", "id").first()
            if job is None:
                TenantWork.objects.filter(pk__in=notes).delete()
                return False
            job_id, stage = job.pk, job.stage
            STEPS[stage, job.place["step"]](job, desk)
            _save(job, stage)
    except Unprepared:
        desk.asked = job_id
    except Moved:
        desk.clear()
    except Unreadable as unreadable:
        # Or the next step would open the same file again.
        desk.clear()
        desk.asked = None
        halting.fail(tenant_id, str(unreadable), pk=job_id or 0)
    except Exception:
        log.exception("import step failed", import_id=job_id)
        desk.clear()
        desk.asked = None
        return halting.count_failure(tenant_id, pk=job_id or 0)
    return True


def _save(job: Import, stage: str) -> None:
    """What a batch did and how far it came, unless the import isn't there any more where it began."""
    fields = ("stage", "stage_since", "rows_total", "rows_read", "rows_done", "place", "figures", "message")
    if job.stage != stage:
        job.stage_since = Now()  # type: ignore[assignment]
    values = {name: getattr(job, name) for name in fields}
    if not Import.objects.filter(pk=job.pk, stage=stage, version=job.version).update(**values):
        raise Moved


def _clear(job: Import, desk: Desk) -> None:
    """The records of an earlier try."""
    _take_time()
    Record.objects.filter(job=job)._raw_delete("default")
    job.place = {"step": "reading", "after": 0}


def _read(job: Import, desk: Desk) -> None:
    if not desk.holds(job) or desk.reader is None:
        raise Unprepared
    count, last = checking.read_batch(job, desk.rows, desk.reader)
    job.rows_read += count
    desk.read = job.rows_read
    if job.rows_read > MOST:
        raise Unreadable(f"The file has more than {MOST:,} rows: split it.")
    job.rows_total = max(job.rows_total, job.rows_read)
    job.place = {"step": "reading", "after": last}
    if count < checking.BATCH:
        job.rows_total = job.rows_read
        job.place = {"step": "matching"}
        desk.clear()


def _match(job: Import, desk: Desk) -> None:
    _take_time()
    compared = {"compared": matching.seen(job)}
    matching.match(job)
    open_past = terms.match_contracts(job)
    job.figures = matching.figures(job) | {"open_past_terms": open_past}
    refused = sum(each.get("refused", 0) for each in job.figures.values() if isinstance(each, dict))
    follow = job.options.get("follow")
    if follow == "anyway" or (follow and not refused):
        job.stage, job.place = Stage.RUNNING, {"step": "fields"} | compared
    else:
        job.stage, job.place = Stage.CHECKED, compared


def _make_fields(job: Import, desk: Desk) -> None:
    own_fields.create(job)
    last = Record.objects.filter(job=job).aggregate(last=Max("number"))["last"] or 0
    then = {"step": "rows", "after": 0, "last": last}
    job.place = then if matching.stands(job, job.place.get("compared")) else {"step": "again", "then": then}


def _match_again(job: Import, desk: Desk) -> None:
    """The book may have changed since the try: what another import or a person added meanwhile isn't added twice."""
    _take_time()
    matching.match(job)
    terms.match_contracts(job)
    job.place = job.place["then"]


def _apply(job: Import, desk: Desk) -> None:
    after, last = job.place["after"], job.place["last"]
    if after >= last:
        job.rows_done = job.rows_total
        if speaks_of(job, Noun.CONTRACT):
            job.place = {"step": "contracts", "after": 0}
        else:
            _finish(job)
        return
    _take_time()
    until = min(after + ROWS, last)
    applying.apply_rows(job, after + 1, until)
    job.rows_done = job.rows_total * until // last
    job.place = {"step": "rows", "after": until, "last": last}


def _apply_contracts(job: Import, desk: Desk) -> None:
    _take_time()
    after = terms.apply_contracts(job, job.place["after"], ACCOUNTS)
    if after is not None:
        job.place = {"step": "contracts", "after": after}
    else:
        _finish(job)


def _finish(job: Import) -> None:
    _take_time()
    job.figures = matching.figures(job)
    job.stage, job.place = Stage.DONE, {}
    imports.finished(job, "import.finished")


def _undo_contracts(job: Import, desk: Desk) -> None:
    _take_time()
    if not (speaks_of(job, Noun.CONTRACT) and terms.undo_contracts(job, ACCOUNTS)):
        job.place = job.place | {"step": "rows", "tries": 0}


def _undo_rows(job: Import, desk: Desk) -> None:
    _take_time()
    if undoing.undo_batch(job, ROWS):
        return
    job.stage, job.place = Stage.UNDONE, {}
    imports.finished(job, "import.undone")


STEPS: dict[tuple[str, str], Callable[[Import, Desk], None]] = {
    (Stage.CHECKING, "clearing"): _clear,
    (Stage.CHECKING, "reading"): _read,
    (Stage.CHECKING, "matching"): _match,
    (Stage.RUNNING, "fields"): _make_fields,
    (Stage.RUNNING, "again"): _match_again,
    (Stage.RUNNING, "rows"): _apply,
    (Stage.RUNNING, "contracts"): _apply_contracts,
    (Stage.UNDOING, "contracts"): _undo_contracts,
    (Stage.UNDOING, "rows"): _undo_rows,
}


def _take_time() -> None:
    """A step over all records of a million rows takes longer than a page may.

    Keys are checked, and rows taken back, by plans for a tenant like any other: for one that came since the last
    ANALYZE the planner would expect a single row, and read all of them for each that is asked about.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '280s'; SET LOCAL plan_cache_mode = force_generic_plan")


def _try_take(tenant_id: int) -> bool:
    """False while another worker is at this tenant's imports."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashint8(%s))", [LOCK, tenant_id])
        return bool(cursor.fetchone()[0])
