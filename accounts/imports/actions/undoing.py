"""Takes back what an import wrote: changes first, then what it added; what people have gone on with stays."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.db import DataError, IntegrityError, transaction

from accounts.actions import knowledge
from accounts.imports.actions.applying import accounts, contacts, facts, products
from accounts.imports.actions.applying.refusing import said
from accounts.imports.actions.statements import ours, pushes, rows, run
from accounts.imports.models import Import
from accounts.registry import event_kinds

# What hangs on others goes before them; an account that was put below a new one is put back before that one goes.
PASSES = (
    ("note", "create"), ("contact", "change"), ("contact", "create"),
    ("account", "change"), ("account", "create"), ("product", "change"), ("product", "create"),
)  # fmt: skip
CHANGING: dict[str, Callable[[str, str], str]] = {
    "product": products.changing, "account": accounts.changing, "contact": contacts.changing,
}  # fmt: skip

BATCH = """
SELECT r.id, r.number, r.target_id FROM imports_record r
WHERE {ours} AND r.done AND r.verdict = %(verdict)s AND r.number < %(below)s {which}
ORDER BY r.number DESC LIMIT %(size)s FOR UPDATE OF r
"""
LAST = 2_147_483_647

# What was there before the import, where what the import said is still there.
BACK = """
    SELECT r.id AS record_id, x.id, b.was, b.earlier, b.plain || b.phase || b.parent || b.own AS says
    FROM imports_record r JOIN accounts_{noun} x ON x.tenant_id = %(tenant)s AND x.id = r.target_id, LATERAL (
        SELECT w.was, r.before AS earlier,
            coalesce((SELECT jsonb_object_agg(e.key, e.value)
                FROM jsonb_each(r.before - '{{custom,phase_since,parent_id,facts,facts_on}}'::text[]) e
                WHERE w.was -> e.key = r.values -> e.key), '{{}}') AS plain,
            CASE WHEN w.was -> 'phase' = r.values -> 'phase' AND r.before ? 'phase_since'
                THEN jsonb_build_object('phase_since', r.before -> 'phase_since') ELSE '{{}}' END AS phase,
            CASE WHEN r.before ? 'parent_id' AND {same_parent}
                THEN jsonb_build_object('parent_id', r.before -> 'parent_id') ELSE '{{}}' END AS parent,
            coalesce((SELECT jsonb_build_object('custom', jsonb_object_agg(e.key, e.value))
                FROM jsonb_each(r.before -> 'custom') e
                WHERE coalesce(w.was -> 'custom' -> e.key, 'null') = coalesce(r.values -> 'custom' -> e.key, 'null')
                HAVING count(*) > 0), '{{}}') AS own
        FROM (SELECT to_jsonb(x) AS was OFFSET 0) w
    ) b
    WHERE r.tenant_id = %(tenant)s AND r.id = ANY(%(records)s) ORDER BY x.id FOR NO KEY UPDATE OF r, x"""
SAME_PARENT = """coalesce(lower(btrim(r.values ->> 'parent')), '') IN (
    SELECT lower(p.external_id) FROM accounts_account p WHERE p.tenant_id = %(tenant)s AND p.id = x.parent_id
    UNION ALL SELECT lower(p.name) FROM accounts_account p WHERE p.tenant_id = %(tenant)s AND p.id = x.parent_id
    UNION ALL SELECT '' WHERE x.parent_id IS NULL)"""

RESTORED = """
UPDATE imports_record r SET done = false, errors = r.errors || CASE WHEN k.names IS NULL THEN '[]'
    ELSE jsonb_build_array(jsonb_build_object('step', 'undo', 'column', '',
        'message', 'Changed since, and left as it is: ' || k.names || '.')) END
FROM said s, LATERAL (
    SELECT string_agg(replace(replace(k, 'parent_id', 'parent'), '_', ' '), ', ' ORDER BY k) AS names FROM (
        SELECT k FROM jsonb_object_keys(s.earlier - '{custom,phase_since,facts,facts_on}'::text[]) k
        WHERE NOT s.says ? k AND s.was -> k IS DISTINCT FROM s.earlier -> k
        UNION ALL
        SELECT k FROM jsonb_object_keys(coalesce(s.earlier -> 'custom', '{}')) k
        WHERE NOT coalesce(s.says -> 'custom', '{}') ? k
            AND coalesce(s.was -> 'custom' -> k, 'null') <> s.earlier -> 'custom' -> k
    ) k
) k
WHERE r.tenant_id = %(tenant)s AND r.id = s.record_id
"""

STUCK = """
UPDATE imports_record r SET done = false, errors = r.errors || %(error)s::jsonb
WHERE r.tenant_id = %(tenant)s AND r.id = ANY(%(records)s) AND r.done
"""

# Accounts go from below: each waits for those below it that this import brought too, and stays where one of them does.
# Two lists made once and looked up by hash: of records this young the planner would rather read all for each row.
NONE_BELOW = f"""AND r.target_id NOT IN (
    SELECT a.parent_id FROM accounts_account a
    WHERE a.tenant_id = %(tenant)s AND a.parent_id IS NOT NULL AND (a.id IN (
        SELECT b.target_id FROM imports_record b WHERE {ours("b", "account")} AND b.verdict = 'create' AND b.done
    )) IS TRUE)"""
TAKE_BACK = "SELECT id FROM imports_take_back(%(job)s, %(noun)s, %(records)s) id"
GONE = """
UPDATE imports_record r SET done = false, target_id = NULL
WHERE r.tenant_id = %(tenant)s AND r.id = ANY(%(records)s) AND r.target_id = ANY(%(gone)s)
"""

TOUCHED = """
SELECT DISTINCT account_id FROM accounts_event
WHERE tenant_id = %(tenant)s AND id = ANY(%(targets)s) AND kind = ANY(%(touches)s)
"""
UNTOUCH = """
UPDATE accounts_accountstate k SET last_touch_at = (
    SELECT max(e.occurred_at) FROM accounts_event e
    WHERE e.tenant_id = %(tenant)s AND e.account_id = k.account_id AND e.kind = ANY(%(touches)s))
WHERE k.tenant_id = %(tenant)s AND k.account_id = ANY(%(accounts)s::bigint[])
"""

# The accounts of these records' rows.
ABOUT = """
SELECT DISTINCT a.target_id FROM imports_record r JOIN imports_record a ON a.tenant_id = %(tenant)s
    AND a.job_id = %(job)s AND a.noun = 'account' AND a.number = r.number
WHERE r.tenant_id = %(tenant)s AND r.job_id = %(job)s AND r.id = ANY(%(records)s)
"""


def undo_batch(job: Import, size: int) -> bool:
    """Takes back up to `size` records in the caller's transaction; False: there is nothing left to take back.

    Contracts go before; the job is at the stage «undoing». `job.place` gets a hint where to go on.
    """
    at, below = job.place.get("undo", [0, LAST])
    for number, (noun, verdict) in enumerate(PASSES):
        if number < at:
            continue
        chosen = _choose(job, noun, verdict, size, below if number == at else LAST)
        if chosen:
            job.place = job.place | {"undo": [number, chosen[-1][1]]}
            knowledge.note(pk for (pk,) in rows(job, ABOUT, records=[row[0] for row in chosen]) if pk)
            _take_back(job, noun, verdict, [row[0] for row in chosen], [row[2] for row in chosen])
            return True
    return False


def _choose(job: Import, noun: str, verdict: str, size: int, below: int) -> list[tuple[int, int, int]]:
    """(record, row of the file, thing), the last rows first."""
    tries = [("", below)]
    if (noun, verdict) == ("account", "create"):
        # Once round, those above may go whose own turn was before those below them; a circle is asked about as it is.
        tries = [(NONE_BELOW, below), (NONE_BELOW, LAST), ("", LAST)]
    for which, under in tries:
        sql = BATCH.format(ours=ours("r", noun), which=which)
        if found := rows(job, sql, verdict=verdict, size=size, below=under):
            return found
    return []


def _take_back(job: Import, noun: str, verdict: str, records: list[int], targets: list[int]) -> None:
    if noun == "account" and pushes(job):
        facts.take_back(job, records)
    if verdict == "change":
        _restore(job, noun, records)
        _stuck(job, records, "This isn't there any more.")
        return
    touched = _touched(job, targets) if noun == "note" else []
    gone = [row[0] for row in rows(job, TAKE_BACK, noun=noun, records=records)]
    run(job, GONE, records=records, gone=gone)
    _stuck(job, records, f"This {noun} is in use or was changed since: it stays.")
    if touched:
        run(job, UNTOUCH, accounts=touched, touches=_touches())


def _restore(job: Import, noun: str, records: list[int]) -> None:
    """All at once, or by halves until the one whose earlier value belongs to another by now stands alone."""
    back = BACK.format(noun=noun, same_parent=SAME_PARENT if noun == "account" else "false")
    try:
        with transaction.atomic():
            run(job, CHANGING[noun](back, RESTORED), records=records, **accounts.LABELS)
    except (IntegrityError, DataError) as error:
        if len(records) == 1:
            _stuck(job, records, f"Left as it is. {said(error)[2]}")
            return
        middle = len(records) // 2
        _restore(job, noun, records[:middle])
        _restore(job, noun, records[middle:])


def _stuck(job: Import, records: list[int], message: str) -> None:
    """What is still marked as written stays; the record says why."""
    run(job, STUCK, records=records, error=json.dumps({"step": "undo", "column": "", "message": message}))


def _touched(job: Import, targets: list[int]) -> list[int]:
    return [row[0] for row in rows(job, TOUCHED, targets=targets, touches=_touches())]


def _touches() -> list[str]:
    return [kind.kind for kind in event_kinds() if kind.touch]
