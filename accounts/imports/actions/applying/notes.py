"""Notes as the file says them: on the account's timeline, at their own moment, by their own author."""

from __future__ import annotations

from accounts.actions.notes import KINDS
from accounts.imports.actions.applying.following import ACCOUNT, MARK, chosen
from accounts.imports.actions.applying.telling import IMPORT
from accounts.imports.actions.statements import ours, run
from accounts.imports.models import Import
from accounts.registry import event_kinds

BODY = r"btrim(r.values ->> 'body', E' \t\r\n')"
KIND = " ".join(f"WHEN '{kind}' THEN '{event}'" for kind, event in KINDS.items())

PERSONS = f"""(SELECT k.account_id FROM imports_record c JOIN accounts_contact k
        ON k.tenant_id = %(tenant)s AND k.id = c.target_id
        WHERE {ours("c", "contact")} AND c.number = r.number AND c.verdict <> 'refused')"""

CREATE = f"""
WITH due AS MATERIALIZED (
    SELECT r.id AS record_id, nextval('accounts_event_id_seq') AS id,
        coalesce({ACCOUNT}, {PERSONS}) AS account_id, {BODY} AS body,
        CASE coalesce(r.values ->> 'kind', 'note') {KIND} END AS kind,
        coalesce((r.values ->> 'occurred_at')::timestamptz, now()) AS at,
        coalesce((r.values ->> 'author_id')::bigint, %(by)s) AS author_id
    FROM imports_record r WHERE {chosen("note", "create")} AND r.leader IS NULL ORDER BY r.number FOR UPDATE
), said AS MATERIALIZED (
    SELECT * FROM due WHERE account_id IS NOT NULL
), told AS (
    INSERT INTO accounts_event (id, tenant_id, account_id, kind, actor_id, facts, occurred_at)
    SELECT id, %(tenant)s, account_id, kind, author_id, jsonb_build_object('body', body) || {IMPORT}, at FROM said
), touched AS (
    UPDATE accounts_accountstate k SET last_touch_at = t.at
    FROM (SELECT account_id, max(at) AS at FROM said WHERE kind = ANY(%(touches)s) GROUP BY account_id) t
    WHERE k.tenant_id = %(tenant)s AND k.account_id = t.account_id
        AND (k.last_touch_at IS NULL OR k.last_touch_at < t.at)
)
{MARK.format(more="")}
"""


def create(job: Import, first: int, last: int) -> None:
    run(job, CREATE, first=first, last=last, touches=[kind.kind for kind in event_kinds() if kind.touch])
