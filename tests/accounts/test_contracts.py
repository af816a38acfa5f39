"""Contracts: signed, renewed, amended, ended."""

import datetime as dt

import pytest

from accounts.actions import contracts
from accounts.actions.errors import Conflict, Refused
from accounts.models import Account, AccountState, Contract, ContractLine, Event, RevenueMovement
from accounts.registry import tell
from tests.factories.accounts import TODAY, AccountFactory, ContractFactory, ProductFactory

START, END, NEXT = dt.date(2026, 1, 1), dt.date(2027, 1, 1), dt.date(2028, 1, 1)
TERM = {"name": "Platform", "signed_on": START, "start_on": START, "end_on": END}


def movements():
    rows = RevenueMovement.objects.order_by("effective_on", "id")
    return [(row.kind, row.amount_minor // 100, row.effective_on) for row in rows]


@pytest.fixture
def seats(acme):
    return ProductFactory(name="Seats")


@pytest.fixture
def storage(acme):
    return ProductFactory(name="Storage")


def line(product, units, **more):
    return {"product": product, "quantity": 1, "amount_minor": units * 100, **more}


@pytest.fixture
def contract(acme, seats):
    return ContractFactory(**TERM, lines=[line(seats, 1000)], by=acme.sal)


def test_a_signature_is_new_revenue_and_known_at_once(acme, contract):
    assert movements() == [("new", 1000, START)]
    state = AccountState.objects.get()
    assert (state.arr_minor, state.renewal_on) == (100_000, END)
    event = Event.objects.get(kind="contract.signed")
    assert event.actor == acme.sal
    assert tell(event.kind, event.facts) == "Platform signed, $1,000 a year from 1 Jan 2026"


def test_one_off_services_are_no_recurring_revenue(acme, seats):
    setup = ProductFactory(recurring=False)
    ContractFactory(**TERM, lines=[line(seats, 1000), line(setup, 500)])
    assert movements() == [("new", 1000, START)]
    assert AccountState.objects.get().arr_minor == 100_000


def test_a_term_that_begins_later_counts_later(acme, seats):
    ContractFactory(**TERM | {"start_on": dt.date(2026, 12, 1)}, lines=[line(seats, 1000)])
    assert AccountState.objects.get().arr_minor == 0
    assert movements() == [("new", 1000, dt.date(2026, 12, 1))]


def test_a_ramp_moves_when_its_lines_do(acme, seats, storage):
    later, until = dt.date(2026, 4, 1), dt.date(2026, 9, 1)
    lines = [line(seats, 1000), line(storage, 300, start_on=later, end_on=until)]
    ContractFactory(**TERM, lines=lines)
    assert movements() == [("new", 1000, START), ("expansion", 300, later), ("contraction", -300, until)]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"end_on": START}, "end_on"), ({"end_on": None}, "end_on"), ({"currency": "EUR"}, "currency"),
     ({"name": ""}, "name"), ({"renews": None}, "renews"), ({"notice_days": -1}, "notice_days")],
)  # fmt: skip
def test_a_wrong_term_is_named_and_nothing_is_written(acme, seats, values, field):
    account = AccountFactory()
    with pytest.raises(Refused) as refused:
        contracts.sign(account, TERM | values, [line(seats, 1000)], by=acme.sal, today=TODAY)
    assert list(refused.value.errors) == [field]
    assert (Contract.objects.count(), RevenueMovement.objects.count()) == (0, 0)


def test_wrong_lines_are_named_each_by_its_place(acme, seats):
    lines = [
        line(seats, 1000), line(seats, 5), {"amount_minor": 5}, line(ProductFactory(), -5),
        line(ProductFactory(), 5, quantity=0), line(ProductFactory(), 5, end_on=NEXT),
    ]  # fmt: skip
    with pytest.raises(Refused) as refused:
        contracts.sign(AccountFactory(), TERM, lines, by=acme.sal, today=TODAY)
    assert list(refused.value.errors) == [
        "lines.1.product", "lines.2.product", "lines.3.amount_minor", "lines.4.quantity", "lines.5.end_on",
    ]  # fmt: skip
    with pytest.raises(Refused, match="lines"):
        contracts.sign(AccountFactory(), TERM, [], by=acme.sal, today=TODAY)
    assert (Contract.objects.count(), RevenueMovement.objects.count()) == (0, 0)
    assert not Event.objects.filter(kind="contract.signed").exists()


def test_a_renewal_moves_what_differs_product_by_product(acme, contract, seats, storage):
    contracts.amend(
        contract, [line(seats, 1000), line(storage, 300)], on=dt.date(2026, 6, 1), by=acme.cass, today=TODAY
    )
    term = contracts.renew(contract, {"end_on": NEXT}, [line(seats, 1500)], by=acme.cass, today=TODAY)
    assert (term.start_on, term.renews, term.name) == (END, contract, "Platform")
    assert movements() == [
        ("new", 1000, START), ("expansion", 300, dt.date(2026, 6, 1)),
        ("expansion", 500, END), ("contraction", -300, END),
    ]  # fmt: skip
    assert AccountState.objects.get().renewal_on == NEXT
    assert Event.objects.get(kind="contract.renewed").facts["amount_minor"] == 150_000


def test_a_flat_renewal_moves_nothing(acme, contract, seats):
    contracts.renew(contract, {"end_on": NEXT}, [line(seats, 1000)], by=acme.cass, today=TODAY)
    assert movements() == [("new", 1000, START)]


def test_a_late_renewal_is_no_churn_but_a_long_pause_is(acme, seats):
    late = ContractFactory(**TERM, lines=[line(seats, 1000)])
    contracts.renew(
        late, {"start_on": END + dt.timedelta(days=30), "end_on": NEXT}, [line(seats, 1000)], by=None, today=TODAY
    )
    assert movements() == [("new", 1000, START)]
    gone = ContractFactory(**TERM, lines=[line(seats, 1000)])
    back = END + dt.timedelta(days=31)
    contracts.renew(gone, {"start_on": back, "end_on": NEXT}, [line(seats, 1200)], by=None, today=TODAY)
    rows = RevenueMovement.objects.filter(account=gone.account)
    assert [(r.kind, r.amount_minor, r.effective_on) for r in rows] == [
        ("new", 100_000, START), ("churn", -100_000, END), ("reactivation", 120_000, back),
    ]  # fmt: skip


def test_a_contract_is_renewed_once_and_not_after_its_end(acme, contract, seats):
    contracts.renew(contract, {"end_on": NEXT}, [line(seats, 1000)], by=None, today=TODAY)
    with pytest.raises(Refused):
        contracts.renew(contract, {"end_on": NEXT}, [line(seats, 1000)], by=None, today=TODAY)
    with pytest.raises(Refused):
        contracts.amend(contract, [line(seats, 1)], on=START, by=None, today=TODAY)
    with pytest.raises(Refused):
        contracts.end(contract, on=END, reason="x", by=None, today=TODAY)
    assert Contract.objects.count() == 2
    assert movements() == [("new", 1000, START)]


def test_an_amendment_ends_what_it_leaves_out(acme, contract, seats, storage):
    on = dt.date(2026, 6, 1)
    contracts.amend(contract, [line(storage, 400)], on=on, by=acme.cass, today=TODAY, version=1)
    assert movements() == [("new", 1000, START), ("contraction", -1000, on), ("expansion", 400, on)]
    assert list(ContractLine.objects.values_list("product__name", "start_on", "end_on")) == [
        ("Seats", START, on), ("Storage", on, END),
    ]  # fmt: skip
    assert contract.version == 2
    assert Event.objects.get(kind="contract.amended").facts["change"] == "−$600"


def test_the_later_of_two_amendments_is_told(acme, contract, seats):
    on = dt.date(2026, 6, 1)
    contracts.amend(Contract.objects.get(), [line(seats, 1200)], on=on, by=acme.lee, today=TODAY)
    with pytest.raises(Conflict):
        contracts.amend(contract, [line(seats, 900)], on=on, by=acme.cass, today=TODAY, version=1)
    assert movements() == [("new", 1000, START), ("expansion", 200, on)]
    assert ContractLine.objects.get().amount_minor == 120_000


def test_an_amendment_outside_the_term_is_refused(acme, contract, seats):
    for day in (START - dt.timedelta(days=1), END):
        with pytest.raises(Refused) as refused:
            contracts.amend(contract, [line(seats, 1)], on=day, by=None, today=TODAY)
        assert list(refused.value.errors) == ["on"]
    assert movements() == [("new", 1000, START)]


def test_an_end_ahead_is_churn_on_its_day(acme, contract):
    contracts.end(contract, on=END, reason="Bought by a competitor", by=acme.cass, today=TODAY)
    assert movements() == [("new", 1000, START), ("churn", -1000, END)]
    assert RevenueMovement.objects.get(kind="churn").reason == "Bought by a competitor"
    state = AccountState.objects.get()
    assert (state.arr_minor, state.renewal_on) == (100_000, None)
    with pytest.raises(Refused):
        contracts.end(contract, on=END, reason="again", by=acme.cass, today=TODAY)


def test_the_end_of_one_contract_of_two_is_a_contraction(acme, contract, storage):
    other = ContractFactory(**TERM, account=contract.account, lines=[line(storage, 300)])
    contracts.end(other, on=dt.date(2026, 9, 1), reason="Not used", by=None, today=TODAY)
    assert movements() == [("new", 1000, START), ("new", 300, START), ("contraction", -300, dt.date(2026, 9, 1))]


def test_who_comes_back_is_reactivated(acme, contract, seats):
    gone, back = dt.date(2026, 3, 1), dt.date(2026, 8, 1)
    contracts.end(contract, on=gone, reason="Budget", by=None, today=TODAY)
    ContractFactory(**TERM | {"start_on": back}, account=contract.account, lines=[line(seats, 700)])
    assert movements() == [("new", 1000, START), ("churn", -1000, gone), ("reactivation", 700, back)]


def test_an_end_without_a_reason_or_before_the_term_is_refused(acme, contract):
    for values, field in [({"on": END, "reason": " "}, "reason"), ({"on": dt.date(2025, 1, 1), "reason": "x"}, "on")]:
        with pytest.raises(Refused) as refused:
            contracts.end(contract, **values, by=None, today=TODAY)
        assert list(refused.value.errors) == [field]
    assert Contract.objects.get().ended_on is None


def test_what_breaks_halfway_leaves_nothing(acme, seats, monkeypatch):
    account = AccountFactory()
    monkeypatch.setattr("accounts.actions.contracts.states.refresh", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        contracts.sign(account, TERM, [line(seats, 1000)], by=None, today=TODAY)
    assert (Contract.objects.count(), ContractLine.objects.count(), RevenueMovement.objects.count()) == (0, 0, 0)
    assert Account.objects.count() == 1


def test_an_upsert_signs_edits_and_amends(acme, seats):
    account = AccountFactory()

    def upsert(units, **values):
        return contracts.upsert_by_external_id(
            "k-1", account, TERM | values, [line(seats, units)], by=None, today=TODAY
        )

    contract, created = upsert(1000)
    assert created
    same, created = upsert(1000, notice_days=60)
    assert (created, same.pk, same.notice_days) == (False, contract.pk, 60)
    upsert(1200)
    assert movements() == [("new", 1000, START), ("expansion", 200, TODAY)]
    with pytest.raises(Refused) as refused:
        upsert(1200, end_on=NEXT)
    assert list(refused.value.errors) == ["end_on"]
    assert Contract.objects.get().end_on == END


def test_an_upsert_of_lines_for_a_part_of_the_term_changes_nothing_the_second_time(acme, seats, storage):
    account, until = AccountFactory(), dt.date(2026, 12, 1)

    def upsert(*lines, today=TODAY):
        return contracts.upsert_by_external_id("k-1", account, TERM, lines, by=None, today=today)[0].pk

    def version():
        return Contract.objects.get().version

    part = line(storage, 300, start_on=dt.date(2026, 3, 1), end_on=until)
    for today in (TODAY, TODAY, until):
        upsert(line(seats, 1000), part, today=today)
        assert version() == 1
    upsert(line(seats, 1000), part | {"end_on": dt.date(2026, 12, 15)})
    assert version() == 2
    upsert(line(seats, 1000))
    upsert(line(seats, 1000))
    assert version() == 3
    assert ContractLine.objects.get(product=storage).end_on == TODAY


def test_an_amendment_leaves_a_line_that_is_over_as_it_is(acme, seats, storage):
    over = line(storage, 300, start_on=dt.date(2026, 3, 1), end_on=dt.date(2026, 9, 1))
    contract = ContractFactory(**TERM, lines=[line(seats, 1000), over])
    contracts.amend(contract, [line(seats, 1200), over], on=TODAY, by=acme.cass, today=TODAY)
    row = ContractLine.objects.get(product=storage)
    assert (row.start_on, row.end_on) == (over["start_on"], over["end_on"])
    assert movements()[-1] == ("expansion", 200, TODAY)
