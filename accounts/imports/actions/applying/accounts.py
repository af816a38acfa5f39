"""Accounts as the file says them: new ones with their state and first phase, others changed where they differ."""

from __future__ import annotations

import json

from accounts.actions.ownership import ROLES
from accounts.imports.actions.applying.following import CHANGED, MARK, chosen, held
from accounts.imports.actions.applying.telling import IMPORT, edited, owners_changed, phase_changed, tell
from accounts.imports.actions.statements import difference, run
from accounts.imports.models import Import
from accounts.models import Phase, Tenant, Touch

COLUMNS = ("name", "domain", "external_id", "industry", "region", "segment", "touch_model", "currency", "csm_id",
           "ae_id", "delivery_id", "phase")  # fmt: skip
VALUES = ", ".join(f"v.{name}" for name in COLUMNS)
# Said one by one, which costs half of what a whole record does.
SAID = ", ".join(f"(s.says ->> '{name}')" + ("::bigint" if name.endswith("_id") and name != "external_id" else "")
                 for name in COLUMNS)  # fmt: skip
APART = "'{csm_id,ae_id,delivery_id,phase,phase_since,facts}'::text[]"
LABELS = {"roles": json.dumps(ROLES), "phases": json.dumps(dict(Phase.choices))}
BLANKS = dict.fromkeys(("domain", "industry", "region", "segment"), "") | {"touch_model": Touch.HIGH.value}

CREATE = f"""
WITH said AS MATERIALIZED (
    SELECT r.id AS record_id, nextval('accounts_account_id_seq') AS id,
        %(blanks)s::jsonb || jsonb_strip_nulls(r.values) AS says
    FROM imports_record r WHERE {chosen("account", "create")} AND r.leader IS NULL ORDER BY r.number FOR UPDATE
), born AS (
    INSERT INTO accounts_account (id, tenant_id, {", ".join(COLUMNS)}, custom, version)
    SELECT s.id, %(tenant)s, {SAID}, coalesce(s.says -> 'custom', '{{}}'), 1 FROM said s
), known AS (
    INSERT INTO accounts_accountstate (tenant_id, account_id, arr_minor) SELECT %(tenant)s, id, 0 FROM said
), step AS (
    INSERT INTO accounts_phasechange (tenant_id, account_id, from_phase, to_phase, changed_by_id)
    SELECT %(tenant)s, id, '', says ->> 'phase', %(by)s FROM said
), told AS (
    INSERT INTO accounts_event (tenant_id, account_id, kind, actor_id, facts)
    SELECT %(tenant)s, id, 'account.created', %(by)s, jsonb_build_object('name', says -> 'name') || {IMPORT} FROM said
)
{MARK.format(more="")}
"""


# A change of phase is kept with the instant that it had, facts with the days they were seen on.
KEEP = (
    CHANGED
    + """ || CASE WHEN s.before ? 'phase'
    THEN jsonb_build_object('phase_since', s.was -> 'phase_since') ELSE '{}' END
    || CASE WHEN s.before ? 'facts' THEN jsonb_build_object('facts_on', s.was -> 'facts_on') ELSE '{}' END"""
)


def create(job: Import, first: int, last: int) -> None:
    currency = job.format.get("currency") or Tenant.objects.get(pk=job.tenant_id).currency
    blanks = BLANKS | {"phase": job.options.get("phase") or Phase.ADOPTION.value, "currency": currency}
    run(job, CREATE, first=first, last=last, blanks=json.dumps(blanks))


def change(job: Import, first: int, last: int) -> None:
    run(job, changing(held(job, "account"), MARK.format(more=KEEP)), first=first, last=last, **LABELS)


def changing(held: str, mark: str) -> str:
    """Lays `says` over what `held` (record_id, id, was, says) holds, tells of it, and marks the records."""
    told = edited("account.edited", account="m.id", about="'{}'::jsonb", apart=APART, moved="moved")
    return f"""
WITH held AS MATERIALIZED ({held}
), said AS MATERIALIZED (
    SELECT h.*, {difference("h.was", "h.says")} AS before FROM held h
), moved AS MATERIALIZED (
    SELECT s.*, s.was || CASE WHEN s.before ? 'phase' THEN jsonb_build_object('phase_since', now()) ELSE '{{}}' END
        || s.says || jsonb_build_object('custom', jsonb_strip_nulls(
            s.was -> 'custom' || coalesce(s.says -> 'custom', '{{}}'))) AS becomes
    FROM said s WHERE s.before IS NOT NULL
), changed AS (
    UPDATE accounts_account a SET ({", ".join(COLUMNS)}) = ROW({VALUES}), custom = v.custom,
        parent_id = v.parent_id, phase_since = v.phase_since, version = a.version + 1, updated_at = now()
    FROM moved m, LATERAL jsonb_populate_record(NULL::accounts_account, m.becomes) v
    WHERE a.tenant_id = %(tenant)s AND a.id = m.id AND m.before - 'facts' <> '{{}}'
), step AS (
    INSERT INTO accounts_phasechange (tenant_id, account_id, from_phase, to_phase, changed_by_id)
    SELECT %(tenant)s, id, was ->> 'phase', says ->> 'phase', %(by)s FROM moved WHERE before ? 'phase'
), told AS ({tell(told, owners_changed("moved"), phase_changed("moved"))}
)
{mark}
"""
