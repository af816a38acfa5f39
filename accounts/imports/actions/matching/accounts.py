"""Which account a row means: external id, domain, a contact's address, name; or a new one."""

from __future__ import annotations

import json

from accounts.imports.actions.matching import leading
from accounts.imports.actions.matching.saying import decide, lay_out, open_records
from accounts.imports.actions.statements import maps, ours, run
from accounts.imports.models import Import, Noun

KEYS = f"""
SELECT r.number, nullif(r.values ->> 'external_id', '') AS k1,
    nullif(lower(btrim(r.values ->> 'domain')), '') AS k2, nullif(lower(btrim(r.values ->> 'name')), '') AS k3,
    nullif(btrim(r.values ->> 'name'), '') AS label, nullif(lower(c.values ->> 'email'), '') AS email
FROM imports_record r LEFT JOIN imports_record c ON {ours("c", "contact")} AND c.number = r.number
WHERE {open_records("account")}
"""

BY_EXTERNAL_ID = """
UPDATE imports_said s SET target = a.id, grp = 't' || a.id,
    path = CASE WHEN a.archived_at IS NOT NULL THEN 'account.external_id' END,
    message = CASE WHEN a.archived_at IS NOT NULL THEN
        format('“%%s” has this external id and is archived: restore it first.', a.name) END
FROM accounts_account a WHERE a.tenant_id = %(tenant)s AND a.external_id = s.k1
"""

# A row with an external id of its own isn't an account that has another one: those are left out of `fitting`.
HELD = """
held AS (
    SELECT {columns}, count(*) AS n, count(*) FILTER (WHERE a.external_id IS NULL) AS free_n,
        min(a.id) AS id, min(a.id) FILTER (WHERE a.external_id IS NULL) AS free_id,
        array_agg(a.id ORDER BY a.id) AS ids,
        array_agg(a.id ORDER BY a.id) FILTER (WHERE a.external_id IS NULL) AS free_ids,
        array_to_string((array_agg(a.name ORDER BY a.id))[1:3], ', ') AS names
    FROM accounts_account a WHERE a.tenant_id = %(tenant)s AND a.archived_at IS NULL AND {wanted}
    GROUP BY {keys}
), found AS (
    SELECT s.number, h.names, h.ids,
        CASE WHEN s.k1 IS NULL THEN h.n ELSE h.free_n END AS n,
        CASE WHEN s.k1 IS NULL THEN h.id ELSE h.free_id END AS id,
        CASE WHEN s.k1 IS NULL THEN h.ids ELSE h.free_ids END AS fitting
    FROM imports_said s JOIN held h USING ({keys}) WHERE s.target IS NULL AND s.message IS NULL
)
"""
COLUMNS = {"k2": "lower(a.domain)", "k3": "lower(a.name)"}


TAKE = """
WITH {held} UPDATE imports_said s SET target = f.id, grp = 't' || f.id FROM found f
WHERE f.number = s.number AND f.n = 1
"""
TAKE_OR_ASK = """
WITH {held} UPDATE imports_said s SET
    target = CASE WHEN f.n = 1 THEN f.id END, grp = CASE WHEN f.n = 1 THEN 't' || f.id ELSE s.grp END,
    path = CASE WHEN f.n > 1 THEN %(path)s END, possible = CASE WHEN f.n > 1 THEN f.fitting END,
    message = CASE WHEN f.n > 1 THEN format(%(several)s, f.names) END
FROM found f WHERE f.number = s.number AND f.n > 0
"""
SEVERAL_DOMAINS = "Several accounts have this domain: %s."
SEVERAL_NAMES = "Several accounts have this name: give its external id or domain, too."

BY_EMAIL = """
UPDATE imports_said s SET {set}
FROM (
    SELECT lower(c.email) AS email, min(a.id) AS id, min(lower(a.name)) AS k3, min(a.external_id) AS external_id
    FROM accounts_contact c JOIN accounts_account a ON a.tenant_id = %(tenant)s AND a.id = c.account_id
    WHERE c.tenant_id = %(tenant)s AND c.email <> '' AND a.archived_at IS NULL
        AND c.email IN (SELECT email FROM imports_said WHERE target IS NULL)
    GROUP BY 1 HAVING count(DISTINCT a.id) = 1
) e
WHERE s.email = e.email AND s.target IS NULL AND s.message IS NULL
    AND (s.k1 IS NULL OR e.external_id IS NULL) AND {agrees}
"""
TAKEN = "target = e.id, grp = 't' || e.id"

# `doubt`: which of the possible ones it may be taken for; those with another external id are shown only.
POSSIBLE = """
WITH {held} UPDATE imports_said s SET doubt = coalesce(s.doubt, f.fitting), possible = coalesce(s.possible, '{{}}')
    || ARRAY(SELECT unnest(f.ids) EXCEPT SELECT unnest(s.possible) ORDER BY 1)
FROM found f WHERE f.number = s.number
"""

DOUBTS = {
    "leave": """
UPDATE imports_said s SET path = %(path)s,
    message = format('This may be “%%s” again: choose what happens to possible duplicates.', a.name)
FROM accounts_account a WHERE a.tenant_id = %(tenant)s AND a.id = s.possible[1] AND s.message IS NULL""",
    "match": """
UPDATE imports_said s SET
    target = CASE WHEN cardinality(s.doubt) = 1 THEN s.doubt[1] END,
    grp = CASE WHEN cardinality(s.doubt) = 1 THEN 't' || s.doubt[1] ELSE s.grp END,
    path = CASE WHEN cardinality(s.doubt) = 1 THEN NULL ELSE %(path)s END,
    message = CASE WHEN s.doubt IS NULL THEN format('This may be “%%s” again, but it has another external id.', a.name)
        WHEN cardinality(s.doubt) > 1 THEN %(several)s END
FROM accounts_account a WHERE a.tenant_id = %(tenant)s AND a.id = s.possible[1] AND s.message IS NULL""",
}

# Asked to create what has only its name in common, the rows stand apart unless they say the very same.
APART = f"""
UPDATE imports_said s SET grp = s.grp || ':' || {{which}} FROM imports_record q
WHERE {ours("q", "account")} AND q.number = s.number AND left(s.grp, 1) = 'n'
"""

NAMELESS = """
UPDATE imports_said s SET path = 'account.name', message = 'No account is known by this, and a new one needs a name.'
WHERE s.target IS NULL AND s.message IS NULL
    AND s.grp IN (SELECT grp FROM imports_said GROUP BY grp HAVING min(label) IS NULL)
"""
# Each name that is missing is compared with all that are there: the more there are, the fewer are looked into.
COMPARISONS, FEWEST = 1_000_000, 20
MISSING = f"""
WITH held AS MATERIALIZED (
    SELECT lower(a.name) AS k3, min(a.name) AS name FROM accounts_account a
    WHERE a.tenant_id = %(tenant)s AND a.archived_at IS NULL GROUP BY 1
), asked AS MATERIALIZED (
    SELECT s.k3 FROM imports_said s WHERE s.target IS NULL AND s.message IS NULL AND s.k3 IS NOT NULL
    GROUP BY 1 ORDER BY min(s.number)
    LIMIT (SELECT greatest({FEWEST}, {COMPARISONS} / (count(*) + 1)) FROM held)
), near AS (
    SELECT DISTINCT ON (q.k3) q.k3, h.name FROM asked q, held h, LATERAL (SELECT similarity(q.k3, h.k3) AS alike) x
    WHERE alike >= 0.3 ORDER BY q.k3, alike DESC, h.name
)
UPDATE imports_said s SET path = 'account.name', message = CASE
    WHEN coalesce(s.label, s.k2, s.k1, s.email) IS NULL THEN 'No account is named here.'
    WHEN s.label IS NULL THEN format('There is no account “%%s”.', coalesce(s.k2, s.k1, s.email))
    WHEN c.name IS NULL THEN format('No account is called “%%s”.', s.label)
    ELSE format('No account is called “%%s”. Closest: “%%s”.', s.label, c.name) END
FROM (SELECT q.number, n.name FROM imports_said q LEFT JOIN near n USING (k3)) c
WHERE c.number = s.number AND s.target IS NULL AND s.message IS NULL
"""
OTHER_CURRENCY = f"""
UPDATE imports_said s SET path = 'account.currency',
    message = format('The contracts of this account are in %%s.', a.currency)
FROM imports_record q, accounts_account a
WHERE {ours("q", "account")} AND q.number = s.number AND a.tenant_id = %(tenant)s AND a.id = s.target
    AND s.message IS NULL AND q.values ->> 'currency' <> a.currency
    AND a.id IN (SELECT account_id FROM accounts_contract WHERE tenant_id = %(tenant)s)
"""

# Rows about something else may each know another key of the new account: the first gets them all.
ENRICH = f"""
UPDATE imports_record r SET "values" = jsonb_strip_nulls(jsonb_build_object(
    'external_id', g.k1, 'domain', g.k2, 'name', g.label)) || jsonb_strip_nulls(r.values)
FROM (
    SELECT grp, min(number) AS number, min(k1) AS k1, min(k2) AS k2, (array_agg(label ORDER BY number)
        FILTER (WHERE label IS NOT NULL))[1] AS label
    FROM imports_said WHERE message IS NULL AND target IS NULL GROUP BY grp HAVING count(*) > 1
) g
WHERE {ours("r", "account")} AND r.number = g.number
"""

PATHS = json.dumps({"e": "account.external_id", "d": "account.domain", "n": "account.name", "t": "account.name"})
WORDS = json.dumps({
    "e": "Row %s has this external id already.", "d": "Row %s has this domain already.",
    "n": "Row %s has this name already.", "t": "Row %s means the same account already.",
})  # fmt: skip


def match(job: Import) -> None:
    lay_out(job, KEYS)
    run(job, BY_EXTERNAL_ID)
    run(job, TAKE.format(held=_held("k2", "k3")))
    run(job, TAKE_OR_ASK.format(held=_held("k2")), path="account.domain", several=SEVERAL_DOMAINS)
    run(job, BY_EMAIL.format(set=TAKEN, agrees="(s.k3 IS NULL OR s.k3 = e.k3)"))
    if job.noun == Noun.ACCOUNT:
        _doubt(job)
    else:
        run(job, TAKE_OR_ASK.format(held=_held("k3")), path="account.name", several=SEVERAL_NAMES)
        run(job, BY_EMAIL.format(set=TAKEN, agrees="true"))
    _group(job)
    known_only = job.noun != Noun.ACCOUNT and job.options.get("missing_accounts") == "refuse"
    run(job, MISSING if known_only else NAMELESS)
    if maps(job, "account.currency"):
        run(job, OTHER_CURRENCY)
    decide(job, "account", "accounts_account")


def _doubt(job: Import) -> None:
    """A new account whose name, domain or contact is there already: as the options say, never silently the same."""
    run(job, POSSIBLE.format(held=_held("k3")))
    run(job, POSSIBLE.format(held=_held("k2")))
    run(job, BY_EMAIL.format(set="possible = ARRAY[e.id], doubt = ARRAY[e.id]", agrees="s.possible IS NULL"))
    if choice := DOUBTS.get(job.options.get("duplicates", "leave")):
        run(job, choice, path="account.name", several=SEVERAL_NAMES)


def _group(job: Import) -> None:
    path, several = "account.domain", "Several rows of the file have this domain: give its external id, too."
    leading.join(job, "d", by=("k2", "k3"), stronger="te", path=path, several=several)
    leading.join(job, "d", by=("k2",), stronger="te", path=path, several=several)
    if job.noun == Noun.ACCOUNT and job.options.get("duplicates") == "create":
        others = any(not mapped.startswith("account.") for mapped in job.columns.values())
        run(job, APART.format(which="md5(q.values::text)" if others else "s.number"))
    else:
        several = "Several rows of the file have this name: give its external id or domain, too."
        leading.join(job, "n", by=("k3",), stronger="ted", path="account.name", several=several)
    leading.lead(job)
    if job.noun == Noun.ACCOUNT:
        leading.contradict(job, "account", paths=PATHS, words=WORDS)
    else:
        run(job, ENRICH)


def _held(*keys: str) -> str:
    """Accounts by these keys, as far as rows that aren't found yet have them."""
    return HELD.format(
        columns=", ".join(f"{COLUMNS[key]} AS {key}" for key in keys),
        keys=", ".join(keys),
        wanted=" AND ".join(
            f"{COLUMNS[key]} IN (SELECT {key} FROM imports_said WHERE target IS NULL AND {key} IS NOT NULL)"
            for key in keys
        ),
    )
