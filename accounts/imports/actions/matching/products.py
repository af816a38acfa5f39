"""Which product a row means: code, else name; or a new one, with a code made of its name."""

from __future__ import annotations

import json

from accounts.imports.actions.matching import leading
from accounts.imports.actions.matching.saying import decide, lay_out, open_records
from accounts.imports.actions.statements import ours, run
from accounts.imports.models import Import, Noun

KEYS = f"""
SELECT r.number, NULL::text AS k1, nullif(lower(btrim(r.values ->> 'code')), '') AS k2,
    nullif(lower(btrim(r.values ->> 'name')), '') AS k3, nullif(btrim(r.values ->> 'name'), '') AS label
FROM imports_record r WHERE {open_records("product")}
"""

BY_CODE = """
UPDATE imports_said s SET target = p.id, grp = 't' || p.id FROM accounts_product p
WHERE p.tenant_id = %(tenant)s AND lower(p.code) = s.k2
"""

BY_NAME = """
UPDATE imports_said s SET target = CASE WHEN p.n = 1 THEN p.id END,
    grp = CASE WHEN p.n = 1 THEN 't' || p.id ELSE s.grp END, path = CASE WHEN p.n > 1 THEN 'product.name' END,
    message = CASE WHEN p.n > 1 THEN 'Several products have this name: give the code, too.' END
FROM (SELECT lower(name) AS k3, count(*) AS n, min(id) AS id FROM accounts_product
    WHERE tenant_id = %(tenant)s GROUP BY 1) p
WHERE s.k3 = p.k3 AND s.k2 IS NULL
"""

# As the code of a product that somebody adds by hand is made.
CODE = r"""
UPDATE imports_said s SET k2 = nullif(left(btrim(regexp_replace(regexp_replace(
    regexp_replace(normalize(s.k3, NFKD), '[^[:ascii:]]', '', 'g'), '[^a-z0-9_\s-]', '', 'g'),
    '[-\s]+', '-', 'g'), '-_'), 60), '')
WHERE s.k2 IS NULL AND s.target IS NULL AND s.message IS NULL AND s.leader IS NULL
"""

WRONG_CODE = """
UPDATE imports_said s SET path = CASE WHEN s.label IS NULL THEN 'product.name' ELSE 'product.code' END,
    message = CASE WHEN s.label IS NULL THEN 'A new product needs a name.'
        WHEN s.k2 IS NULL THEN 'Give the product a code of letters, digits and hyphens.'
        WHEN s.k2 !~ '^[-a-z0-9_]{1,60}$' THEN 'A code has letters, digits, hyphens and underscores, 60 at most.'
        ELSE format('Another product has the code %%s: give this one its own.', s.k2) END
WHERE s.target IS NULL AND s.message IS NULL AND s.leader IS NULL AND (
    s.label IS NULL OR s.k2 IS NULL OR s.k2 !~ '^[-a-z0-9_]{1,60}$'
    OR s.k2 IN (SELECT lower(code) FROM accounts_product WHERE tenant_id = %(tenant)s))
"""

SAY_CODE = f"""
UPDATE imports_record r SET "values" = r.values || jsonb_build_object('code', s.k2) FROM imports_said s
WHERE {ours("r", "product")} AND r.number = s.number AND s.target IS NULL AND s.message IS NULL AND s.leader IS NULL
    AND coalesce(r.values ->> 'code', '') = ''
"""

PATHS = json.dumps({"d": "product.code", "n": "product.name", "t": "product.name"})
WORDS = json.dumps({
    "d": "Row %s has this code already.", "n": "Row %s has this name already.",
    "t": "Row %s means the same product already.",
})  # fmt: skip


def match(job: Import) -> None:
    lay_out(job, KEYS)
    run(job, BY_CODE)
    run(job, BY_NAME)
    several = "Several rows of the file have this name: give the code, too."
    leading.join(job, "n", by=("k3",), stronger="td", path="product.name", several=several)
    leading.lead(job)
    if job.noun == Noun.PRODUCT:
        leading.contradict(job, "product", paths=PATHS, words=WORDS)
    run(job, CODE)
    leading.once(job, path="product.code", taken="Row %s has this code already.")
    run(job, WRONG_CODE)
    decide(job, "product", "accounts_product")
    run(job, SAY_CODE)
