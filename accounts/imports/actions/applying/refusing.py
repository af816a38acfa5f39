"""Rows that the book can't take any more, refused by name: it changed between the check and the run."""

from __future__ import annotations

import json

from accounts.imports.actions.matching.settling import HEIRS
from accounts.imports.actions.statements import headings, run
from accounts.imports.models import Import
from accounts.models import Account, Contact, Event, Product

MODELS = (Product, Account, Contact, Event)

REFUSE = """
UPDATE imports_record r SET verdict = 'refused',
    errors = CASE WHEN r.id = telling.id THEN r.errors || %(error)s::jsonb ELSE r.errors END
FROM (SELECT id FROM imports_record WHERE tenant_id = %(tenant)s AND job_id = %(job)s AND number = %(number)s
    AND NOT done ORDER BY noun = %(noun)s DESC LIMIT 1) telling
WHERE r.tenant_id = %(tenant)s AND r.job_id = %(job)s AND r.number = %(number)s AND NOT r.done
"""

# What was neither written nor found: its account was refused, or somebody took it away since.
LOST = """
UPDATE imports_record r SET verdict = 'refused', errors = r.errors || jsonb_build_object('step', 'write', 'column', '',
    'message', CASE WHEN r.target_id IS NOT NULL THEN 'This isn''t there any more.'
        WHEN r.leader IS NOT NULL THEN format('Row %%s, which means the same, was refused.', r.leader)
        ELSE 'The account of this row was refused.' END)
WHERE r.tenant_id = %(tenant)s AND r.job_id = %(job)s AND r.number BETWEEN %(first)s AND %(last)s
    AND r.noun IN ('product', 'account', 'contact', 'note') AND NOT r.done
    AND (r.verdict IN ('create', 'change') OR r.verdict = 'same' AND r.target_id IS NULL)
"""


def refuse_row(job: Import, number: int, error: Exception) -> None:
    """The whole row, with what the database said in the words of the field; the next that means the same is tried."""
    noun, column, message = said(error)
    told = {"step": "write", "column": json.loads(headings(job)).get(column, ""), "message": message}
    run(job, REFUSE, number=number, noun=noun or job.noun, error=json.dumps(told))
    run(job, HEIRS.format(only="AND led.number = %(number)s"), number=number)


def refuse_lost(job: Import, first: int, last: int) -> None:
    run(job, LOST, first=first, last=last)


def said(error: Exception) -> tuple[str, str, str]:
    """(noun, path, message); a constraint that nobody gave words to is told as the database tells it."""
    diagnosis = getattr(error.__cause__, "diag", None)
    table = getattr(diagnosis, "table_name", None) or ""
    for model in MODELS:
        if model._meta.db_table != table:
            continue
        for constraint in model._meta.constraints:
            if constraint.name == getattr(diagnosis, "constraint_name", None):
                noun, field = str(model._meta.model_name), str((getattr(constraint, "fields", None) or [""])[-1])
                return noun, f"{noun}.{field}", str(constraint.get_violation_error_message())
    return "", "", str(getattr(diagnosis, "message_primary", None) or error).capitalize()
