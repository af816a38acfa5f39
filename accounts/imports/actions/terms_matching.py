"""Contracts of a file against the book: which are new, changed, the same or refused, before anything is written."""

from __future__ import annotations

from accounts.calendar import local_today
from accounts.imports.actions import terms_faults, terms_staging
from accounts.imports.actions.matching import settle
from accounts.imports.actions.statements import headings, rows, run
from accounts.imports.models import Import, Noun, Record
from accounts.ledger import GRACE

# How each row differs from the line that the book has for its product, and what the contract would lose. What was over
# before today is history, of which the book has its own.
COMPARE = """
ALTER TABLE imports_line ADD COLUMN differs boolean NOT NULL DEFAULT false, ADD COLUMN was jsonb;
UPDATE imports_line s SET differs = true, was = CASE WHEN x.id IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
    'amount_minor', CASE WHEN x.amount_minor <> s.amount THEN x.amount_minor END,
    'quantity', CASE WHEN x.quantity <> s.quantity THEN x.quantity END)) END
FROM (
    SELECT d.record_id, l.id, l.amount_minor, l.quantity,
        d.line_until < c.end_on AND d.line_until <= greatest(%(today)s, c.start_on) AS over
    FROM imports_line d
    JOIN accounts_contract c ON c.tenant_id = %(tenant)s AND c.id = d.contract_id
    LEFT JOIN accounts_contractline l ON l.tenant_id = %(tenant)s AND l.contract_id = d.contract_id
        AND l.product_id = d.product_id AND l.end_on = coalesce(least(d.line_until, c.end_on), c.end_on)
) x
WHERE x.record_id = s.record_id AND x.over IS NOT TRUE AND (CASE WHEN x.id IS NULL THEN s.amount IS NOT NULL
    ELSE coalesce(x.amount_minor <> s.amount, false) OR coalesce(x.quantity <> s.quantity, false) END);
ALTER TABLE imports_term ADD COLUMN was jsonb, ADD COLUMN drops text[], ADD COLUMN lines_differ boolean;
UPDATE imports_term t SET drops = x.names FROM (
    SELECT t.term, array_agg(p.name ORDER BY p.name) AS names FROM imports_term t
    JOIN accounts_contract c ON c.tenant_id = %(tenant)s AND c.id = t.contract_id
    JOIN accounts_contractline l ON l.tenant_id = %(tenant)s AND l.contract_id = c.id AND l.end_on = c.end_on
    JOIN accounts_product p ON p.tenant_id = %(tenant)s AND p.id = l.product_id
    WHERE t.says_lines AND NOT EXISTS (
        SELECT 1 FROM imports_line s WHERE s.term = t.term AND s.product_id = l.product_id
            AND coalesce(s.line_until >= c.end_on, true))
    GROUP BY t.term
) x WHERE x.term = t.term;
UPDATE imports_term t SET lines_differ =
    t.drops IS NOT NULL OR EXISTS (SELECT 1 FROM imports_line s WHERE s.term = t.term AND s.differs)
WHERE t.contract_id IS NOT NULL;
UPDATE imports_term t SET was = nullif(jsonb_strip_nulls(jsonb_build_object(
    'name', CASE WHEN c.name <> t.name THEN c.name END,
    'external_id', CASE WHEN c.external_id IS DISTINCT FROM t.external_id AND t.external_id IS NOT NULL
        THEN coalesce(c.external_id, '') END,
    'auto_renew', CASE WHEN c.auto_renew <> t.auto_renew THEN c.auto_renew END,
    'notice_days', CASE WHEN c.notice_days <> t.notice_days THEN c.notice_days END,
    'ended_on', CASE WHEN coalesce(t.ended_on::text, t.end_reason) IS NOT NULL AND c.ended_on IS NULL AND NOT EXISTS (
        SELECT 1 FROM accounts_contract n WHERE n.tenant_id = %(tenant)s AND n.renews_id = c.id) THEN '' END,
    'products', array_to_string(t.drops, ', '))), '{}')
FROM accounts_contract c WHERE c.tenant_id = %(tenant)s AND c.id = t.contract_id;
"""
JUDGE = """
WITH wrong AS (
    SELECT number, jsonb_agg(jsonb_build_object('step', 'match', 'message', message, 'column', coalesce(
        %(headings)s::jsonb->>path, CASE path WHEN 'contract.arr' THEN %(headings)s::jsonb->>'contract.total'
            WHEN 'contract.end_on' THEN %(headings)s::jsonb->>'contract.last_day' END, ''))) AS errors
    FROM imports_wrong GROUP BY number
), judged AS (
    SELECT s.record_id, s.contract_id, nullif(t.first, s.number) AS leader, w.errors,
        row_number() OVER (PARTITION BY s.term, s.product ORDER BY s.number) > 1 AS again,
        CASE WHEN s.number = t.first THEN nullif(coalesce(t.was, '{}') || coalesce(s.was, '{}'), '{}') ELSE s.was END
            AS was,
        CASE WHEN s.broken OR w.errors IS NOT NULL THEN 'refused' WHEN s.contract_id IS NULL THEN 'create'
            WHEN s.differs OR (s.number = t.first AND t.was IS NOT NULL) THEN 'change' ELSE 'same' END AS verdict
    FROM imports_line s JOIN imports_term t USING (term) LEFT JOIN wrong w USING (number)
)
UPDATE imports_record r SET errors = r.errors || coalesce(j.errors, '[]'), leader = j.leader, target_id = j.contract_id,
    verdict = CASE WHEN j.again AND j.verdict IN ('create', 'change') THEN 'same' ELSE j.verdict END,
    before = CASE WHEN j.verdict = 'change' THEN j.was END
FROM judged j WHERE r.tenant_id = %(tenant)s AND r.id = j.record_id
"""
# Over, with nothing said about an end and nothing that follows, here or in the book.
OPEN_PAST = """
WITH lines AS (
    SELECT s.*, max(start_on) OVER (PARTITION BY account, product) AS last_start FROM imports_line s WHERE NOT broken
)
SELECT count(*) FROM (
    SELECT s.term FROM lines s JOIN imports_term t USING (term)
    JOIN imports_record r ON r.tenant_id = %(tenant)s AND r.id = s.record_id AND r.verdict = 'create'
    LEFT JOIN accounts_product p ON p.tenant_id = %(tenant)s AND p.id = s.product_id
    WHERE t.end_on < %(today)s AND t.ended_on IS NULL AND t.end_reason IS NULL AND NOT t.told
    GROUP BY s.term
    HAVING bool_or(s.amount > 0 AND p.recurring IS NOT FALSE) AND NOT bool_or(
        s.last_start > s.start_on AND s.last_start >= s.end_on - %(grace)s OR EXISTS (
            SELECT 1 FROM accounts_contract c JOIN accounts_contractline l ON l.tenant_id = %(tenant)s
                AND l.contract_id = c.id AND l.product_id = s.product_id
            WHERE c.tenant_id = %(tenant)s AND c.account_id = s.account_id AND c.start_on > s.start_on
                AND c.start_on >= s.end_on - %(grace)s))
) open
"""
# Deals that aren't won say nothing of what was agreed.
NOT_WON = """
UPDATE imports_record SET verdict = 'same'
WHERE tenant_id = %(tenant)s AND job_id = %(job)s AND noun = 'contract' AND verdict = 'open' AND "values" ? 'not_won'
"""
MANY = 2_000


def match_contracts(job: Import) -> int:
    """Gives each contract record its verdict. Returns how many past terms would stay open: neither followed by
    another nor said to have ended, so that their ARR counts on unless option `past_terms` is "ended"."""
    contracts = Record.objects.filter(job=job, noun=Noun.CONTRACT)
    if not contracts.exists():
        return 0
    many = contracts[:MANY].count() == MANY
    # Nothing is known about records that were written this minute; a wrong guess would join row by row.
    run(job, f"SET LOCAL enable_nestloop = {'off' if many else 'on'}")
    today = local_today(job.tenant)
    run(job, NOT_WON)
    terms_staging.lay_out(job)
    run(job, COMPARE, today=today)
    terms_faults.find(job, today=today)
    run(job, JUDGE, headings=headings(job))
    settle(job)
    [(open_past,)] = rows(job, OPEN_PAST, today=today, grace=GRACE.days)
    run(job, "SET LOCAL enable_nestloop = on")
    return int(open_past)
