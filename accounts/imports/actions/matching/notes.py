"""Whether a note is on the timeline already: the same account, kind, moment and words."""

from __future__ import annotations

from accounts.actions.notes import KINDS, LONGEST
from accounts.imports.actions.matching import leading
from accounts.imports.actions.matching.saying import decide, lay_out, open_records
from accounts.imports.actions.statements import ours, run
from accounts.imports.models import Import

BODY = r"btrim(r.values ->> 'body', E' \t\r\n')"
KIND = " ".join(f"WHEN '{kind}' THEN '{event}'" for kind, event in KINDS.items())

KEYS = f"""
SELECT *, NULL::text AS k1, NULL::text AS k3, md5(concat_ws('|', account, kind, at, body)) AS k2
FROM (
    SELECT r.number, {BODY} AS body, (r.values ->> 'occurred_at')::timestamptz AS at,
        CASE coalesce(r.values ->> 'kind', 'note') {KIND} END AS kind,
        coalesce(a.target_id, k.account_id) AS account_id,
        CASE WHEN a.number IS NOT NULL AND a.target_id IS NULL THEN 'r' || coalesce(a.leader, a.number)
            ELSE 'a' || coalesce(a.target_id, k.account_id) END AS account
    FROM imports_record r
    LEFT JOIN imports_record a ON {ours("a", "account")} AND a.number = r.number
    LEFT JOIN imports_record c ON {ours("c", "contact")} AND c.number = r.number
    LEFT JOIN accounts_contact k ON k.tenant_id = %(tenant)s AND k.id = c.target_id
    WHERE {open_records("note")} AND a.verdict IS DISTINCT FROM 'refused' AND c.verdict IS DISTINCT FROM 'refused'
) r
"""

# Without a moment the words alone say that it is the same.
KNOWN = """
UPDATE imports_said s SET target = e.id, grp = 't' || e.id FROM accounts_event e
WHERE e.tenant_id = %(tenant)s AND e.account_id = s.account_id AND e.kind = s.kind
    AND (s.at IS NULL OR e.occurred_at = s.at) AND e.facts ->> 'body' = s.body
"""

WRONG = """
UPDATE imports_said s SET path = CASE WHEN account IS NULL THEN 'account.name' WHEN kind IS NULL THEN 'note.kind'
        WHEN at > now() + interval '5 minutes' THEN 'note.occurred_at' ELSE 'note.body' END,
    message = CASE WHEN account IS NULL THEN 'This row names no account.'
        WHEN kind IS NULL THEN 'This must be a note, a call, an e-mail or a meeting.'
        WHEN at > now() + interval '5 minutes' THEN 'This lies in the future.'
        WHEN length(body) > %(longest)s THEN 'At most 20,000 characters, please.' ELSE 'Write a word or two.' END
WHERE account IS NULL OR kind IS NULL OR at > now() + interval '5 minutes' OR coalesce(body, '') = ''
    OR length(body) > %(longest)s
"""


def match(job: Import) -> None:
    lay_out(job, KEYS)
    run(job, WRONG, longest=LONGEST)
    run(job, KNOWN)
    leading.lead(job)
    decide(job, "note", "accounts_event")
