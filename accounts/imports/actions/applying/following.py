"""Records that follow another row's, and what all kinds of records are chosen and marked by."""

from __future__ import annotations

from accounts.imports.actions.statements import ours, rows, run, spoken, standing
from accounts.imports.models import Import

# Locked: a second worker that came to the same rows waits, and then finds them done.
CHOSEN = """{ours} AND r.number BETWEEN %(first)s AND %(last)s AND r.verdict = '{verdict}' AND NOT r.done"""

MARK = """
UPDATE imports_record r SET done = true, target_id = s.id{more} FROM said s
WHERE r.tenant_id = %(tenant)s AND r.id = s.record_id
"""

# Each thing is held with its record: what it is now, and not what it was at the check, is kept in `before`.
HELD = """
    SELECT r.id AS record_id, x.id, {standing} AS was, {says} AS says
    FROM imports_record r JOIN accounts_{noun} x ON x.tenant_id = %(tenant)s AND x.id = r.target_id
    WHERE {chosen} ORDER BY x.id FOR NO KEY UPDATE"""
CHANGED = ", verdict = CASE WHEN s.before IS NULL THEN 'same' ELSE 'change' END, before = s.before"

DUE = """
SELECT DISTINCT r.noun, CASE WHEN r.leader IS NULL THEN r.verdict ELSE 'follow' END FROM imports_record r
WHERE r.tenant_id = %(tenant)s AND r.job_id = %(job)s AND r.number BETWEEN %(first)s AND %(last)s AND NOT r.done
"""

# One look-up for each row: the planner, who knows nothing of records this young, would rather read them all.
FOLLOW = """
UPDATE imports_record r SET target_id = f.target_id FROM (
    SELECT r.id, (SELECT led.target_id FROM imports_record led WHERE led.tenant_id = %(tenant)s AND led.job_id = %(job)s
        AND led.noun = r.noun AND led.number = r.leader AND led.verdict <> 'refused') AS target_id
    FROM imports_record r
    WHERE r.tenant_id = %(tenant)s AND r.job_id = %(job)s AND r.number BETWEEN %(first)s AND %(last)s
        AND r.leader IS NOT NULL AND r.target_id IS NULL AND r.verdict = 'same'
    OFFSET 0
) f WHERE r.tenant_id = %(tenant)s AND r.id = f.id AND f.target_id IS NOT NULL
"""

# The account of row {r}, once it is written.
ACCOUNT = """(SELECT a.target_id FROM imports_record a WHERE a.tenant_id = %(tenant)s AND a.job_id = %(job)s
        AND a.noun = 'account' AND a.number = r.number AND a.verdict <> 'refused')"""


def chosen(noun: str, verdict: str) -> str:
    return CHOSEN.format(ours=ours("r", noun), verdict=verdict)


def held(job: Import, noun: str) -> str:
    """What the changing records say and what is there: record_id, id, was, says."""
    return HELD.format(says=spoken(job, noun, "r.values"), noun=noun, standing=standing(job, noun),
                       chosen=chosen(noun, "change"))  # fmt: skip


def due(job: Import, first: int, last: int) -> set[tuple[str, str]]:
    """(noun, what is to be done with it): most rows say one thing of one noun, and the rest needn't be asked."""
    return {(noun, what) for noun, what in rows(job, DUE, first=first, last=last)}


def catch_up(job: Import, first: int, last: int) -> None:
    """Rows that follow know now what the first made."""
    # After much was deleted the planner's figures are off, and it would read the whole table for each row.
    run(job, "SET LOCAL enable_seqscan = off")
    run(job, "SET LOCAL enable_bitmapscan = off")
    run(job, FOLLOW, first=first, last=last)
    run(job, "SET LOCAL enable_seqscan = on")
    run(job, "SET LOCAL enable_bitmapscan = on")
