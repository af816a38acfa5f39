"""Contracts that the book has and a file says otherwise: what people would have written one by one, and all at once."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.actions import contracts
from accounts.actions.contract_lines import read_lines, same
from accounts.calendar import local_today
from accounts.imports.actions import terms
from accounts.imports.models import Import, Record
from accounts.models import Account, AccountState, Contract, Event, InboxEntry
from tests.accounts.imports.test_terms import (
    JAN,
    MONTH,
    account,
    faults,
    make_job,
    run,
    say,
    seats,
    settled,
    term,
    three,
    undo,
    verdicts,
    whole_book,
    year,
)
from tests.factories.accounts import AccountFactory, ContractFactory

__all__ = ["account", "seats", "three"]

LINES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(1, 3)),
    min_size=1, max_size=3, unique_by=lambda line: line[0],
)  # fmt: skip
# Contracts as they were signed, perhaps amended and ended; then what the file says of each.
BOOKS = st.lists(
    st.fixed_dictionaries(
        {
            "start": st.integers(0, 40), "months": st.integers(1, 40), "lines": LINES, "amended": st.none() | LINES,
            "over": st.booleans(), "says": st.none() | LINES, "name": st.sampled_from(["", "Same", "Other"]),
            "ends": st.none() | st.integers(0, 40), "why": st.sampled_from(["", "Because"]),
        }
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


@settings(
    max_examples=40, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(book=BOOKS)
def test_the_book_is_that_of_changing_one_by_one(acme, three, book):
    with transaction.atomic():
        imported, twin = AccountFactory(name="A"), AccountFactory(name="A")
        for account_of in (imported, twin):
            stand(account_of, book, three)
        rung, before = InboxEntry.objects.count(), whole_book(but=twin)
        job = make_job(acme)
        said(job, imported, book, three)
        run(job)
        assert InboxEntry.objects.count() == rung
        refused = set(faults(job))
        change_by_hand(twin, book, three, acme.olly, refused)
        assert shape(imported) == shape(twin)
        undo(job, size=1)
        assert set(faults(job)) == refused
        assert settled(whole_book(but=twin)) == settled(before)
        transaction.set_rollback(True)


def stand(account: Account, book, products) -> None:
    agreed = {"by": None, "today": local_today(account.tenant)}
    for n, each in enumerate(book):
        values = {"name": "Same", "start_on": start(each), "end_on": start(each) + each["months"] * MONTH}
        values["external_id"] = f"{account.pk}-{n}"
        contract = contracts.sign(account, values, told(each["lines"], products), **agreed)
        if each["amended"]:
            on = start(each) + dt.timedelta(days=15)
            contracts.amend(contract, told(each["amended"], products), on=on, **agreed)
        if each["over"]:
            contracts.end(contract, on=contract.end_on, reason="Over", **agreed)


def start(each) -> dt.date:
    return JAN + each["start"] * MONTH


def told(lines, products) -> list[dict]:
    return [
        {"product": products[p], "quantity": quantity, "amount_minor": units * 10_001} for p, units, quantity in lines
    ]


def ends_on(each) -> dt.date | None:
    return None if each["ends"] is None else start(each) + each["ends"] * MONTH


def said(job: Import, account: Account, book, products) -> None:
    for n, each in enumerate(book):
        for place, (p, units, quantity) in enumerate(each["says"] or [(None, None, None)]):
            values = {"external_id": f"{account.pk}-{n}", "name": each["name"], "end_reason": each["why"]}
            values |= {"ended_on": ends_on(each)} if each["ends"] is not None else {}
            if units is not None:
                values |= {"product": products[p].name, "amount_minor": units * 10_001, "quantity": quantity}
            say(job, 10 * n + place, account, **{name: value for name, value in values.items() if value != ""})


def change_by_hand(account: Account, book, products, by, refused: set[int]) -> None:
    today = local_today(account.tenant)
    for n, each in enumerate(book):
        if 10 * n in refused:
            continue
        contract = Contract.objects.get(external_id=f"{account.pk}-{n}")
        if each["name"]:
            contracts.edit(contract, {"name": each["name"]}, by=by)
        lines = told(each["says"] or [], products)
        on = max(today, contract.start_on)
        if lines and not same(contract, read_lines(contract, lines), on):
            contracts.amend(contract, lines, on=on, by=by, today=today, reason="Import")
        ended_on = ends_on(each) or (contract.end_on if each["why"] else None)
        if ended_on and contract.ended_on is None:
            contracts.end(contract, on=ended_on, reason=each["why"] or "Not renewed", by=by, today=today)


def shape(account: Account) -> tuple:
    """All that the book has of it, without what only keys and imports know."""
    of_contract = ("name", "version", "start_on", "end_on", "ended_on", "end_reason")
    of_line = ("product_id", "quantity", "amount_minor", "recurring", "start_on", "end_on")
    moved = account.movements.order_by("pk")
    numbers = {pk: n for n, pk in enumerate(account.contracts.order_by("pk").values_list("pk", flat=True))}
    return (
        list(account.contracts.order_by("pk").values_list(*of_contract)),
        [sorted(each.lines.values_list(*of_line)) for each in account.contracts.order_by("pk")],
        [(m.kind, m.amount_minor, m.effective_on, m.product_id, numbers[m.contract_id], m.reason, m.recorded_by_id)
         for m in moved],
        [(e.kind, e.actor_id, facts(e, numbers)) for e in Event.objects.filter(account=account).order_by("pk")],
        list(AccountState.objects.filter(account=account).values_list("arr_minor", "renewal_on", "last_touch_at")),
    )  # fmt: skip


def facts(event: Event, numbers: dict[int, int]) -> dict:
    plain = {name: value for name, value in event.facts.items() if name not in ("import_id", "movements")}
    return plain | ({"contract_id": numbers[plain["contract_id"]]} if "contract_id" in plain else {})


def test_many_changes_ask_no_more_than_two(acme, seats):
    def asked(count: int) -> tuple[int, int]:
        job = make_job(acme)
        for n in range(count):
            account = AccountFactory(currency="EUR")
            lines = [{"product": seats, "quantity": 1, "amount_minor": 100_000}]
            ContractFactory(account=account, start_on=JAN, end_on=year(9), external_id=f"{job.pk}-{n}", lines=lines)
            values = term(0, 1400, end_on=year(9), external_id=f"{job.pk}-{n}", name="New")
            say(job, 3 * n, account, **values)
            say(job, 3 * n + 1, account, **values | {"product": "Vault"})
            say(job, 3 * n + 2, AccountFactory(currency="USD"), **term(0, product=f"Own {job.pk} {n}"))
        terms.match_contracts(job)
        assert verdicts(job).count("change") == 2 * count
        with CaptureQueriesContext(connection) as run_queries:
            terms.apply_contracts(job, 0, 500)
        assert Record.objects.filter(job=job, noun="contract", done=True).count() == 3 * count
        Import.objects.filter(pk=job.pk).update(stage="undoing")
        job.place = {}
        with CaptureQueriesContext(connection) as undo_queries:
            assert terms.undo_contracts(job, 500)
        assert Record.objects.filter(job=job, noun="contract", done=True).count() == 0
        return len(run_queries), len(undo_queries)

    assert asked(2) == asked(12)
