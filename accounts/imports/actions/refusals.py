"""The refused rows as they were sent, each with its reasons: read from the file again, in flat memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from accounts.imports.actions import files
from accounts.imports.models import Import, Record, Verdict
from accounts.imports.reading import Cell, Format, rows
from accounts.tenancy.context import tenant_context

REASON = "Why it was refused"
CHUNK = 1_000


def headings(job: Import) -> list[str]:
    return [*job.headings, REASON]


def cells(job: Import) -> Iterator[list[Cell]]:
    """A stream is read when the request is over, so each look into the database enters the tenant by itself."""
    with tenant_context(job.tenant_id):
        file = files.restored(job)
        path = file.__enter__()
    try:
        waiting = reasons(job)
        number, reason = next(waiting, (0, ""))
        for row in rows(path, Format.from_json(job.format)):
            if not number:
                return
            if row.number == number:
                yield [*_as_wide(row.cells, len(job.headings)), reason]
                number, reason = next(waiting, (0, ""))
    finally:
        file.__exit__(None, None, None)


def reasons(job: Import) -> Iterator[tuple[int, str]]:
    """(row, reasons) in order, one entry per row."""
    after = 0
    while True:
        with tenant_context(job.tenant_id):
            found = Record.objects.filter(job=job, noun=job.noun, verdict=Verdict.REFUSED, number__gt=after)
            numbers = list(found.order_by("number").values_list("number", flat=True)[:CHUNK])
            said = Record.objects.filter(job=job, number__in=numbers).exclude(errors=[])
            chunk = list(said.order_by("number", "noun").values_list("number", "errors"))
        for number, group in groupby(chunk, key=lambda each: each[0]):
            yield number, "; ".join(_worded(errors for _number, errors in group))
        if len(numbers) < CHUNK:
            return
        after = numbers[-1]


def _worded(every: Iterable[list[dict[str, str]]]) -> Iterator[str]:
    for errors in every:
        for each in errors:
            yield f"{each['column']}: {each['message']}" if each["column"] else each["message"]


def _as_wide(row: list[Cell], width: int) -> list[Cell]:
    """A row that was refused for its width keeps its cells; the reason stands under its heading all the same."""
    return [*row[:width], *[""] * (width - len(row))]
