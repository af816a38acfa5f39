"""Contracts with their lines, movements and events into the book, a statement for each kind of row."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.calendar import local_midnight
from accounts.formats import money
from accounts.imports.actions.terms_history import Moved, Term
from accounts.imports.actions.terms_reading import SaidTerm
from accounts.imports.models import Import
from accounts.models import Account
from accounts.tenancy.context import current_tenant_id

Row = dict[str, Any]
CONTRACTS = """
INSERT INTO accounts_contract (id, account_id, name, currency, signed_on, start_on, end_on, auto_renew, notice_days,
    external_id, renews_id, ended_on, end_reason, version)
SELECT id, account, name, currency, signed_on, start_on, end_on, auto_renew, notice_days, external_id, renews, ended_on,
    end_reason, 1
FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(id bigint, account bigint, name text, currency text, signed_on date,
    start_on date, end_on date, auto_renew boolean, notice_days smallint, external_id text, renews bigint,
    ended_on date, end_reason text)
"""
LINES = """
INSERT INTO accounts_contractline (contract_id, product_id, quantity, amount_minor, recurring, start_on, end_on)
SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(contract bigint, product bigint, quantity integer, amount bigint,
    recurring boolean, start_on date, end_on date)
"""
MOVEMENTS = """
INSERT INTO accounts_revenuemovement (account_id, contract_id, product_id, kind, amount_minor, currency, effective_on,
    reason, recorded_by_id)
SELECT x.*, %(by)s FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(account bigint, contract bigint, product bigint,
    kind text, amount bigint, currency text, effective_on date, reason text)
"""
EVENTS = """
INSERT INTO accounts_event (account_id, kind, actor_id, facts, occurred_at)
SELECT account, kind, %(by)s, facts, least(at, now())
FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(account bigint, kind text, facts jsonb, at timestamptz)
"""
DONE = """
UPDATE imports_record r SET done = true, target_id = x.target FROM jsonb_to_recordset(%(rows)s::jsonb)
    AS x(record bigint, target bigint)
WHERE r.tenant_id = %(tenant)s AND r.id = x.record
"""
# A later term that the book had already, and that turns out to renew one of the file.
RENEWED = """
UPDATE accounts_contract c SET renews_id = x.renews FROM jsonb_to_recordset(%(rows)s::jsonb)
    AS x(contract bigint, renews bigint)
WHERE c.tenant_id = %(tenant)s AND c.id = x.contract
"""
IDS = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
# For an account without contracts; what it was is kept with the record that decided.
CURRENCIES = """
WITH said AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(account bigint, record bigint, was text, currency text)
), decided AS (
    UPDATE accounts_account a SET currency = said.currency FROM said
    WHERE a.tenant_id = %(tenant)s AND a.id = said.account
)
UPDATE imports_record r SET before = coalesce(r.before, '{}') || jsonb_build_object('account_currency', said.was)
FROM said WHERE r.tenant_id = %(tenant)s AND r.id = said.record
"""


@dataclass
class Written:
    """What is to be written about one account."""

    account: Account
    fresh: list[tuple[Term, SaidTerm]]
    book: list[Term]
    moved: list[Moved]
    was_in: str  # the account's currency
    decided_by: int | None  # the record that named another


def new_ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(IDS, [table, count])
        return [number for (number,) in cursor.fetchall()]


def write(job: Import, accounts: Sequence[Written]) -> None:
    by = job.created_by_id
    insert(CURRENCIES, (_decided(each) for each in accounts if each.decided_by), by)
    insert(CONTRACTS, (row for each in accounts for row in _contracts(job, each)), by)
    insert(LINES, (row for each in accounts for row in _lines(each)), by)
    insert(MOVEMENTS, (row for each in accounts for row in _movements(each)), by)
    insert(EVENTS, (row for each in accounts for row in _events(job, each)), by)
    insert(RENEWED, (row for each in accounts for row in _renewed(each)), by)
    targets = ((term, said) for each in accounts for term, said in each.fresh)
    insert(DONE, ({"record": record, "target": t.id} for t, said in targets for record in said.records), by)


def insert(statement: str, rows: Iterable[Row], by: int | None) -> None:
    text = json.dumps(list(rows), default=_plain)
    if text != "[]":
        with connection.cursor() as cursor:
            cursor.execute(statement, {"rows": text, "by": by, "tenant": current_tenant_id()})


def _plain(value: dt.date) -> str:
    return value.isoformat()


def _decided(each: Written) -> Row:
    account = each.account
    return {"account": account.pk, "record": each.decided_by, "was": each.was_in, "currency": account.currency}


def _contracts(job: Import, each: Written) -> Iterator[Row]:
    for term, said in each.fresh:
        values = said.values
        yield {
            "id": term.id, "account": each.account.pk, "name": term.name, "currency": each.account.currency,
            "signed_on": signed_on(said), "start_on": term.start_on, "end_on": term.end_on,
            "auto_renew": bool(values.get("auto_renew", False)), "notice_days": values.get("notice_days", 30),
            "external_id": values.get("external_id"), "renews": term.renews.id if term.renews else None,
            "ended_on": term.ended_on, "end_reason": term.end_reason,
        }  # fmt: skip


def signed_on(said: SaidTerm) -> dt.date:
    return said.day("signed_on") or said.start_on


def _lines(each: Written) -> Iterator[Row]:
    for term, _ in each.fresh:
        for line in term.lines:
            yield {
                "contract": term.id, "product": line.product, "quantity": line.quantity, "amount": line.amount,
                "recurring": line.recurring, "start_on": line.start_on or term.start_on,
                "end_on": line.end_on or term.end_on,
            }  # fmt: skip


def _movements(each: Written) -> Iterator[Row]:
    for moved in each.moved:
        yield {
            "account": each.account.pk, "contract": moved.term.id, "product": moved.move.product,
            "kind": moved.move.kind, "amount": moved.move.amount, "currency": each.account.currency,
            "effective_on": moved.move.on, "reason": moved.reason,
        }  # fmt: skip


def _events(job: Import, each: Written) -> Iterator[Row]:
    """As if each had been told on its day; the instant in which it was recorded says that it wasn't."""
    moved_on: dict[tuple[int, dt.date], int] = defaultdict(int)
    for moved in each.moved:
        moved_on[moved.term.id, moved.move.on] += moved.move.amount
    for term, said in each.fresh:
        currency = each.account.currency
        about: Row = {
            "contract_id": term.id, "name": term.name, "currency": currency,
            "start_on": term.start_on, "end_on": term.end_on, "import_id": job.pk,
        }  # fmt: skip
        arr = sum(line.amount for line in term.lines if line.recurring)
        kind = "contract.renewed" if term.renews else "contract.signed"
        agreed = {"amount": money(arr, currency), "amount_minor": arr, "reason": ""}
        yield _event(job, each, kind, signed_on(said), about | agreed)
        if term.ended_on:
            change = moved_on[term.id, term.ended_on]
            ended = {"on": term.ended_on, "reason": term.end_reason, "change_minor": change}
            yield _event(job, each, "contract.ended", term.ended_on, about | ended)


def _event(job: Import, each: Written, kind: str, on: dt.date, facts: Row) -> Row:
    return {"account": each.account.pk, "kind": kind, "facts": facts, "at": local_midnight(job.tenant, on)}


def _renewed(each: Written) -> Iterator[Row]:
    for term in each.book:
        if term.renews is not None and term.renews.fresh:
            yield {"contract": term.id, "renews": term.renews.id}
