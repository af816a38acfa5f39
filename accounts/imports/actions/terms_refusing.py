"""Contracts that can't be written as the trial said: refused with all their rows, in one statement for any number."""

from __future__ import annotations

import json
from collections.abc import Iterable

from accounts.imports.actions.statements import run
from accounts.imports.actions.terms_reading import SaidTerm
from accounts.imports.models import Import

REFUSE = """
UPDATE imports_record r SET verdict = 'refused', errors = x.errors
FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(record bigint, errors jsonb)
WHERE r.tenant_id = %(tenant)s AND r.id = x.record
"""
Fault = tuple[SaidTerm, str, list[str]]  # which contract, in which field, what is wrong


def refuse(job: Import, faults: Iterable[Fault]) -> None:
    columns = {said: job.headings[int(column)] for column, said in job.columns.items()}
    rows = [
        {"record": record, "errors": [{"column": columns.get(path, ""), "message": message} for message in messages]}
        for term, path, messages in faults
        for record in term.records
    ]
    if rows:
        run(job, REFUSE, rows=json.dumps(rows))
