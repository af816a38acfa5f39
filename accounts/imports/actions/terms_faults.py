"""What is wrong with the contracts of a file, each fault by its row and its field, over the tables laid out."""

from __future__ import annotations

import datetime as dt

from accounts.imports.actions.statements import run
from accounts.imports.models import Import
from accounts.ledger import GRACE

PLAIN = """
INSERT INTO imports_wrong SELECT s.number, w.path, w.message FROM imports_line s
CROSS JOIN LATERAL (VALUES
    ('account.name', 'The row doesn''t say whose contract this is.', s.account_row IS NULL),
    ('contract.start_on', 'A contract needs the day on which it starts.', s.start_on IS NULL),
    ('contract.end_on', 'The term must end after it starts.', s.end_on <= s.start_on),
    ('contract.arr', 'A contract needs an amount.', s.amount IS NULL AND s.contract_id IS NULL),
    ('contract.arr', 'This must be an amount of zero or more.', s.amount < 0 OR s.amount > 9007199254740992),
    ('contract.quantity', 'This must be a whole number of at least 1.', s.quantity < 1 OR s.quantity > 2147483647),
    ('contract.ended_on', 'A contract can''t end before it starts.', s.ended_on < s.start_on),
    ('contract.notice_days', 'This must be a number of days from 0 to 32,767.', s.notice_days NOT BETWEEN 0 AND 32767),
    ('contract.line_from', 'This must lie within the term.', s.line_from < s.start_on OR s.line_from >= s.end_on),
    ('contract.line_until', 'This must lie within the term, and after the product''s first day.',
        s.line_until > s.end_on OR s.line_until <= coalesce(s.line_from, s.start_on)),
    ('contract.name', 'This is longer than 160 characters.', length(s.name) > 160),
    ('contract.product', 'This is longer than 120 characters.', length(s.product_said) > 120),
    ('contract.external_id', 'This is longer than 120 characters.', length(s.external_id) > 120),
    ('contract.end_reason', 'This is longer than 200 characters.', length(s.end_reason) > 200)
) w (path, message, wrong) WHERE NOT s.broken AND w.wrong;
"""
# Rows with one external id must mean one contract; the first of them says which.
AT_ODDS = """
INSERT INTO imports_wrong
SELECT s.number, w.path, 'Row ' || t.first || ' says ' || w.message || ' for this contract.' || w.so
FROM imports_line s JOIN imports_term t USING (term)
CROSS JOIN LATERAL (VALUES
    ('account.name', 'another account', '', s.account <> t.account),
    ('contract.start_on', 'another start', %(apart)s, s.start_on <> t.start_on),
    ('contract.end_on', 'another end', CASE WHEN s.start_on <> t.start_on THEN '' ELSE %(apart)s END,
        s.end_on <> t.end_on)
) w (path, message, so, wrong) WHERE NOT s.broken AND w.wrong;
WITH lines AS (
    SELECT number, amount, quantity, first_value(number) OVER w AS first, first_value(amount) OVER w AS first_amount,
        first_value(quantity) OVER w AS first_quantity
    FROM imports_line WHERE NOT broken WINDOW w AS (PARTITION BY term, product ORDER BY number)
)
INSERT INTO imports_wrong
SELECT number, 'contract.product', 'Row ' || first || ' has this product on the same contract, with other figures.'
FROM lines WHERE number <> first AND (amount, quantity) IS DISTINCT FROM (first_amount, first_quantity);
"""
# Two ids are two contracts, however they overlap; without ids a second one at the same time is likely the same again.
OVERLAPS = """
WITH lines AS (
    SELECT DISTINCT ON (term, product) number, account, product, external_id IS NULL AS bare, contract_id,
        coalesce(line_from, start_on) - date '2000-01-01' AS starts,
        least(line_until, CASE WHEN ended_on BETWEEN start_on AND end_on THEN ended_on ELSE end_on END)
            - date '2000-01-01' AS over
    FROM imports_line WHERE NOT broken AND end_on > start_on AND account IS NOT NULL ORDER BY term, product, number
), beside AS (
    SELECT number, starts, contract_id, CASE WHEN bare THEN max(ARRAY[over, number]) OVER w
        ELSE max(ARRAY[over, number]) FILTER (WHERE bare) OVER w END AS other
    FROM lines WINDOW w AS (
        PARTITION BY account, product ORDER BY starts, number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
INSERT INTO imports_wrong
SELECT number, 'contract.start_on', 'Row ' || other[2] || ' has the same product until '
    || (date '2000-01-01' + other[1]) || ' already.'
FROM beside WHERE other[1] > starts AND contract_id IS NULL;
INSERT INTO imports_wrong
SELECT DISTINCT ON (s.number) s.number, 'contract.start_on',
    '“' || c.name || '” has the same product from ' || c.start_on || ' until ' || c.end_on || ' already.'
FROM imports_line s
JOIN accounts_contract c ON c.tenant_id = %(tenant)s AND c.account_id = s.account_id
JOIN accounts_contractline l ON l.tenant_id = %(tenant)s AND l.contract_id = c.id AND l.product_id = s.product_id
WHERE NOT s.broken AND s.contract_id IS NULL AND (s.external_id IS NULL OR c.external_id IS NULL)
    AND greatest(s.start_on, s.line_from, l.start_on) + %(grace)s
        < least(s.end_on, s.line_until, l.end_on, c.ended_on)
ORDER BY s.number, c.id;
"""
# An account's contracts are all in one currency: the book's, else what the file says first.
CURRENCIES = """
WITH said AS (
    SELECT s.number, s.broken, coalesce(s.currency, s.account_currency, %(currency)s) AS currency,
        coalesce(b.currency, s.account_currency, first_value(coalesce(s.currency, %(currency)s)) OVER (
            PARTITION BY s.account ORDER BY s.broken, coalesce(s.currency, %(currency)s) IS NULL, s.number)) AS expected
    FROM imports_line s LEFT JOIN accounts_account b ON b.tenant_id = %(tenant)s AND b.id = s.account_id
        AND EXISTS (SELECT 1 FROM accounts_contract c WHERE c.tenant_id = %(tenant)s AND c.account_id = b.id)
)
INSERT INTO imports_wrong SELECT number, 'contract.currency',
    'This is in ' || currency || '; the contracts of this account are in ' || expected || '.'
FROM said WHERE NOT broken AND currency <> expected;
"""
FIXED = """
INSERT INTO imports_wrong SELECT s.number, w.path, w.message
FROM imports_line s JOIN imports_term t USING (term)
JOIN accounts_contract c ON c.tenant_id = %(tenant)s AND c.id = t.contract_id
JOIN accounts_account a ON a.tenant_id = %(tenant)s AND a.id = c.account_id
CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM accounts_contract later
    WHERE later.tenant_id = %(tenant)s AND later.renews_id = c.id) AS renewed) r
CROSS JOIN LATERAL (VALUES
    ('account.name', 'This contract is one of ' || a.name || '.', t.account_id IS DISTINCT FROM c.account_id),
    ('contract.start_on', 'This is ' || c.start_on || %(fixed)s, s.start_on <> c.start_on),
    ('contract.end_on', 'This is ' || c.end_on || %(fixed)s, s.end_on <> c.end_on),
    ('contract.signed_on', 'This is ' || c.signed_on || %(fixed)s, s.signed_on <> c.signed_on),
    ('contract.ended_on', 'This contract was ended on ' || c.ended_on || '.', s.ended_on <> c.ended_on),
    ('contract.ended_on', 'This contract has been renewed already.',
        c.ended_on IS NULL AND r.renewed AND s.end_reason IS NOT NULL),
    ('contract.arr', 'This contract has been renewed already; change the newer one.',
        t.lines_differ AND c.ended_on IS NULL AND r.renewed),
    ('contract.arr', 'This contract was ended on ' || c.ended_on || '.', t.lines_differ AND c.ended_on IS NOT NULL),
    ('contract.arr', 'The term is over: what was agreed can''t change any more.',
        t.lines_differ AND c.ended_on IS NULL AND NOT r.renewed AND c.end_on <= %(today)s)
) w (path, message, wrong) WHERE NOT s.broken AND w.wrong;
"""
# A contract of which one line is refused would be another contract: it is taken whole or not at all.
TOGETHER = """
WITH bad AS (
    SELECT s.term, min(s.number) AS number FROM imports_line s
    WHERE s.broken OR EXISTS (SELECT 1 FROM imports_wrong w WHERE w.number = s.number) GROUP BY s.term
)
INSERT INTO imports_wrong SELECT s.number, '', 'Row ' || bad.number || ' of the same contract is refused.'
FROM imports_line s JOIN bad USING (term)
WHERE NOT s.broken AND NOT EXISTS (SELECT 1 FROM imports_wrong w WHERE w.number = s.number);
"""
APART = " Several terms? Give each an id of its own, or leave the contract’s id out of the mapping."
FIXED_ONCE = " in the book, and fixed once signed: renew the contract or sign another."


def find(job: Import, *, today: dt.date) -> None:
    """Fills imports_wrong."""
    said = {"today": today, "grace": GRACE.days, "fixed": FIXED_ONCE, "apart": APART}
    said["currency"] = job.format.get("currency") or None
    for statement in (PLAIN, AT_ODDS, OVERLAPS, CURRENCIES, FIXED, TOGETHER):
        run(job, statement, **said)
