"""Contacts as the file says them: added to their account, edited where they differ, or gone."""

from __future__ import annotations

import json

from accounts.imports.actions.applying.following import ACCOUNT, CHANGED, MARK, chosen, held
from accounts.imports.actions.applying.telling import IMPORT, edited, tell
from accounts.imports.actions.statements import difference, run
from accounts.imports.models import Import

COLUMNS = ("name", "email", "phone", "title", "persona", "buying_role", "stance", "influence", "external_id",
           "departed_on", "moved_to")  # fmt: skip
VALUES = ", ".join(f"v.{name}" for name in COLUMNS)
BLANKS = json.dumps(
    dict.fromkeys(("email", "phone", "title", "persona", "buying_role", "stance", "moved_to"), "") | {"influence": 0}
)
ABOUT = """jsonb_build_object('contact_id', {0}.id, 'name', {0}.{1} -> 'name', 'title', {0}.{1} -> 'title',
    'buying_role', {0}.{1} -> 'buying_role', 'stance', {0}.{1} -> 'stance')"""

CREATE = f"""
WITH due AS MATERIALIZED (
    SELECT r.id AS record_id, nextval('accounts_contact_id_seq') AS id,
        {ACCOUNT} AS account_id,
        %(blanks)s::jsonb || jsonb_build_object('name', r.values -> 'email') || jsonb_strip_nulls(r.values) AS says
    FROM imports_record r WHERE {chosen("contact", "create")} AND r.leader IS NULL ORDER BY r.number FOR UPDATE
), said AS MATERIALIZED (
    SELECT * FROM due WHERE account_id IS NOT NULL
), born AS (
    INSERT INTO accounts_contact (id, tenant_id, account_id, {", ".join(COLUMNS)}, version)
    SELECT s.id, %(tenant)s, s.account_id, {VALUES}, 1
    FROM said s, LATERAL jsonb_populate_record(NULL::accounts_contact, s.says) v
), told AS (
    INSERT INTO accounts_event (tenant_id, account_id, kind, actor_id, facts)
    SELECT %(tenant)s, s.account_id, 'contact.added', %(by)s, {ABOUT.format("s", "says")} || {IMPORT} FROM said s
)
{MARK.format(more="")}
"""

GONE = f"""
        SELECT m.id, m.account_id, 'contact.departed' AS kind, {ABOUT.format("m", "becomes")} || jsonb_build_object(
            'successor', NULL, 'successor_id', NULL, 'departed_on', m.says -> 'departed_on',
            'moved_to', m.becomes -> 'moved_to', 'where', CASE WHEN m.becomes ->> 'moved_to' = ''
                THEN 'nobody knows where to' ELSE 'now at ' || (m.becomes ->> 'moved_to') END) AS facts
        FROM moved m WHERE m.left_now"""

APART = "CASE WHEN m.left_now THEN '{departed_on,moved_to}'::text[] ELSE '{}'::text[] END"


def create(job: Import, first: int, last: int) -> None:
    run(job, CREATE, first=first, last=last, blanks=BLANKS)


def change(job: Import, first: int, last: int) -> None:
    run(job, changing(held(job, "contact"), MARK.format(more=CHANGED)), first=first, last=last)


def changing(held: str, mark: str) -> str:
    """Lays `says` over what `held` (record_id, id, was, says) holds, tells of it, and marks the records."""
    about = ABOUT.format("m", "becomes")
    told = edited("contact.edited", account="m.account_id", about=about, apart=APART, moved="moved")
    return f"""
WITH held AS MATERIALIZED ({held}
), said AS MATERIALIZED (
    SELECT h.*, {difference("h.was", "h.says")} AS before FROM held h
), moved AS MATERIALIZED (
    SELECT s.*, s.was || s.says AS becomes, (s.was ->> 'account_id')::bigint AS account_id,
        s.was ->> 'departed_on' IS NULL AND s.says ->> 'departed_on' IS NOT NULL AS left_now
    FROM said s WHERE s.before IS NOT NULL
), changed AS (
    UPDATE accounts_contact c SET ({", ".join(COLUMNS)}) = ROW({VALUES}), version = c.version + 1, updated_at = now()
    FROM moved m, LATERAL jsonb_populate_record(NULL::accounts_contact, m.becomes) v
    WHERE c.tenant_id = %(tenant)s AND c.id = m.id
), told AS ({tell(told, GONE)}
)
{mark}
"""
