"""Contracts with their past as exports tell it: read to the cent, taken at its word, completed where it falls short."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounts.actions import contracts
from accounts.extracts.histories import written
from accounts.imports.actions import imports, working
from accounts.imports.api.entries import MappingEntry
from accounts.imports.fields import FIELDS
from accounts.imports.values import histories
from accounts.imports.values.wrong import Wrong
from accounts.models import Contract, ContractLine, Product, RevenueMovement
from accounts.tenancy.context import tenant_context
from tests.accounts.imports.test_terms import (
    JAN,
    account,
    faults,
    job,
    make_job,
    movements,
    run,
    say,
    seats,
    term,
    today,
    undo,
    verdicts,
    year,
)
from tests.factories.accounts import ContractFactory, ProductFactory

__all__ = ["account", "job", "seats"]
MAY = dt.date(2024, 5, 1)


pytestmark = pytest.mark.django_db


def test_what_is_written_is_read_back():
    said = [
        ("2024-01-01", "new", Decimal("1000.00"), "Seats", ""),
        ("2024-05-01", "contraction", Decimal("-0.05"), 'The "best"; of\n2024', "Too dear; \\ said"),
    ]
    text = written(said)
    assert text.startswith('2024-01-01 new 1000.00 "Seats"; 2024-05-01 contraction -0.05 ')
    assert histories.read(text, "EUR") == [
        ["2024-01-01", "new", 100_000, "Seats", ""],
        ["2024-05-01", "contraction", -5, 'The "best"; of\n2024', "Too dear; \\ said"],
    ]
    assert (written([]), histories.read("None", "EUR")) == ("none", [])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("grew a lot", "isn't understood from character 1 on"),
        ('2024-01-01 new 10 "A"; 2024-02-31 new 10 "A"', "isn't understood from character 24 on"),
        ('2024-01-01 grew 10 "A"', "names a movement that nobody knows: grew"),
        ('2024-01-01 new -10 "A"', "says new of -10"),
        ('2024-01-01 fx 0 "A"', "says fx of 0"),
        ('2024-01-01 new 0.001 "A"', "is finer than the smallest unit of EUR"),
        ('2024-01-01 new 10 ""', "names no product"),
        ('2024-01-01 new 10 " "', "names no product, or a product or a reason that is too long, from character 1 on"),
        (f'2024-01-01 new 10 "{"x" * 121}"', "a product or a reason that is too long, from character 1 on"),
        (r'2024-01-01 new 10 "A\u0000"', "isn't understood from character 1 on"),
        (r'2024-01-01 new 10 "A" "\ud800"', "isn't understood from character 1 on"),
    ],
)
def test_what_nobody_wrote_is_refused_by_place(text, fault):
    with pytest.raises(Wrong, match=fault):
        histories.read(text, "EUR")


def told(*each: tuple) -> list[list]:
    return [[on.isoformat(), kind, units * 100, product, ""] for on, kind, units, product in each]


def test_the_file_is_taken_at_its_word(job, account, seats):
    """Even about a product that was taken off the contract again, of which no line is left."""
    past = told((JAN, "new", 700, "Vault"), (JAN, "correction", -700, "Vault"), (JAN, "new", 900, "Seats"),
                (MAY, "expansion", 100, "Seats"))  # fmt: skip
    say(job, 2, account, **term(0, name="First", movements=past))
    say(job, 3, account, **term(1, 1000, name="Second", renews=f"First from {JAN}", movements=[], end_on=year(9)))
    run(job)
    assert sorted(movements()) == sorted(
        [("new", 700, JAN), ("correction", -700, JAN), ("new", 900, JAN), ("expansion", 100, MAY)]
    )
    first, second = Contract.objects.order_by("start_on")
    assert (second.renews, first.ended_on) == (first, None)
    assert not ContractLine.objects.filter(product__name="Vault").exists()
    undo(job)
    assert (movements(), list(Product.objects.all())) == ([], [seats])


def test_a_history_that_falls_short_is_completed(job, account, seats):
    """The ledger always comes to what was agreed."""
    say(job, 2, account, **term(0, 1000, movements=told((MAY, "new", 400, "Seats")), end_on=year(9)))
    run(job)
    assert movements() == [("new", 400, MAY), ("new", 600, MAY)]


def test_a_contract_that_says_its_past_renews_only_what_it_says(job, account, seats):
    say(job, 2, account, **term(0, movements=told((JAN, "new", 1000, "Seats"))))
    say(job, 3, account, **term(1, 500, movements=told((year(1), "expansion", 500, "Seats")), end_on=year(9)))
    run(job)
    assert not Contract.objects.exclude(renews=None).exists()
    assert movements() == [("new", 1000, JAN), ("expansion", 500, year(1))]


def test_lines_have_days_of_their_own(job, account, seats):
    say(job, 2, account, **term(0, external_id="x", end_on=year(9), line_until=year(1)))
    say(job, 3, account, **term(0, 500, external_id="x", end_on=year(9), product="Vault", line_from=MAY))
    run(job)
    assert movements() == [("new", 1000, JAN), ("expansion", 500, MAY), ("contraction", -1000, year(1))]
    assert sorted(ContractLine.objects.values_list("product__name", "start_on", "end_on")) == [
        ("Seats", JAN, year(1)), ("Vault", MAY, year(9)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "fault"),
    [
        ({"line_from": year(1)}, "This must lie within the term."),
        ({"line_until": year(2)}, "This must lie within the term, and after the product's first day."),
        ({"line_from": MAY, "line_until": MAY}, "This must lie within the term, and after the product's first day."),
    ],
)
def test_a_line_lies_within_its_term(job, account, seats, days, fault):
    say(job, 2, account, **term(0, **days))
    run(job)
    assert [message for _, message in faults(job).values()] == [fault]


@pytest.mark.parametrize("ended", [False, True])
def test_what_was_taken_off_a_contract_stays_off(acme, account, seats, ended):
    """The same file again says the same: what was over is history, whether the contract runs or has ended."""
    vault = ProductFactory(name="Vault", code="vault")
    lines = [
        {"product": seats, "quantity": 1, "amount_minor": 100_000},
        {"product": vault, "quantity": 1, "amount_minor": 50_000},
    ]
    contract = ContractFactory(account=account, external_id="x", start_on=JAN, end_on=year(9), lines=lines)
    agreed = {"by": acme.cass, "today": today(acme)}
    contracts.amend(contract, lines[:1], on=MAY, **agreed)
    if ended:
        contracts.end(contract, on=year(2), reason="Went", **agreed)
    job = make_job(acme)
    over = {"ended_on": year(2), "end_reason": "Went"} if ended else {}
    same = {"external_id": "x", "end_on": year(9), **over}
    say(job, 2, account, **term(0, **same))
    say(job, 3, account, **term(0, 500, **same, product="Vault", line_until=MAY))
    before = RevenueMovement.objects.count()
    run(job)
    assert (verdicts(job), faults(job), RevenueMovement.objects.count()) == (["same", "same"], {}, before)


def test_what_is_to_be_taken_off_later_is(acme, job, account, seats):
    vault = ProductFactory(name="Vault", code="vault")
    lines = [
        {"product": product, "quantity": 1, "amount_minor": amount}
        for product, amount in ((seats, 100_000), (vault, 50_000))
    ]
    ContractFactory(account=account, external_id="x", start_on=JAN, end_on=year(9), lines=lines)
    say(job, 2, account, **term(0, external_id="x", end_on=year(9)))
    say(job, 3, account, **term(0, 500, external_id="x", end_on=year(9), product="Vault", line_until=year(5)))
    run(job)
    assert ("contraction", -500, year(5)) in movements()
    assert ContractLine.objects.get(product=vault).end_on == year(5)


def test_deals_that_are_not_won_are_counted_and_listed(acme_cast, page):
    """Left out, and said so: neither refused nor silently gone."""
    file = (
        b"Account Name,Opportunity Name,Stage,Amount,Close Date\n"
        b"Northwind,Big one,Closed Won,1000,2026-01-05\nNorthwind,Maybe,Negotiation,nonsense,2026-02-05\n"
        b"Northwind,Gone,Closed Lost,700,2026-03-05\n"
    )
    with tenant_context(acme_cast.tenant):
        job = imports.open("deals.csv", [file], noun="contract", by=acme_cast.olly)
        imports.map_columns(job, job.columns, by=acme_cast.olly, options={"missing_accounts": "create"})
        imports.check(job, by=acme_cast.olly)
    working.go_on(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        job.refresh_from_db()
        assert job.figures["contract"] == {"created": 1, "changed": 0, "same": 0, "refused": 0, "not_won": 2}
    text = page(acme_cast.olly, acme_cast.tenant).get(f"/imports/{job.pk}/").content.decode()
    assert "Not won, left out" in text
    with tenant_context(acme_cast.tenant):
        imports.run(job, by=acme_cast.olly)
    working.go_on(acme_cast.tenant.pk)
    answer = page(acme_cast.olly, acme_cast.tenant).get(f"/imports/{job.pk}/?show=not_won").content.decode()
    assert "Left out, since its stage isn’t won" in answer
    assert all(said in answer for said in ("Maybe", "Negotiation", "Gone", "Closed Lost"))
    with tenant_context(acme_cast.tenant):
        job.refresh_from_db()
        assert job.figures["contract"]["not_won"] == 2
        assert list(Contract.objects.values_list("name", flat=True)) == ["Big one"]


def test_the_api_names_every_field_of_a_mapping():
    said = MappingEntry().fields["columns"].help_text
    assert all(path in said for path in FIELDS)
