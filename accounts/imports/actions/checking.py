"""The file becomes records: some thousand rows at a time, each batch whole or not at all."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection

from accounts.imports.actions import own_fields
from accounts.imports.models import Import, Verdict
from accounts.imports.reading import Format, Row
from accounts.imports.values import Reader
from accounts.models import Membership

BATCH = 5_000
STAGE = """
DROP TABLE IF EXISTS pg_temp.imports_stage;
CREATE TEMPORARY TABLE imports_stage (number integer, noun text, verdict text, said jsonb, errors jsonb) ON COMMIT DROP
"""
# COPY can't write into a table under row-level security, so the rows come by way of a table of the moment.
KEEP = """
INSERT INTO imports_record (job_id, number, noun, verdict, "values", errors, possible, done)
SELECT %s, number, noun, verdict, said, errors, '[]', false FROM imports_stage
"""

Line = tuple[int, str, str, dict[str, Any], list[dict[str, str]]]


def read_batch(job: Import, rows: Iterator[Row], reader: Reader) -> tuple[int, int]:
    """The next rows as records: how many rows of the file there were, and the number of the last."""
    columns = {int(column): path for column, path in job.columns.items()}
    batch = list(islice(rows, BATCH))
    _keep(job, (line for row in batch for line in _lines(job, row, columns, reader)))
    return len(batch), batch[-1].number if batch else 0


def reader_of(job: Import) -> Reader:
    """What the tenant knows about people and own fields, asked once."""
    known = people(job.tenant_id)
    return Reader(
        Format.from_json(job.format),
        known,
        own_fields.specs(),
        headings=job.headings,
        blanks=job.options["blanks"],
        zone=job.tenant.zone,
        strangers=job.options.get("people", "refuse"),
    )


def people(tenant_id: int) -> dict[str, int]:
    """By e-mail address, and by name where only one has it."""
    members = Membership.objects.active().filter(tenant_id=tenant_id)
    rows = list(members.values_list("user__email", "user__name", "user_id"))
    names = Counter(name.lower() for _email, name, _user_id in rows)
    known = {name.lower(): user_id for _email, name, user_id in rows if names[name.lower()] == 1}
    return known | {email.lower(): user_id for email, _name, user_id in rows}


def _lines(job: Import, row: Row, columns: dict[int, str], reader: Reader) -> Iterable[Line]:
    """One record for each noun that the row speaks of; a row with any fault is refused whole."""
    if row.fault:
        return [(row.number, job.noun, Verdict.REFUSED, {}, [_faulty(job, row)])]
    said, errors = reader.read(row.number, row.cells, columns)
    if not said and not errors:
        return []  # an empty line
    if "not_won" in said.get("contract", {}):
        return [(row.number, "contract", Verdict.SAME, said["contract"], [])]
    if job.noun not in said:
        said = {job.noun: {}, **said}
        errors = errors or [{"column": "", "message": _nothing(job)}]
    if not errors:
        return [(row.number, noun, Verdict.OPEN, values, []) for noun, values in said.items()]
    return [
        (row.number, noun, Verdict.REFUSED, values, errors if noun == job.noun else []) for noun, values in said.items()
    ]


def _faulty(job: Import, row: Row) -> dict[str, str]:
    """`surplus`: how many cells more it has than there are headings; the file of refused rows has room for them."""
    surplus = len(row.cells) - len(job.headings)
    return {"column": "", "message": row.fault} | ({"surplus": str(surplus)} if surplus > 0 else {})


def _nothing(job: Import) -> str:
    return f"Nothing in this row says anything about {job.get_noun_display().lower()}."


def _keep(job: Import, lines: Iterable[Line]) -> None:
    buffer = io.StringIO()
    for number, noun, verdict, said, errors in lines:
        # JSON without line breaks and tabs: only its own backslashes need another one in COPY's format.
        cells = (json.dumps(said), json.dumps(errors))
        text = "\t".join(cell.replace("\\", "\\\\") for cell in cells)
        buffer.write(f"{number}\t{noun}\t{verdict}\t{text}\n")
    buffer.seek(0)
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        cursor.copy_expert("COPY imports_stage FROM STDIN", buffer)
        cursor.execute(KEEP, [job.pk])
