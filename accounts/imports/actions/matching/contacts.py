"""Which person a row means: external id, address within the account, name within the account; or a new one."""

from __future__ import annotations

import json

from accounts.imports.actions.matching import leading
from accounts.imports.actions.matching.saying import decide, lay_out, open_records
from accounts.imports.actions.statements import ours, run
from accounts.imports.models import Import, Noun

# The account: a… is in the book, r… comes with that row. An address counts once among those present and for each
# day of leaving.
KEYS = f"""
SELECT *, account || ':' || email || coalesce(':' || departed, '') AS k2, account || ':' || lower(label) AS k3
FROM (
    SELECT r.number, nullif(r.values ->> 'external_id', '') AS k1,
        coalesce(nullif(btrim(r.values ->> 'name'), ''), nullif(r.values ->> 'email', '')) AS label,
        nullif(lower(r.values ->> 'email'), '') AS email, nullif(r.values ->> 'departed_on', '') AS departed,
        a.target_id AS account_id, CASE WHEN a.target_id IS NOT NULL THEN 'a' || a.target_id
            WHEN a.number IS NOT NULL THEN 'r' || coalesce(a.leader, a.number) END AS account
    FROM imports_record r LEFT JOIN imports_record a ON {ours("a", "account")} AND a.number = r.number
    WHERE {open_records("contact")} AND a.verdict IS DISTINCT FROM 'refused'
) r
"""

BY_EXTERNAL_ID = """
UPDATE imports_said s SET target = c.id, grp = 't' || c.id,
    path = CASE WHEN s.account IS NOT NULL AND s.account_id IS DISTINCT FROM c.account_id
        THEN 'contact.external_id' END,
    message = CASE WHEN s.account IS NOT NULL AND s.account_id IS DISTINCT FROM c.account_id THEN
        format('This contact belongs to “%%s”: people who move depart there and are added here.', a.name) END
FROM accounts_contact c JOIN accounts_account a ON a.tenant_id = %(tenant)s AND a.id = c.account_id
WHERE c.tenant_id = %(tenant)s AND c.external_id = s.k1
"""

ANYWHERE = """
UPDATE imports_said s SET target = CASE WHEN c.n = 1 THEN c.id END,
    grp = CASE WHEN c.n = 1 THEN 't' || c.id ELSE s.grp END, path = CASE WHEN c.n > 1 THEN 'contact.email' END,
    message = CASE WHEN c.n > 1 THEN 'Several contacts have this address: name the account, too.' END
FROM (
    SELECT email, count(*) AS n, min(id) AS id FROM (
        SELECT c.email, c.id, c.departed_on IS NOT NULL AS gone, bool_and(c.departed_on IS NOT NULL)
            OVER (PARTITION BY c.email) AS all_gone
        FROM accounts_contact c WHERE c.tenant_id = %(tenant)s AND c.email <> ''
            AND c.email IN (SELECT email FROM imports_said WHERE account IS NULL)
    ) c WHERE all_gone OR NOT gone GROUP BY email
) c
WHERE s.account IS NULL AND s.target IS NULL AND s.email = c.email
"""
NO_ACCOUNT = """
UPDATE imports_said s SET path = 'account.name',
    message = 'This row names no account, and nobody is known by this address.'
WHERE s.account IS NULL AND s.target IS NULL AND s.message IS NULL
"""

# The one who left on that day, else who is here, else who left last. A present one keeps their address to themselves.
BY_EMAIL = """
WITH found AS (
    SELECT DISTINCT ON (s.number) s.number, c.id, c.name,
        s.target <> c.id OR s.k1 IS NOT NULL AND c.external_id IS NOT NULL AND s.k1 <> c.external_id AS other,
        c.departed_on IS NULL AND s.departed IS NULL AS present
    FROM imports_said s JOIN accounts_contact c
        ON c.tenant_id = %(tenant)s AND c.account_id = s.account_id AND c.email = s.email
    WHERE s.message IS NULL
    ORDER BY s.number, c.departed_on::text IS NOT DISTINCT FROM s.departed DESC, c.departed_on DESC NULLS FIRST, c.id
)
UPDATE imports_said s SET
    target = CASE WHEN other IS TRUE THEN s.target ELSE f.id END,
    grp = CASE WHEN other IS TRUE THEN s.grp ELSE 't' || f.id END,
    path = CASE WHEN other AND present THEN 'contact.email' END,
    message = CASE WHEN other AND present THEN format('“%%s” has this e-mail address here already.', f.name) END
FROM found f WHERE f.number = s.number
"""

# Two people may share a name: another address or another external id makes another person.
BY_NAME = """
WITH held AS (
    SELECT 'a' || c.account_id || ':' || lower(c.name) AS k3,
        ARRAY[count(*), count(*) FILTER (WHERE c.email = ''), count(*) FILTER (WHERE c.external_id IS NULL),
            count(*) FILTER (WHERE c.email = '' AND c.external_id IS NULL)] AS n,
        ARRAY[min(c.id), min(c.id) FILTER (WHERE c.email = ''), min(c.id) FILTER (WHERE c.external_id IS NULL),
            min(c.id) FILTER (WHERE c.email = '' AND c.external_id IS NULL)] AS id
    FROM accounts_contact c WHERE c.tenant_id = %(tenant)s
        AND c.account_id IN (SELECT account_id FROM imports_said WHERE target IS NULL) GROUP BY 1
), found AS (
    SELECT s.number, h.n[which] AS n, h.id[which] AS id
    FROM imports_said s JOIN held h USING (k3),
        LATERAL (SELECT 1 + (s.email IS NOT NULL)::int + 2 * (s.k1 IS NOT NULL)::int AS which) w
    WHERE s.target IS NULL AND s.message IS NULL
)
UPDATE imports_said s SET target = CASE WHEN f.n = 1 THEN f.id END,
    grp = CASE WHEN f.n = 1 THEN 't' || f.id ELSE s.grp END, path = CASE WHEN f.n > 1 THEN 'contact.name' END,
    message = CASE WHEN f.n > 1 THEN 'Several people of this account have this name: give the e-mail address, too.' END
FROM found f WHERE f.number = s.number AND f.n > 0
"""

NAMELESS = """
UPDATE imports_said s SET path = 'contact.name', message = 'A new contact needs a name or an e-mail address.'
WHERE s.label IS NULL AND s.target IS NULL AND s.leader IS NULL AND s.message IS NULL
"""

PATHS = json.dumps({"e": "contact.external_id", "d": "contact.email", "n": "contact.name", "t": "contact.name"})
WORDS = json.dumps({
    "e": "Row %s has this external id already.", "d": "Row %s has this e-mail address already.",
    "n": "Row %s has this name already.", "t": "Row %s means the same contact already.",
})  # fmt: skip


def match(job: Import) -> None:
    lay_out(job, KEYS)
    for statement in (BY_EXTERNAL_ID, ANYWHERE, NO_ACCOUNT, BY_EMAIL, BY_NAME):
        run(job, statement)
    several = "Several rows of the file have this {}: give the external id, too."
    leading.join(job, "d", by=("k2",), stronger="te", path="contact.email", several=several.format("address"))
    leading.join(job, "n", by=("k3",), stronger="ted", path="contact.name", several=several.format("name"))
    leading.once(job, path="contact.email", taken="Row %s has this e-mail address already.")
    leading.lead(job)
    if job.noun == Noun.CONTACT:
        leading.contradict(job, "contact", paths=PATHS, words=WORDS)
    run(job, NAMELESS)
    decide(job, "contact", "accounts_contact")
