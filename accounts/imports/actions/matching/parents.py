"""Which account is above which: by external id or name, in the book or in the file; never above itself."""

from __future__ import annotations

from accounts.imports.actions.statements import headings, ours, run
from accounts.imports.models import Import

# node: a… for an account of the book, r… for one that comes with that row.
LAY_OUT = f"""
CREATE TEMPORARY TABLE imports_parent ON COMMIT DROP AS
SELECT r.number, r.target_id, coalesce('a' || r.target_id, 'r' || r.number) AS node,
    nullif(btrim(r.values ->> 'parent'), '') AS said, NULL::text AS above, NULL::text AS message
FROM imports_record r
WHERE {ours("r", "account")} AND NOT r.done AND r.verdict <> 'refused' AND r.leader IS NULL AND r.values ? 'parent'
"""

FILE = f"""
SELECT coalesce('a' || q.target_id, 'r' || q.number) AS node, q.values ->> 'external_id' AS external_id,
    lower(btrim(q.values ->> 'name')) AS name
FROM imports_record q WHERE {ours("q", "account")} AND q.verdict <> 'refused' AND q.leader IS NULL
"""

BOOK = """
SELECT 'a' || id AS node, external_id, lower(name) AS name FROM accounts_account
WHERE tenant_id = %(tenant)s AND archived_at IS NULL
"""

FIND = """
UPDATE imports_parent p SET above = CASE WHEN w.n = 1 THEN w.node END,
    message = CASE WHEN w.n > 1 THEN format('Several accounts are called “%%s”: give the external id.', p.said) END
FROM (SELECT {key} AS key, count(DISTINCT node) AS n, min(node) AS node FROM ({where}) w GROUP BY 1) w
WHERE w.key = {said} AND p.above IS NULL AND p.message IS NULL
"""

NOT_FOUND = """
UPDATE imports_parent SET message = CASE WHEN said IS NOT NULL AND above IS NULL
    THEN format('There is no account “%%s”, neither here nor in the file.', said)
    ELSE 'An account can''t be its own parent.' END
WHERE message IS NULL AND (said IS NOT NULL AND above IS NULL OR above = node)
"""

# What the file says of an account's parent counts, else what the book says.
CIRCLES = """
WITH RECURSIVE edges AS (
    SELECT node, above FROM imports_parent WHERE message IS NULL AND above IS NOT NULL
    UNION ALL
    SELECT 'a' || a.id, 'a' || a.parent_id FROM accounts_account a
    WHERE a.tenant_id = %(tenant)s AND a.parent_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM imports_parent p WHERE p.target_id = a.id AND p.message IS NULL)
), walk AS (
    SELECT node AS first, above, 1 AS height FROM edges WHERE node IN (SELECT node FROM imports_parent)
    UNION
    SELECT w.first, e.above, w.height + 1 FROM walk w JOIN edges e ON e.node = w.above
    WHERE w.above <> w.first AND w.height < 50
)
UPDATE imports_parent p SET message = CASE WHEN w.above = p.node
    THEN 'An account can''t be above itself, not even by way of others.'
    ELSE 'There are 50 accounts above this one.' END
FROM walk w WHERE w.first = p.node AND (w.above = p.node OR w.height = 50) AND p.message IS NULL
"""

DECIDE = f"""
UPDATE imports_record r SET
    verdict = CASE WHEN p.message IS NOT NULL THEN 'refused' WHEN r.verdict = 'same' THEN 'change' ELSE r.verdict END,
    before = CASE WHEN r.verdict = 'create' OR p.message IS NOT NULL THEN r.before
        ELSE coalesce(r.before, '{{}}') || jsonb_build_object('parent_id', a.parent_id) END,
    errors = CASE WHEN p.message IS NULL THEN r.errors ELSE r.errors || jsonb_build_object('step', 'match',
        'column', coalesce(%(headings)s::jsonb ->> 'account.parent', ''), 'message', p.message) END
FROM imports_parent p LEFT JOIN accounts_account a ON a.tenant_id = %(tenant)s AND a.id = p.target_id
WHERE {ours("r", "account")} AND r.number = p.number
    AND (p.message IS NOT NULL OR p.target_id IS NOT NULL AND ('a' || a.parent_id) IS DISTINCT FROM p.above)
"""


def match(job: Import) -> None:
    run(job, "DROP TABLE IF EXISTS pg_temp.imports_parent")
    run(job, LAY_OUT)
    run(job, "ANALYZE imports_parent")
    for key, said in (("external_id", "p.said"), ("name", "lower(p.said)")):
        for where in (BOOK, FILE):
            run(job, FIND.format(key=key, said=said, where=where))
    run(job, NOT_FOUND)
    run(job, CIRCLES)
    run(job, DECIDE, headings=headings(job))
