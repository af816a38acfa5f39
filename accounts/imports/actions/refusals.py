"""The refused rows as they were sent, each with its reasons: read from the file again, in flat memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from accounts.imports.actions import files
from accounts.imports.actions.statements import ours
from accounts.imports.actions.statements import rows as rows_of
from accounts.imports.models import Import, Record, Verdict
from accounts.imports.reading import Cell, Format, rows
from accounts.tenancy.context import tenant_context

REASON = "Why it was refused"
CHUNK = 1_000
MOST_SURPLUS = 50  # columns; what is more stands together in the last of them
BETWEEN = " | "
SURPLUS = f"""
SELECT coalesce(max((e ->> 'surplus')::integer), 0) FROM imports_record r, jsonb_array_elements(r.errors) e
WHERE {ours("r", "{noun}")} AND r.verdict = 'refused' AND e ? 'surplus'
"""


def refused_rows(job: Import) -> tuple[list[str], Iterator[list[Cell]]]:
    """Headings and rows of a file to be mended and sent again: no cell of a refused row is lost."""
    surplus = min(rows_of(job, SURPLUS.format(noun=job.noun))[0][0], MOST_SURPLUS)
    more = [f"surplus {number}" for number in range(1, surplus + 1)]
    return [*job.headings, *more, REASON], _cells(job, surplus)


def _cells(job: Import, surplus: int) -> Iterator[list[Cell]]:
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
                yield [*_as_wide(row.cells, len(job.headings) + surplus), reason]
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
    """The reason stands under its heading, however many cells there are."""
    if len(row) > width:
        return [*row[: width - 1], BETWEEN.join(str(cell) for cell in row[width - 1 :] if cell not in (None, ""))]
    return [*row, *[""] * (width - len(row))]
