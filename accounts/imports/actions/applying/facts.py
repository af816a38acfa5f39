"""External facts as the file says them: pushed for the row's account as of today, and put back when it is undone."""

from __future__ import annotations

from django.utils import timezone

from accounts.actions import fact_values
from accounts.actions.fact_values import Pushed
from accounts.calendar import local_today
from accounts.imports.actions.statements import ours, rows, run
from accounts.imports.models import Import

# Also what is as it was: that a system still says so today keeps it fresh.
SAID = f"""
SELECT r.target_id, e.key, e.value::text FROM imports_record r, jsonb_each(r.values -> 'facts') e
WHERE {ours("r", "account")} AND r.number BETWEEN %(first)s AND %(last)s AND r.leader IS NULL
    AND r.target_id IS NOT NULL AND (r.done OR r.verdict = 'same')
    AND (r.verdict <> 'create' OR e.value <> 'null')
"""
WRITTEN = """
SELECT r.target_id, e.key, e.value::text, (r.before -> 'facts' -> e.key)::text,
    (r.before -> 'facts_on' ->> e.key)::date
FROM imports_record r, jsonb_each(r.values -> 'facts') e
WHERE r.tenant_id = %(tenant)s AND r.id = ANY(%(records)s) AND r.done AND e.value <> coalesce(
    r.before -> 'facts' -> e.key, 'null') AND (r.verdict = 'create' OR r.before -> 'facts' ? e.key)
"""
LEFT = """
UPDATE imports_record r SET errors = r.errors || jsonb_build_array(jsonb_build_object('step', 'undo', 'column', '',
    'message', 'Changed since, and left as it is: ' || k.names || '.'))
FROM (
    SELECT l.account_id, string_agg(f.label, ', ' ORDER BY f.label) AS names
    FROM unnest(%(accounts)s::bigint[], %(keys)s::text[]) l(account_id, key)
    JOIN accounts_externalfact f ON f.tenant_id = %(tenant)s AND f.key = l.key GROUP BY 1
) k WHERE r.tenant_id = %(tenant)s AND r.id = ANY(%(records)s) AND r.target_id = k.account_id
"""


def push(job: Import, first: int, last: int) -> None:
    today = local_today(job.tenant, timezone.now())
    fact_values.keep([Pushed(*said) for said in rows(job, SAID, first=first, last=last)], today=today)


def take_back(job: Import, records: list[int]) -> None:
    """What was known before, where what the import said still stands; the records tell of the rest."""
    left = fact_values.put_back([Pushed(*said) for said in rows(job, WRITTEN, records=records)])
    if left:
        run(job, LEFT, records=records, accounts=[pk for pk, _key in left], keys=[key for _pk, key in left])
