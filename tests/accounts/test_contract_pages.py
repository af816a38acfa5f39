"""Contracts in the browser: lines, money as people type it, and the statement under them."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts import calendar
from accounts.actions import contracts, revenue
from accounts.models import Account, AccountState, Contract, RevenueMovement
from accounts.tenancy.context import tenant_context
from accounts.views.contract_terms import running
from tests.factories.accounts import AccountFactory, ContractFactory, ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cass(acme_cast, page):
    return page(acme_cast.cass, acme_cast.tenant)


@pytest.fixture
def today(acme_cast):
    return calendar.local_today(acme_cast.tenant)


@pytest.fixture
def north(acme_cast) -> Account:
    with tenant_context(acme_cast.tenant):
        return AccountFactory(name="Northwind")


@pytest.fixture
def seats(acme_cast):
    with tenant_context(acme_cast.tenant):
        return ProductFactory(name="Platform")


@pytest.fixture
def contract(acme_cast, north, seats, today) -> Contract:
    with tenant_context(acme_cast.tenant):
        lines = [{"product": seats, "quantity": 10, "amount_minor": 12_000_00}]
        return ContractFactory(
            account=north, name="First", start_on=today - dt.timedelta(days=100), end_on=today + dt.timedelta(days=265),
            lines=lines, today=today,
        )  # fmt: skip


def rows(*lines: tuple, initial: int = 0) -> dict:
    """A formset's data: (product, quantity, amount[, "out"])."""
    data = {"lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": initial}
    for n, (product, quantity, amount, *out) in enumerate(lines):
        data |= {f"lines-{n}-product": product, f"lines-{n}-quantity": quantity, f"lines-{n}-amount": amount}
        data |= {f"lines-{n}-DELETE": "on"} if out else {}
    return data


def term(today, **changes) -> dict:
    start = {
        "name": "First",
        "signed_on": today,
        "start_on": today,
        "end_on": today + dt.timedelta(days=365),
        "notice_days": 30,
    }
    return start | changes


def arr_of(cast, account) -> int:
    with tenant_context(cast.tenant):
        return AccountState.objects.get(account=account).arr_minor


def test_a_contract_is_signed_with_amounts_as_people_type_them(cass, acme_cast, north, seats, today):
    said = term(today) | rows((seats.pk, 120, "412,500.50"), ("", 1, ""), ("", 1, ""))
    response = cass.post(f"/accounts/{north.pk}/contracts/new/", said)
    assert response.status_code == 302, response.content.decode()
    assert arr_of(acme_cast, north) == 412_500_50
    text = cass.get(f"/accounts/{north.pk}/contracts/").content.decode()
    for words in ("Platform", "120 seats", "$412,500.50 a year", "+$412,500.50", "365 d to renewal", "Closing"):
        assert words in text, words


@pytest.mark.parametrize(
    ("changes", "lines", "error"),
    [
        ({"name": ""}, None, 'id="id_name_error"'),
        ({"end_on": "2020-01-01"}, None, 'id="id_end_on_error"'),
        ({"notice_days": "-1"}, None, 'id="id_notice_days_error"'),
        ({}, [("S", 1, "lots")], 'id="id_lines-0-amount_error"'),
        ({}, [("S", 0, "5")], 'id="id_lines-0-quantity_error"'),
        ({}, [("S", 1, "0.001")], 'id="id_lines-0-amount_error"'),
        ({}, [("S", 1, "5"), ("S", 1, "6")], 'id="id_lines-1-product_error"'),
        ({}, [(987654, 1, "5")], 'id="id_lines-0-product_error"'),
        ({}, [], "A contract needs at least one line."),
    ],
)
def test_a_wrong_field_of_a_contract_is_named_and_nothing_is_signed(
    cass, acme_cast, north, seats, today, changes, lines, error
):
    lines = [("S", 1, "77")] if lines is None else lines
    lines = [(seats.pk if product == "S" else product, *rest) for product, *rest in lines]
    response = cass.post(
        f"/accounts/{north.pk}/contracts/new/", term(today, external_id="KEPT-1") | changes | rows(*lines)
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert error in text
    assert "KEPT-1" in text
    with tenant_context(acme_cast.tenant):
        assert not Contract.objects.exists()
        assert not RevenueMovement.objects.exists()


def test_more_lines_come_without_losing_what_was_typed(cass, acme_cast, north, seats, today):
    said = term(today, name="Half typed") | rows((seats.pk, 3, "7")) | {"more": "1"}
    response = cass.post(f"/accounts/{north.pk}/contracts/new/", said)
    text = response.content.decode()
    assert response.status_code == 200
    assert 'name="lines-2-product"' in text
    assert "Half typed" in text
    with tenant_context(acme_cast.tenant):
        assert not Contract.objects.exists()


def test_a_renewal_starts_from_what_there_was(cass, acme_cast, north, seats, contract, today):
    form = cass.get(f"/contracts/{contract.pk}/renew/").content.decode()
    assert 'value="12000"' in form
    assert f'value="{contract.end_on}"' in form
    end = contract.end_on + dt.timedelta(days=365)
    said = term(today, start_on=contract.end_on, end_on=end) | rows((seats.pk, 12, "15000"), initial=1)
    assert cass.post(f"/contracts/{contract.pk}/renew/", said).status_code == 302
    with tenant_context(acme_cast.tenant):
        assert Contract.objects.get(renews=contract).end_on == end
        assert list(RevenueMovement.objects.values_list("kind", "amount_minor")) == [
            ("new", 12_000_00),
            ("expansion", 3_000_00),
        ]
    again = cass.post(f"/contracts/{contract.pk}/renew/", said)
    assert again.status_code == 422
    assert "renewed already" in again.content.decode()


def test_an_amendment_moves_the_difference(cass, acme_cast, north, seats, contract, today):
    said = {"on": today, "reason": "Fewer sites", "version": contract.version} | rows((seats.pk, 8, "9000"), initial=1)
    assert cass.post(f"/contracts/{contract.pk}/amend/", said).status_code == 302
    assert arr_of(acme_cast, north) == 9_000_00
    stale = cass.post(f"/contracts/{contract.pk}/amend/", said)
    assert stale.status_code == 409
    text = cass.get(f"/accounts/{north.pk}/contracts/").content.decode()
    assert "−$3,000" in text
    assert "Fewer sites" in text


def test_taking_a_line_out_ends_its_product(cass, acme_cast, north, seats, today):
    with tenant_context(acme_cast.tenant):
        extra = ProductFactory(name="Extra")
        lines = [{"product": p, "quantity": 1, "amount_minor": 100_00} for p in (seats, extra)]
        contract = ContractFactory(
            account=north, start_on=today, end_on=today + dt.timedelta(days=90), lines=lines, today=today
        )
    said = {"on": today, "version": contract.version} | rows(
        (seats.pk, 1, "100"), (extra.pk, 1, "100", "out"), initial=2
    )
    assert cass.post(f"/contracts/{contract.pk}/amend/", said).status_code == 302
    assert arr_of(acme_cast, north) == 100_00


def test_what_was_taken_out_does_not_come_back(cass, acme_cast, north, seats, contract, today):
    with tenant_context(acme_cast.tenant):
        extra = ProductFactory(name="Extra")
        both = [{"product": p, "quantity": 1, "amount_minor": 100_00} for p in (seats, extra)]
        contracts.amend(contract, both, on=today - dt.timedelta(days=20), by=acme_cast.cass, today=today)
        contracts.amend(contract, both[:1], on=today - dt.timedelta(days=10), by=acme_cast.cass, today=today)
        assert revenue.arr_of(contract) == running(north).get().arr_minor == 100_00
    for verb in ("amend", "renew"):
        form = cass.get(f"/contracts/{contract.pk}/{verb}/")
        assert [line["product"] for line in form.context["lines"].initial] == [seats.pk]


def test_a_contract_ends_for_a_reason(cass, acme_cast, north, contract, today):
    silent = cass.post(f"/contracts/{contract.pk}/end/", {"on": today, "reason": " ", "version": contract.version})
    assert silent.status_code == 422
    assert 'id="id_reason_error"' in silent.content.decode()
    said = {"on": today, "reason": "Merged into another company", "version": contract.version}
    assert cass.post(f"/contracts/{contract.pk}/end/", said).status_code == 302
    assert arr_of(acme_cast, north) == 0
    text = cass.get(f"/accounts/{north.pk}/contracts/").content.decode()
    assert "Merged into another company" in text
    assert "Churn" in text


def test_terms_are_edited_without_moving_money(cass, acme_cast, north, contract):
    said = {"name": "Renamed", "auto_renew": "on", "notice_days": 60, "version": contract.version}
    assert cass.post(f"/contracts/{contract.pk}/edit/", said).status_code == 302
    assert "By itself, 60 d notice" in cass.get(f"/accounts/{north.pk}/contracts/").content.decode()
    assert cass.post(f"/contracts/{contract.pk}/edit/", said | {"name": "Late"}).status_code == 409
    with tenant_context(acme_cast.tenant):
        assert RevenueMovement.objects.count() == 1


def test_the_statement_opens_with_what_was_before_and_closes_to_the_cent(cass, acme_cast, north, seats, today):
    with tenant_context(acme_cast.tenant):
        lines = [{"product": seats, "quantity": 1, "amount_minor": 1_000_01}]
        ContractFactory(
            account=north,
            start_on=today - dt.timedelta(days=700),
            end_on=today + dt.timedelta(days=30),
            lines=lines,
            today=today,
        )
    text = " ".join(cass.get(f"/accounts/{north.pk}/contracts/").content.decode().split())
    ledger = text.split('id="ledger"')[1]
    assert ledger.index("Opening") < ledger.index("$1,000.01") < ledger.index("Closing") < ledger.rindex("$1,000.01")


def test_contracts_of_unseen_accounts_are_unknown(acme_cast, contract, page, rival):
    for user, tenant, status in (
        (acme_cast.sal, acme_cast.tenant, {403, 404}),
        (rival.rita, rival.tenant, {404}),
        (acme_cast.vera, acme_cast.tenant, {403}),
    ):
        client = page(user, tenant)
        for verb in ("edit", "renew", "amend", "end"):
            assert client.get(f"/contracts/{contract.pk}/{verb}/").status_code in status
            assert client.post(f"/contracts/{contract.pk}/{verb}/", {}).status_code in status


def test_a_count_of_lines_that_is_no_number_is_none(cass, north, seats, today):
    said = term(today) | rows((seats.pk, 3, "7")) | {"more": "1", "lines-TOTAL_FORMS": "many"}
    assert cass.post(f"/accounts/{north.pk}/contracts/new/", said).status_code == 200


def until(data: dict, n: int, day: dt.date) -> dict:
    return data | {f"lines-{n}-end_on": day}


@pytest.fixture
def pilot(acme_cast, north, seats, today) -> Contract:
    """A year of seats, and a pilot that runs out before it."""
    with tenant_context(acme_cast.tenant):
        lines = [
            {"product": seats, "quantity": 10, "amount_minor": 12_000_00},
            {"product": ProductFactory(name="Pilot", code="pilot"), "quantity": 1, "amount_minor": 600_00,
             "end_on": today + dt.timedelta(days=60)},
        ]  # fmt: skip
        return ContractFactory(
            account=north, start_on=today - dt.timedelta(days=100), end_on=today + dt.timedelta(days=265),
            lines=lines, today=today,
        )  # fmt: skip


def test_an_amendment_keeps_a_line_for_part_of_the_term(cass, acme_cast, north, seats, pilot, today):
    form = cass.get(f"/contracts/{pilot.pk}/amend/")
    ends = today + dt.timedelta(days=60)
    assert [line.get("end_on") for line in form.context["lines"].initial] == [None, ends]
    with tenant_context(acme_cast.tenant):
        product = pilot.lines.get(product__code="pilot").product_id
    said = {"on": today, "version": pilot.version} | rows((seats.pk, 12, "14000"), (product, 1, "600"), initial=2)
    assert cass.post(f"/contracts/{pilot.pk}/amend/", until(said, 1, ends)).status_code == 302
    with tenant_context(acme_cast.tenant):
        assert dict(pilot.lines.values_list("product__code", "end_on")) == {seats.code: pilot.end_on, "pilot": ends}
        assert dict(pilot.lines.values_list("product__code", "amount_minor"))[seats.code] == 14_000_00


def test_a_new_line_that_is_over_before_the_amendment_is_named(cass, acme_cast, north, seats, contract, today):
    with tenant_context(acme_cast.tenant):
        extra = ProductFactory(name="Extra")
    lines = rows((seats.pk, 10, "12000"), (extra.pk, 1, "50"), initial=1)
    said = {"on": today, "version": contract.version} | lines
    for day in (today, today - dt.timedelta(days=5)):
        refused = cass.post(f"/contracts/{contract.pk}/amend/", until(said, 1, day))
        assert refused.status_code == 422
        assert 'id="id_lines-1-end_on_error"' in refused.content.decode()
    with tenant_context(acme_cast.tenant):
        assert contract.lines.count() == 1
    assert (
        cass.post(f"/contracts/{contract.pk}/amend/", until(said, 1, today + dt.timedelta(days=1))).status_code == 302
    )


def test_a_line_can_be_signed_for_part_of_the_term(cass, acme_cast, north, seats, today):
    said = term(today) | rows((seats.pk, 1, "100"))
    late = cass.post(f"/accounts/{north.pk}/contracts/new/", until(said, 0, today + dt.timedelta(days=900)))
    assert (late.status_code, 'id="id_lines-0-end_on_error"' in late.content.decode()) == (422, True)
    ends = today + dt.timedelta(days=90)
    assert cass.post(f"/accounts/{north.pk}/contracts/new/", until(said, 0, ends)).status_code == 302
    with tenant_context(acme_cast.tenant):
        assert Contract.objects.get().lines.get().end_on == ends
