"""Which account is above which, once both are there: with their own rows, or when the file is through."""

from __future__ import annotations

from accounts.imports.actions.applying.telling import IMPORT
from accounts.imports.actions.statements import ours, run
from accounts.imports.models import Import

# Rows and the book are laid together and sorted by name, once: no guess of the planner's can make it search the book
# anew for each row. Row-level security keeps lower() out of an index, and of records this young nothing is known.
WRITE = f"""
WITH said AS MATERIALIZED (
    SELECT r.id AS record_id, r.verdict, a.id, a.parent_id AS was, nullif(btrim(r.values ->> 'parent'), '') AS parent
    FROM imports_record r JOIN accounts_account a ON a.tenant_id = %(tenant)s AND a.id = r.target_id
    WHERE {ours("r", "account")} AND r.number BETWEEN %(first)s AND %(last)s AND r.done
        AND r.verdict IN ('create', 'change', 'same') AND r.leader IS NULL AND r.values ? 'parent'
), together AS (
    SELECT t.*, min(t.one) OVER (PARTITION BY t.name) AS named FROM (
        SELECT s.*, lower(s.parent) COLLATE "C" AS name, NULL::bigint AS one FROM said s
        UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, lower(p.name) COLLATE "C", p.id FROM accounts_account p
        WHERE p.tenant_id = %(tenant)s AND p.archived_at IS NULL
    ) t
), found AS MATERIALIZED (
    SELECT t.record_id, t.verdict, t.id, t.was, t.parent, CASE WHEN t.parent IS NOT NULL THEN coalesce(
        (SELECT p.id FROM accounts_account p WHERE p.tenant_id = %(tenant)s AND p.external_id = t.parent),
        t.named) END AS above
    FROM together t WHERE t.record_id IS NOT NULL
), moved AS MATERIALIZED (
    SELECT f.* FROM found f WHERE f.above IS DISTINCT FROM f.was AND f.above IS DISTINCT FROM f.id
        AND (f.above IS NOT NULL OR f.parent IS NULL)
), changed AS (
    UPDATE accounts_account a SET parent_id = m.above,
        version = a.version + (m.verdict <> 'create')::int, updated_at = now()
    FROM moved m WHERE a.tenant_id = %(tenant)s AND a.id = m.id
), told AS (
    INSERT INTO accounts_event (tenant_id, account_id, kind, actor_id, facts)
    SELECT %(tenant)s, m.id, 'account.edited', %(by)s, jsonb_build_object('fields', '["parent"]'::jsonb,
        'changed', 'parent', 'before', jsonb_build_object('parent', was.name),
        'after', jsonb_build_object('parent', becomes.name)) || {IMPORT}
    FROM moved m
    LEFT JOIN accounts_account was ON was.tenant_id = %(tenant)s AND was.id = m.was
    LEFT JOIN accounts_account becomes ON becomes.tenant_id = %(tenant)s AND becomes.id = m.above
    WHERE m.verdict <> 'create'
)
UPDATE imports_record r SET verdict = CASE WHEN r.verdict = 'same' THEN 'change' ELSE r.verdict END,
    before = CASE WHEN r.verdict = 'create' THEN r.before
        ELSE coalesce(r.before, '{{}}') || jsonb_build_object('parent_id', m.was) END
FROM moved m WHERE r.tenant_id = %(tenant)s AND r.id = m.record_id
"""

MORE = f"SELECT 1 FROM imports_record r WHERE {ours('r', 'account')} AND r.number > %(last)s LIMIT 1"


def write(job: Import, first: int, last: int) -> None:
    """Those above that are in the book by now."""
    run(job, WRITE, first=first, last=last)


def catch_up(job: Import, last: int) -> None:
    """After the last row: those above that came later in the file than those below them."""
    if not run(job, MORE, last=last):
        run(job, WRITE, first=0, last=last)
