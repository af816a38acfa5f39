"""What the file says of one noun, at hand with its keys while it is compared, and the verdicts that come of it.

Keys from strong to weak: k1 says which thing it is (external id), k2 nearly always does (domain, e-mail, code),
k3 only may (name). `grp`: rows that mean the same thing; its first letter says by which key (t: it is in the book).
"""

from __future__ import annotations

from accounts.imports.actions.statements import IDENTITY, difference, headings, ours, run, spoken, standing
from accounts.imports.models import Import

GROUP = "CASE WHEN k1 IS NOT NULL THEN 'e' || k1 WHEN k2 IS NOT NULL THEN 'd' || k2 ELSE 'n' || coalesce(k3, '') END"

LAY_OUT = """
CREATE TEMPORARY TABLE imports_said ON COMMIT DROP AS
SELECT said.*, {group} AS grp, NULL::bigint AS target, NULL::integer AS leader, NULL::text AS path,
    NULL::text AS message, NULL::bigint[] AS possible, NULL::bigint[] AS doubt
FROM ({keys}) said
"""

# One row for each record. Behind OFFSET 0 each thing is made JSON once, and not again for each of its columns.
DECIDE = """
UPDATE imports_record r SET
    verdict = CASE WHEN s.message IS NOT NULL THEN 'refused' WHEN s.leader IS NOT NULL THEN 'same'
        WHEN s.target IS NULL THEN 'create' WHEN s.before IS NULL THEN 'same' ELSE 'change' END,
    target_id = s.target, leader = s.leader, before = s.before,
    possible = coalesce(to_jsonb(s.possible), '[]'),
    errors = CASE WHEN s.message IS NULL THEN r.errors ELSE r.errors || jsonb_build_object('step', 'match',
        'column', coalesce(%(headings)s::jsonb ->> s.path, ''), 'message', s.message) END
FROM (
    SELECT s.*, CASE WHEN s.was IS NOT NULL THEN {difference} END AS before FROM (
        SELECT s.number, s.target, s.path, s.message, s.possible,
            CASE WHEN s.message IS NULL THEN s.leader END AS leader, {says} AS says,
            CASE WHEN x.id IS NOT NULL AND s.leader IS NULL AND s.message IS NULL THEN {standing} END AS was
        FROM imports_said s JOIN imports_record q ON {ours_q} AND q.number = s.number
        LEFT JOIN {table} x ON x.tenant_id = %(tenant)s AND x.id = s.target
        OFFSET 0
    ) s OFFSET 0
) s
WHERE {ours_r} AND r.number = s.number
"""


def lay_out(job: Import, keys: str) -> None:
    """`keys`: a query of number, k1, k2, k3, label and whatever else the noun is found by."""
    run(job, "DROP TABLE IF EXISTS pg_temp.imports_said")
    run(job, LAY_OUT.format(keys=keys, group=GROUP))
    run(job, "ANALYZE imports_said")


def open_records(noun: str, r: str = "r") -> str:
    return f"{ours(r, noun)} AND NOT {r}.done AND {r}.verdict = 'open'"


def decide(job: Import, noun: str, table: str) -> None:
    """`table`: the noun's. What isn't in IDENTITY can't change."""
    changes = noun in IDENTITY
    statement = DECIDE.format(
        difference=difference("s.was", "s.says") if changes else "NULL::jsonb",
        says=spoken(job, noun, "q.values") if changes else "NULL::jsonb",
        table=table, standing=standing(job, noun), ours_q=ours("q", noun), ours_r=ours("r", noun),
    )  # fmt: skip
    run(job, statement, headings=headings(job))
