"""What the file says about contracts, laid out in tables of the moment: one row a line, one row a contract.

A contract is all rows with the same external id, or else with the same account, days and name.
"""

from __future__ import annotations

from accounts.imports.actions.statements import run
from accounts.imports.models import Import

# `broken`: the row is refused already, whatever its contract says. What is written already keeps its verdict, or it
# couldn't be taken back: an account's contracts are written together, so that no row here hangs on one of those.
SAID = """
CREATE TEMPORARY TABLE imports_line ON COMMIT DROP AS
SELECT r.id AS record_id, r.number, r.verdict = 'refused' OR coalesce(b.broken, false) AS broken,
    coalesce(a.target_id, l.target_id) AS account_id, coalesce(a.leader, a.number) AS account_row,
    coalesce('=' || coalesce(a.target_id, l.target_id), '#' || coalesce(a.leader, a.number)) AS account,
    coalesce(a."values"->>'currency', l."values"->>'currency') AS account_currency,
    nullif(v->>'external_id', '') AS external_id, nullif(v->>'name', '') AS name,
    nullif(v->>'currency', '') AS currency,
    (v->>'signed_on')::date AS signed_on, (v->>'start_on')::date AS start_on, (v->>'end_on')::date AS end_said,
    coalesce((v->>'end_on')::date, ((v->>'start_on')::date + interval '1 year')::date) AS end_on,
    (v->>'ended_on')::date AS ended_on, nullif(v->>'end_reason', '') AS end_reason,
    (v->>'auto_renew')::boolean AS auto_renew, (v->>'notice_days')::bigint AS notice_days,
    (v->>'line_from')::date AS line_from, (v->>'line_until')::date AS line_until, v ? 'movements' AS told,
    (v->>'quantity')::numeric AS quantity, (v->>'amount_minor')::numeric AS amount,
    coalesce(nullif(v->>'product', ''), nullif(p."values"->>'name', ''), nullif(p."values"->>'code', ''))
        AS product_said,
    NULL::text AS product, NULL::bigint AS product_id, NULL::text AS term, NULL::bigint AS contract_id
FROM imports_record r
CROSS JOIN LATERAL (SELECT r."values" AS v) said
LEFT JOIN imports_record a ON a.tenant_id = %(tenant)s AND a.job_id = %(job)s AND a.noun = 'account'
    AND a.number = r.number
LEFT JOIN imports_record l ON l.tenant_id = %(tenant)s AND l.job_id = %(job)s AND l.noun = 'account'
    AND l.number = a.leader
LEFT JOIN imports_record p ON p.tenant_id = %(tenant)s AND p.job_id = %(job)s AND p.noun = 'product'
    AND p.number = r.number
LEFT JOIN (
    SELECT DISTINCT number, true AS broken FROM imports_record
    WHERE tenant_id = %(tenant)s AND job_id = %(job)s AND verdict = 'refused'
) b ON b.number = r.number
WHERE r.tenant_id = %(tenant)s AND r.job_id = %(job)s AND r.noun = 'contract' AND NOT r.done
    AND NOT r."values" ? 'not_won';
ANALYZE imports_line;
"""
BY_ID = """
UPDATE imports_line s SET contract_id = c.id, end_on = coalesce(s.end_said, c.end_on),
    start_on = coalesce(s.start_on, c.start_on)
FROM accounts_contract c WHERE c.tenant_id = %(tenant)s AND c.external_id = s.external_id
"""
# A product is meant by its code, else by its name; both as the book has them and as this file brings them.
PRODUCTS = """
UPDATE imports_line s SET product_id = l.product_id FROM (
    SELECT contract_id, min(product_id) AS product_id FROM accounts_contractline
    WHERE tenant_id = %(tenant)s GROUP BY contract_id HAVING count(*) = 1
) l WHERE l.contract_id = s.contract_id AND s.product_said IS NULL;
UPDATE imports_line SET product_said = %(product)s WHERE product_said IS NULL;
WITH known AS (
    SELECT DISTINCT ON (word) word, id, name FROM (
        SELECT lower(code) AS word, id, lower(name) AS name, 0 AS turn FROM accounts_product
        WHERE tenant_id = %(tenant)s
        UNION ALL
        SELECT lower(name), id, lower(name), 1 FROM accounts_product WHERE tenant_id = %(tenant)s
        UNION ALL
        SELECT lower("values"->>'code'), target_id, lower(coalesce("values"->>'name', "values"->>'code')), 2
        FROM imports_record WHERE tenant_id = %(tenant)s AND job_id = %(job)s AND noun = 'product'
    ) words WHERE word <> '' ORDER BY word, turn, id
)
UPDATE imports_line s SET product_id = coalesce(s.product_id, k.id),
    product = coalesce('=' || coalesce(s.product_id, k.id), '#' || k.name)
FROM known k WHERE k.word = lower(s.product_said);
UPDATE imports_line SET product = coalesce('=' || product_id, '#' || lower(product_said)) WHERE product IS NULL;
"""
GROUPS = """
UPDATE imports_line SET term = coalesce(
    'x' || external_id, 'd' || account || ' ' || start_on || ' ' || end_on || ' ' || lower(coalesce(name, '')),
    'r' || number);
"""
# Without an id in common: the same account and days, and the name or a product in common; each contract once.
BY_DAYS = """
WITH likely AS (
    SELECT s.term, c.id, min(s.number) AS number, bool_or(lower(c.name) = lower(s.name)) IS TRUE AS named
    FROM imports_line s
    JOIN accounts_contract c ON c.tenant_id = %(tenant)s AND c.account_id = s.account_id
        AND c.start_on = s.start_on AND c.end_on = s.end_on
    WHERE s.contract_id IS NULL AND (s.external_id IS NULL OR c.external_id IS NULL)
        AND NOT EXISTS (SELECT 1 FROM imports_line t WHERE t.contract_id = c.id)
        AND (lower(c.name) = lower(s.name) OR EXISTS (SELECT 1 FROM accounts_contractline l
            WHERE l.tenant_id = %(tenant)s AND l.contract_id = c.id AND l.product_id = s.product_id))
    GROUP BY s.term, c.id
), chosen AS (
    SELECT DISTINCT ON (term) * FROM (SELECT DISTINCT ON (id) * FROM likely ORDER BY id, named DESC, number) once
    ORDER BY term, named DESC, id
)
UPDATE imports_line s SET contract_id = chosen.id FROM chosen WHERE chosen.term = s.term;
"""
TERMS = """
CREATE TEMPORARY TABLE imports_term ON COMMIT DROP AS
SELECT term, min(number) AS first, (array_agg(account ORDER BY number))[1] AS account,
    (array_agg(account_id ORDER BY number))[1] AS account_id, max(contract_id) AS contract_id,
    (array_agg(external_id ORDER BY number) FILTER (WHERE external_id IS NOT NULL))[1] AS external_id,
    (array_agg(name ORDER BY number) FILTER (WHERE name IS NOT NULL))[1] AS name,
    (array_agg(signed_on ORDER BY number) FILTER (WHERE signed_on IS NOT NULL))[1] AS signed_on,
    (array_agg(start_on ORDER BY number) FILTER (WHERE start_on IS NOT NULL))[1] AS start_on,
    (array_agg(end_on ORDER BY number) FILTER (WHERE end_on IS NOT NULL))[1] AS end_on,
    (array_agg(ended_on ORDER BY number) FILTER (WHERE ended_on IS NOT NULL))[1] AS ended_on,
    (array_agg(end_reason ORDER BY number) FILTER (WHERE end_reason IS NOT NULL))[1] AS end_reason,
    (array_agg(auto_renew ORDER BY number) FILTER (WHERE auto_renew IS NOT NULL))[1] AS auto_renew,
    (array_agg(notice_days ORDER BY number) FILTER (WHERE notice_days IS NOT NULL))[1] AS notice_days,
    bool_or(told) AS told, bool_or(amount IS NOT NULL AND coalesce(line_until >= end_on, true)) AS says_lines
FROM imports_line GROUP BY term;
ANALYZE imports_line; ANALYZE imports_term;
CREATE TEMPORARY TABLE imports_wrong (number integer, path text, message text) ON COMMIT DROP;
"""


def lay_out(job: Import) -> None:
    """imports_line and imports_term, with what each means in the book; imports_wrong, still empty."""
    run(job, "DROP TABLE IF EXISTS pg_temp.imports_line, pg_temp.imports_term, pg_temp.imports_wrong")
    product = job.options.get("product") or "Subscription"
    for statement in (SAID, BY_ID, PRODUCTS, GROUPS, BY_DAYS, TERMS):
        run(job, statement, product=product)
