"""Contracts of an import taken back with all that they brought, but for those that people have gone on with."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F, Func, JSONField, Value

from accounts.actions import knowledge, states
from accounts.calendar import local_today
from accounts.imports.actions import terms_keeping
from accounts.imports.actions.statements import rows, run
from accounts.imports.actions.terms_keeping import Done
from accounts.imports.actions.terms_reading import next_accounts, places_of
from accounts.imports.models import Import, Record, Verdict
from accounts.models import Account, Contract, ContractLine

WRITTEN = "done AND errors = '[]'"
DONE = f"""
SELECT id, number, verdict, target_id, before FROM imports_record
WHERE tenant_id = %(tenant)s AND job_id = %(job)s AND noun = 'contract' AND number = ANY(%(numbers)s) AND {WRITTEN}
ORDER BY number
"""
TAKE_BACK = "SELECT take_back_contracts(%(job)s, %(records)s)"
TAKE_BACK_CHANGES = "SELECT take_back_contract_changes(%(job)s, %(records)s)"
# As they were, from what is kept with their first records.
STOOD = """
UPDATE accounts_contract c SET name = s.name, auto_renew = s.auto_renew, notice_days = s.notice_days,
    external_id = s.external_id, ended_on = s.ended_on, end_reason = s.end_reason, version = c.version + 1,
    updated_at = now()
FROM imports_record r CROSS JOIN LATERAL jsonb_to_record(r.before->'stood'->'contract') AS s(name text,
    auto_renew boolean, notice_days smallint, external_id text, ended_on date, end_reason text)
WHERE r.tenant_id = %(tenant)s AND r.id = ANY(%(records)s) AND r.before ? 'stood'
    AND c.tenant_id = %(tenant)s AND c.id = r.target_id
"""
LINES = """
INSERT INTO accounts_contractline (id, contract_id, product_id, quantity, amount_minor, recurring, start_on, end_on)
SELECT l.id, r.target_id, l.product_id, l.quantity, l.amount_minor, l.recurring, l.start_on, l.end_on
FROM imports_record r CROSS JOIN LATERAL jsonb_to_recordset(r.before->'stood'->'lines') AS l(id bigint,
    product_id bigint, quantity integer, amount_minor bigint, recurring boolean, start_on date, end_on date)
WHERE r.tenant_id = %(tenant)s AND r.id = ANY(%(records)s) AND r.before ? 'stood'
"""
CURRENCIES = """
UPDATE accounts_account a SET currency = x.was
FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(account bigint, was text)
WHERE a.tenant_id = %(tenant)s AND a.id = x.account AND NOT EXISTS (
    SELECT FROM accounts_contract c WHERE c.tenant_id = %(tenant)s AND c.account_id = a.id)
"""
PRODUCTS = """
DELETE FROM accounts_product p WHERE p.tenant_id = %(tenant)s AND p.id IN (
    SELECT (r.before->>'product')::bigint FROM imports_record r
    WHERE r.tenant_id = %(tenant)s AND r.job_id = %(job)s AND r.noun = 'contract' AND r.before ? 'product'
) AND NOT EXISTS (
    SELECT FROM accounts_contractline l WHERE l.tenant_id = %(tenant)s AND l.product_id = p.id
) AND NOT EXISTS (SELECT FROM accounts_revenuemovement m WHERE m.tenant_id = %(tenant)s AND m.product_id = p.id)
"""


def undo_contracts(job: Import, size: int) -> bool:
    """Takes back the contracts of the next `size` accounts. False when there was nothing more."""
    accounts = next_accounts(job, job.place.get("account", 0), size, WRITTEN)
    if not accounts:
        # Only now is it known that no other account's contract names them.
        run(job, PRODUCTS)
        return False
    list(Account.objects.select_for_update(of=("self",)).filter(pk__in=accounts).order_by("pk").values_list("pk"))
    done = _done(job, accounts)
    kept = terms_keeping.kept(job, done)
    gone = [each for each in done if each.contract not in kept]
    _take_back(job, [each for each in gone if each.created])
    _put_back(job, [each for each in gone if not each.created])
    for reason in set(kept.values()):
        _say(reason, (each for each in done if kept.get(each.contract) == reason))
    _restore(job, gone)
    states.refresh(accounts, today=local_today(job.tenant))
    knowledge.note(accounts)
    job.place["account"] = accounts[-1]
    return True


def _done(job: Import, accounts: list[int]) -> list[Done]:
    places = places_of(job, accounts)
    records: dict[int, list[tuple[int, int, str, str | None]]] = defaultdict(list)
    for record, number, verdict, contract, before in rows(job, DONE, numbers=list(places)):
        records[contract].append((record, number, verdict, before))
    stand = Contract.objects.filter(pk__in=records).select_for_update(of=("self",)).order_by("pk")
    return [
        Done(
            contract.pk,
            contract.account_id,
            contract.renews_id,
            [record for record, *_ in records[contract.pk]],
            any(verdict == Verdict.CREATE for _, _, verdict, _ in records[contract.pk]),
            [json.loads(before) for *_, before in records[contract.pk] if before],
        )
        for contract in stand
    ]


def _take_back(job: Import, gone: list[Done]) -> None:
    contracts, records = [each.contract for each in gone], _records(gone)
    Contract.objects.filter(renews__in=contracts).exclude(pk__in=contracts).update(renews=None)
    rows(job, TAKE_BACK, records=records)
    ContractLine.objects.filter(contract__in=contracts)._raw_delete("default")
    Contract.objects.filter(pk__in=contracts)._raw_delete("default")
    Record.objects.filter(pk__in=records).update(done=False, target_id=None)


def _put_back(job: Import, gone: list[Done]) -> None:
    freed = {contract for (contract,) in rows(job, TAKE_BACK_CHANGES, records=_records(gone))}
    records = _records(each for each in gone if each.contract in freed)
    run(job, STOOD, records=records)
    changed = Record.objects.filter(pk__in=records, before__has_key="stood").values_list("target_id", flat=True)
    ContractLine.objects.filter(contract__in=list(changed))._raw_delete("default")
    run(job, LINES, records=records)
    Record.objects.filter(pk__in=records).update(done=False)


def _records(every: Iterable[Done]) -> list[int]:
    return [record for each in every for record in each.records]


def _say(message: str, kept: Iterable[Done]) -> None:
    said = Value([{"step": "undo", "column": "", "message": message}], JSONField())
    joined = Func(F("errors"), said, template="(%(expressions)s)", arg_joiner=" || ", output_field=JSONField())
    Record.objects.filter(pk__in=_records(kept)).update(errors=joined)


def _restore(job: Import, gone: list[Done]) -> None:
    """Currencies that the first contract decided."""
    befores = [(each.account, before) for each in gone for before in each.before]
    currencies = [
        {"account": account, "was": before["account_currency"]}
        for account, before in befores
        if "account_currency" in before
    ]
    run(job, CURRENCIES, rows=json.dumps(currencies))
