"""Changed contracts into the book with their lines, movements and events, a statement for each kind of row.

What each was before is kept with its first record, and which movements were this import's with its events, so that it
can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from accounts.imports.actions.terms_standing import Held
from accounts.imports.actions.terms_writing import LINES as NEW_LINES
from accounts.imports.actions.terms_writing import Row, insert, new_ids
from accounts.imports.models import Import

CONTRACTS = """
UPDATE accounts_contract c SET name = x.name, auto_renew = x.auto_renew, notice_days = x.notice_days,
    external_id = x.external_id, ended_on = x.ended_on, end_reason = x.end_reason, version = c.version + x.times,
    updated_at = now()
FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(id bigint, name text, auto_renew boolean, notice_days smallint,
    external_id text, ended_on date, end_reason text, times integer)
WHERE c.tenant_id = %(tenant)s AND c.id = x.id
"""
GONE = """
DELETE FROM accounts_contractline l USING jsonb_to_recordset(%(rows)s::jsonb) AS x(id bigint)
WHERE l.tenant_id = %(tenant)s AND l.id = x.id
"""
LINES = """
UPDATE accounts_contractline l SET quantity = x.quantity, amount_minor = x.amount, start_on = x.start_on,
    end_on = x.end_on
FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(id bigint, quantity integer, amount bigint, start_on date, end_on date)
WHERE l.tenant_id = %(tenant)s AND l.id = x.id
"""
MOVEMENTS = """
INSERT INTO accounts_revenuemovement (id, account_id, contract_id, product_id, kind, amount_minor, currency,
    effective_on, reason, recorded_by_id)
SELECT x.*, %(by)s FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(id bigint, account bigint, contract bigint,
    product bigint, kind text, amount bigint, currency text, effective_on date, reason text)
"""
EVENTS = """
INSERT INTO accounts_event (account_id, kind, actor_id, facts)
SELECT account, kind, %(by)s, facts
FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(account bigint, kind text, facts jsonb)
"""
DONE = """
UPDATE imports_record r SET done = true,
    before = CASE WHEN x.stood IS NULL THEN r.before
        ELSE coalesce(r.before, '{}') || jsonb_build_object('stood', x.stood) END
FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(record bigint, stood jsonb)
WHERE r.tenant_id = %(tenant)s AND r.id = x.record
"""


def write(job: Import, changed: Sequence[Held]) -> None:
    by = job.created_by_id
    ids = iter(new_ids("accounts_revenuemovement", sum(len(each.moved) for each in changed)))
    moved = [[next(ids) for _ in each.moved] for each in changed]
    told = [each for each in changed if each.told]
    insert(CONTRACTS, (_contract(each) for each in told), by)
    insert(GONE, ({"id": line.pk} for each in told for line in each.gone), by)
    insert(LINES, (row for each in told for row in _lines(each, new=False)), by)
    insert(NEW_LINES, (row for each in told for row in _lines(each, new=True)), by)
    pairs = list(zip(changed, moved, strict=True))
    insert(MOVEMENTS, (row for each, own in pairs for row in _movements(each, own)), by)
    insert(EVENTS, (row for each, own in pairs for row in _events(job, each, own)), by)
    insert(DONE, (row for each in changed for row in _done(each)), by)


def _contract(each: Held) -> Row:
    row = each.contract
    return {
        "id": row.pk, "name": row.name, "auto_renew": row.auto_renew, "notice_days": row.notice_days,
        "external_id": row.external_id, "ended_on": row.ended_on, "end_reason": row.end_reason,
        "times": len(each.told),
    }  # fmt: skip


def _lines(each: Held, *, new: bool) -> Iterator[Row]:
    for line in each.written:
        if (line.pk is None) == new:
            yield {
                "id": line.pk, "contract": each.contract.pk, "product": line.product_id, "quantity": line.quantity,
                "amount": line.amount_minor, "recurring": line.recurring, "start_on": line.start_on,
                "end_on": line.end_on,
            }  # fmt: skip


def _movements(each: Held, ids: Sequence[int]) -> Iterator[Row]:
    for number, (move, reason) in zip(ids, each.moved, strict=True):
        yield {
            "id": number, "account": each.contract.account_id, "contract": each.contract.pk, "product": move.product,
            "kind": move.kind, "amount": move.amount, "currency": each.contract.currency, "effective_on": move.on,
            "reason": reason,
        }  # fmt: skip


def _events(job: Import, each: Held, ids: Sequence[int]) -> Iterator[Row]:
    """Without inbox rows: what is imported starts no plays."""
    told_of = 0
    for kind, facts, moved in each.told:
        own: dict[str, Any] = {"import_id": job.pk, "movements": list(ids[told_of:moved])}
        yield {"account": each.contract.account_id, "kind": kind, "facts": facts | own}
        told_of = moved


def _done(each: Held) -> Iterator[Row]:
    first, *others = each.said.records
    yield {"record": first, "stood": each.before if each.told else None}
    for record in others:
        yield {"record": record, "stood": None}
