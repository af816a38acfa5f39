"""Contracts of an import: the ledger that people would have written term by term, and nothing left when taken back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts import ledger
from accounts.actions import contracts
from accounts.calendar import local_today
from accounts.imports.actions import terms
from accounts.imports.models import Import, Kind, Noun, Record, Stage, Verdict
from accounts.ledger import Step
from accounts.models import (
    Account,
    AccountState,
    Contract,
    ContractLine,
    Event,
    InboxEntry,
    Product,
    RevenueMovement,
)  # fmt: skip
from accounts.registry import tell
from tests.factories.accounts import AccountFactory, ContractFactory, ProductFactory

HEADINGS = ["Account", "Id", "Name", "Product", "Seats", "ARR", "Currency", "Start", "End", "Ended", "Why"]
PATHS = ["account.name", "contract.external_id", "contract.name", "contract.product", "contract.quantity",
         "contract.arr", "contract.currency", "contract.start_on", "contract.end_on", "contract.ended_on",
         "contract.end_reason"]  # fmt: skip
JAN = dt.date(2024, 1, 1)


def year(n: int) -> dt.date:
    return JAN.replace(year=2024 + n)


@pytest.fixture
def account(acme):
    return AccountFactory(name="Aster", currency="EUR")


@pytest.fixture
def seats(acme):
    return ProductFactory(name="Seats", code="seats")


@pytest.fixture
def job(acme):
    return make_job(acme)


def make_job(acme, **options) -> Import:
    return Import.objects.create(
        name="deals.csv", noun=Noun.CONTRACT, kind=Kind.CSV, headings=HEADINGS, created_by=acme.olly,
        columns={str(n): path for n, path in enumerate(PATHS)}, options={"product": "Subscription"} | options,
    )  # fmt: skip


def say(job: Import, number: int, account: Account | int, **values) -> Record:
    """A row of the file: what is matched of the account stands already, as it does when contracts are compared.

    `account` as a number: that row's, which leads.
    """
    own = {"target_id": account.pk, "verdict": Verdict.SAME} if isinstance(account, Account) else {"leader": account}
    Record.objects.create(job=job, number=number, noun=Noun.ACCOUNT, **own)
    values = {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in values.items()}
    return Record.objects.create(job=job, number=number, noun=Noun.CONTRACT, values=values)


def term(n: int, units: int | None = 1000, *, product: str | None = "Seats", **more) -> dict:
    said = {"start_on": year(n), "end_on": year(n + 1), "product": product, "currency": "EUR"}
    amount = {} if units is None else {"amount_minor": units * 100}
    return {key: value for key, value in (said | amount | more).items() if value is not None}


def verdicts(job: Import) -> list[str]:
    return list(Record.objects.filter(job=job, noun="contract").order_by("number").values_list("verdict", flat=True))


def faults(job: Import) -> dict[int, tuple[str, str]]:
    rows = Record.objects.filter(job=job, noun="contract").exclude(errors=[])
    return {row.number: (row.errors[0]["column"], row.errors[0]["message"]) for row in rows}


def run(job: Import, size: int = 100) -> None:
    terms.match_contracts(job)
    after: int | None = 0
    while after is not None:
        after = terms.apply_contracts(job, after, size)


def undo(job: Import, size: int = 100) -> None:
    Import.objects.filter(pk=job.pk).update(stage=Stage.UNDOING)
    job.place = {}
    while terms.undo_contracts(job, size):
        pass


def movements(**only) -> list[tuple[str, int, dt.date]]:
    rows = RevenueMovement.objects.filter(**only).order_by("effective_on", "id")
    return [(row.kind, row.amount_minor // 100, row.effective_on) for row in rows]


def test_past_terms_give_history(acme, job, account, seats):
    say(job, 2, account, **term(0, name="First", quantity=5, signed_on=dt.date(2023, 12, 5), auto_renew=True))
    say(job, 3, account, **term(1, 1500))
    say(job, 4, account, **term(2, 1200, end_on=year(9)))
    run(job)
    assert movements() == [("new", 1000, year(0)), ("expansion", 500, year(1)), ("contraction", -300, year(2))]
    first, second, third = Contract.objects.order_by("start_on")
    assert (first.name, first.signed_on, first.auto_renew, first.notice_days) == (
        "First",
        dt.date(2023, 12, 5),
        True,
        30,
    )
    assert (second.name, second.renews, third.renews, second.ended_on) == ("Seats 2025", first, second, None)
    assert [(line.product, line.quantity) for line in first.lines.all()] == [(seats, 5)]
    state = AccountState.objects.get()
    assert (state.arr_minor, state.renewal_on) == (120_000, year(9))
    told = Event.objects.filter(account=account).order_by("occurred_at")
    assert [event.kind for event in told] == ["contract.signed", "contract.renewed", "contract.renewed"]
    assert (told[0].occurred_at.date(), told[0].actor, told[0].facts["import_id"]) == (
        first.signed_on,
        acme.olly,
        job.pk,
    )
    assert tell(told[0].kind, told[0].facts) == "First signed, €1,000 a year from 1 Jan 2024"
    assert not InboxEntry.objects.filter(event__account=account).exists()
    assert all(Record.objects.filter(job=job, noun="contract").values_list("done", flat=True))


def test_a_pause_is_churn_and_a_comeback(job, account, seats):
    say(job, 2, account, **term(0))
    say(job, 3, account, **term(2, 700))
    say(job, 4, account, **term(3, 700, start_on=year(3) + ledger.GRACE, end_on=year(9)))
    run(job)
    assert movements() == [("new", 1000, year(0)), ("churn", -1000, year(1)), ("reactivation", 700, year(2))]
    ended = Contract.objects.get(start_on=year(0))
    assert (ended.ended_on, ended.end_reason, ended.renewals.count()) == (year(1), "Not renewed", 0)


def test_an_end_with_a_reason_is_churn_a_bare_one_before_a_renewal_is_none(job, account, seats):
    say(job, 2, account, **term(0, ended_on=year(1)))
    say(job, 3, account, **term(1, ended_on=dt.date(2025, 6, 1), end_reason="Went elsewhere"))
    run(job)
    assert movements() == [("new", 1000, year(0)), ("churn", -1000, dt.date(2025, 6, 1))]
    assert RevenueMovement.objects.get(kind="churn").reason == "Went elsewhere"
    assert [c.ended_on for c in Contract.objects.order_by("start_on")] == [None, dt.date(2025, 6, 1)]
    assert Event.objects.get(kind="contract.ended").occurred_at.date() == dt.date(2025, 6, 1)


@pytest.mark.parametrize(("choice", "arr"), [("open", 1000), ("ended", 0)])
def test_silence_is_churn_only_by_choice(acme, account, seats, choice, arr):
    job = make_job(acme, past_terms=choice)
    say(job, 2, account, **term(0))
    assert terms.match_contracts(job) == 1
    run(job)
    assert AccountState.objects.get().arr_minor == arr * 100
    assert Contract.objects.get().end_reason == ("Not renewed" if choice == "ended" else "")


def test_two_terms_that_go_on_in_one_count_once(job, account, seats):
    say(job, 2, account, **term(0, 1000, external_id="a"))
    say(job, 3, account, **term(0, 300, external_id="b", start_on=dt.date(2024, 6, 1)))
    say(job, 4, account, **term(1, 1300, external_id="c", end_on=year(9), name="Both"))
    assert terms.match_contracts(job) == 0
    run(job)
    assert AccountState.objects.get().arr_minor == 130_000
    assert sorted(Contract.objects.values_list("external_id", "end_reason")) == [
        ("a", ""), ("b", "Continued in Both"), ("c", ""),
    ]  # fmt: skip


def test_rows_with_one_id_are_lines_of_one_contract(job, account, seats):
    say(job, 2, account, **term(1, 1000, external_id="x", end_on=year(9)))
    say(job, 3, account, **term(1, 500, external_id="x", end_on=year(9), product="Vault"))
    run(job)
    contract = Contract.objects.get()
    assert sorted(contract.lines.values_list("product__name", "amount_minor")) == [
        ("Seats", 100_000),
        ("Vault", 50_000),
    ]
    assert set(Record.objects.filter(noun="contract").values_list("target_id", "leader")) == {
        (contract.pk, None), (contract.pk, 2),
    }  # fmt: skip
    assert Product.objects.get(name="Vault").code == "vault"
    undo(job)
    assert [p.name for p in Product.objects.all()] == ["Seats"]


def test_the_same_file_again_changes_nothing(acme, job, account, seats):
    rows = [term(0), term(1, 900, external_id="x"), term(3, 800, end_on=year(9), ended_on=None)]
    for number, values in enumerate(rows, start=2):
        say(job, number, account, **values)
    run(job)
    before = movements()
    again = make_job(acme)
    for number, values in enumerate(rows, start=2):
        say(again, number, account, **values)
    run(again)
    assert verdicts(again) == ["same"] * 3
    assert (movements(), Contract.objects.count()) == (before, 3)


def test_a_contract_that_is_there_is_amended_from_today(acme, job, account, seats):
    today = local_today(acme.tenant)
    contract = ContractFactory(
        account=account, name="Old", start_on=JAN, end_on=year(9), external_id="x",
        lines=[{"product": seats, "quantity": 1, "amount_minor": 100_000}],
    )  # fmt: skip
    rung, before = InboxEntry.objects.count(), whole_book()
    record = say(job, 2, account, **term(0, 1400, end_on=year(9), external_id="x", name="New", product=None))
    run(job)
    record.refresh_from_db()
    contract.refresh_from_db()
    assert (record.verdict, record.done, record.target_id) == ("change", True, contract.pk)
    assert (record.before["name"], record.before["amount_minor"]) == ("Old", 100_000)
    assert contract.name == "New"
    assert movements() == [("new", 1000, JAN), ("expansion", 400, today)]
    told = Event.objects.filter(account=account).order_by("-id")[:2]
    assert [(event.kind, event.facts["import_id"]) for event in told] == [
        ("contract.amended", job.pk), ("contract.edited", job.pk),
    ]  # fmt: skip
    assert InboxEntry.objects.count() == rung
    undo(job)
    record.refresh_from_db()
    assert (record.done, record.errors) == (False, [])
    assert settled(whole_book()) == settled(before)


@pytest.mark.parametrize("how", ["edit", "renew", "amend", "sign"])
def test_a_change_that_people_went_on_with_is_kept(acme, job, account, seats, how):
    contract = ContractFactory(
        account=account, start_on=JAN, end_on=year(9), external_id="x",
        lines=[{"product": seats, "quantity": 1, "amount_minor": 100_000}],
    )  # fmt: skip
    say(job, 2, account, **term(0, 1400, end_on=year(9), external_id="x"))
    run(job)
    contract.refresh_from_db()
    agreed = {"by": acme.cass, "today": today(acme)}
    line = [{"product": seats, "quantity": 1, "amount_minor": 150_000}]
    if how == "edit":
        contracts.edit(contract, {"name": "By hand"}, by=acme.cass)
    elif how == "renew":
        contracts.renew(contract, {"end_on": year(10)}, line, **agreed)
    elif how == "amend":
        contracts.amend(contract, line, on=today(acme), **agreed)
    else:
        values = {"name": "Another", "start_on": today(acme), "end_on": year(9)}
        contracts.sign(account, values, line, **agreed)
    before = whole_book()
    undo(job)
    assert whole_book() == before
    why = "later contracts of this account build on it." if how == "sign" else "it was changed or renewed since."
    assert faults(job) == {2: ("", f"Kept: {why}")}


def test_imports_go_in_the_order_in_which_they_came(acme, job, account, seats):
    """What a later one changed is an earlier one's again once that is taken back."""
    empty = whole_book()
    say(job, 2, account, **term(0, 1000, end_on=year(9), external_id="x"))
    run(job)
    second = make_job(acme)
    say(second, 2, account, **term(0, 1400, end_on=year(9), external_id="x"))
    say(second, 3, account, **term(0, 300, end_on=year(9), external_id="x", product="Vault"))
    run(second)
    assert AccountState.objects.get().arr_minor == 170_000
    undo(second)
    assert AccountState.objects.get().arr_minor == 100_000
    assert not Product.objects.filter(name="Vault").exists()
    undo(job)
    assert (settled(whole_book()), faults(job), faults(second)) == (settled(empty), {}, {})


def test_no_change_goes_that_the_timeline_does_not_tell_of(acme, job, account, seats):
    contract = ContractFactory(
        account=account, start_on=JAN, end_on=year(9),
        lines=[{"product": seats, "quantity": 1, "amount_minor": 100_000}],
    )  # fmt: skip
    record = say(job, 2, account, **term(0))
    Record.objects.filter(pk=record.pk).update(target_id=contract.pk, verdict=Verdict.CHANGE, done=True)
    Import.objects.filter(pk=job.pk).update(stage=Stage.UNDOING)
    before = whole_book()
    with connection.cursor() as cursor:
        cursor.execute("SELECT take_back_contract_changes(%s, %s)", [job.pk, [record.pk]])
    assert whole_book() == before


def test_the_next_term_renews_the_one_that_the_book_has(job, account, seats):
    old = ContractFactory(
        account=account, start_on=JAN, end_on=year(1),
        lines=[{"product": seats, "quantity": 1, "amount_minor": 100_000}],
    )  # fmt: skip
    say(job, 2, account, **term(1, 1200, start_on=year(1) + dt.timedelta(days=3), end_on=year(9)))
    run(job)
    assert Contract.objects.get(renews=old).start_on == year(1) + dt.timedelta(days=3)
    assert [kind for kind, *_ in movements()] == ["new", "expansion"]
    undo(job)
    assert movements() == [("new", 1000, JAN)]
    assert list(Contract.objects.all()) == [old]


def test_an_earlier_term_hands_over_to_the_one_that_the_book_has(job, account, seats):
    now = ContractFactory(
        account=account, start_on=year(1), end_on=year(9),
        lines=[{"product": seats, "quantity": 1, "amount_minor": 100_000}],
    )  # fmt: skip
    say(job, 2, account, **term(0, 800))
    run(job)
    now.refresh_from_db()
    assert now.renews == Contract.objects.get(start_on=JAN)
    assert movements() == [("new", 800, JAN), ("new", 1000, year(1)), ("correction", -800, year(1))]
    undo(job)
    now.refresh_from_db()
    assert (now.renews, movements()) == (None, [("new", 1000, year(1))])


def test_what_people_went_on_with_is_kept(acme, job, account, seats):
    other = AccountFactory(currency="EUR")
    say(job, 2, account, **term(0))
    say(job, 3, account, **term(1))
    say(job, 4, other, **term(1, end_on=year(9)))
    run(job)
    last = Contract.objects.get(account=account, start_on=year(1))
    line = [{"product": seats, "quantity": 1, "amount_minor": 200_000}]
    contracts.renew(last, {"end_on": year(9)}, line, by=acme.cass, today=local_today(acme.tenant))
    undo(job, size=1)
    assert Contract.objects.filter(account=account).count() == 3
    assert not Contract.objects.filter(account=other).exists()
    assert list(Record.objects.filter(noun="contract", done=True).values_list("number", flat=True)) == [2, 3]
    assert faults(job) == dict.fromkeys((2, 3), ("", "Kept: it was changed or renewed since."))


@pytest.mark.parametrize("who", ["import", "person"])
def test_what_later_contracts_build_on_is_kept(acme, job, account, seats, who):
    """Without it an expansion would stand there with nothing to expand."""
    other, vault = AccountFactory(currency="EUR"), ProductFactory(name="Vault", code="vault")
    say(job, 2, account, **term(0))
    say(job, 3, account, **term(0, product="Desk"))
    say(job, 4, account, **term(3, product="Later"))
    say(job, 5, other, **term(0))
    run(job)
    if who == "import":
        second = make_job(acme)
        say(second, 2, account, **term(1, 500, product="Vault"))
        run(second)
    else:
        lines = [{"product": vault, "quantity": 1, "amount_minor": 50_000}]
        values = {"name": "Vault", "start_on": year(1), "end_on": year(2)}
        contracts.sign(account, values, lines, by=acme.cass, today=today(acme))
    assert [kind for kind, *_ in movements(contract__lines__product=vault)] == ["expansion"]
    undo(job)
    assert sorted(amount for _, amount, _ in movements()) == [500, 1000, 1000]
    assert not Contract.objects.filter(account=other).exists()
    assert faults(job) == dict.fromkeys((2, 3), ("", "Kept: later contracts of this account build on it."))
    if who == "import":
        undo(second)
        assert not movements(contract__lines__product=vault)


def test_what_stood_there_before_builds_on_nothing(job, account, seats):
    """Another's contract of a later day that was named without the import's: it isn't told otherwise without."""
    vault = ProductFactory(name="Vault", code="vault")
    lines = [{"product": vault, "quantity": 1, "amount_minor": 50_000}]
    ContractFactory(account=account, start_on=year(1), end_on=year(9), lines=lines)
    say(job, 2, account, **term(0))
    run(job)
    undo(job)
    assert movements() == [("new", 500, year(1))]
    assert faults(job) == {}


def test_nothing_goes_that_no_import_is_taking_back(job, account, seats):
    say(job, 2, account, **term(0))
    run(job)
    job.place = {}
    with pytest.raises(Exception, match="accounts_revenuemovement_contract_fk"), transaction.atomic():
        terms.undo_contracts(job, 10)  # the job isn't at the stage of undoing: the door stays shut
    assert movements() == [("new", 1000, JAN)]


def test_nothing_goes_that_no_import_brought_not_even_when_a_record_claims_it(acme, job, account, seats):
    lines = [{"product": seats, "quantity": 1, "amount_minor": 100_000}]
    signed = ContractFactory(account=account, start_on=JAN, end_on=year(1), lines=lines)
    record = say(job, 2, account, **term(0))
    Record.objects.filter(pk=record.pk).update(target_id=signed.pk, verdict=Verdict.CREATE, done=True)
    Import.objects.filter(pk=job.pk).update(stage=Stage.UNDOING)
    before = movements()
    with connection.cursor() as cursor:
        cursor.execute("SELECT take_back_contracts(%s, %s)", [job.pk, [record.pk]])
        assert cursor.fetchone() == (0,)
    assert movements() == before == [("new", 1000, JAN)]


ADVICE = " Several terms? Give each an id of its own, or leave the contract’s id out of the mapping."


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([{"start_on": None}], (2, "Start", "A contract needs the day on which it starts.")),
        ([{"units": None}], (2, "ARR", "A contract needs an amount.")),
        ([{"end_on": JAN}], (2, "End", "The term must end after it starts.")),
        ([{"quantity": 0}], (2, "Seats", "This must be a whole number of at least 1.")),
        ([{}, {"name": "Twice"}], (3, "Start", "Row 2 has the same product until 2025-01-01 already.")),
        ([{"external_id": "x"}, {"start_on": dt.date(2024, 7, 1), "product": "SEATS"}],
         (3, "Start", "Row 2 has the same product until 2025-01-01 already.")),
        ([{"external_id": "x"}, {"external_id": "x", "product": "Vault", "end_on": year(2)}],
         (3, "End", "Row 2 says another end for this contract." + ADVICE)),
        ([{"external_id": "x"}, {"external_id": "x", "start_on": year(1), "end_on": year(2)}],
         (3, "Start", "Row 2 says another start for this contract." + ADVICE)),
        ([{"external_id": "x"}, {"external_id": "x", "units": 5}],
         (3, "Product", "Row 2 has this product on the same contract, with other figures.")),
        ([{}, {"start_on": year(1), "end_on": year(2), "currency": "USD"}],
         (3, "Currency", "This is in USD; the contracts of this account are in EUR.")),
    ],
)  # fmt: skip
def test_a_wrong_row_is_refused_by_name(job, account, seats, rows, fault):
    for number, values in enumerate(rows, start=2):
        units = values.get("units", 1000)
        say(job, number, account, **term(0, units, **{k: v for k, v in values.items() if k != "units"}))
    terms.match_contracts(job)
    number, column, message = fault
    assert faults(job)[number] == (column, message)
    refused = Record.objects.filter(job=job, verdict="refused").values_list("number", "noun")
    assert {(number, "account"), (number, "contract")} <= set(refused)


def test_a_contract_is_refused_as_a_whole(job, account, seats):
    say(job, 2, account, **term(0, external_id="x"))
    say(job, 3, account, **term(0, None, external_id="x", product="Vault"))
    say(job, 4, account, **term(1))
    run(job)
    assert verdicts(job) == ["refused", "refused", "create"]
    assert faults(job)[2] == ("", "Row 3 of the same contract is refused.")
    assert Contract.objects.count() == 1


def test_the_book_is_not_doubled_by_days_that_differ_a_little(acme, job, account, seats):
    ContractFactory(
        account=account, name="By hand", start_on=year(1), end_on=year(9),
        lines=[{"product": seats, "quantity": 1, "amount_minor": 100_000}],
    )  # fmt: skip
    say(job, 2, account, **term(1, start_on=year(1) + dt.timedelta(days=1), end_on=year(9)))
    terms.match_contracts(job)
    assert faults(job)[2][1] == "“By hand” has the same product from 2025-01-01 until 2033-01-01 already."


def test_what_was_signed_since_the_trial_is_not_signed_again(acme, job, account, seats):
    say(job, 2, account, **term(0, external_id="x"))
    terms.match_contracts(job)
    ContractFactory(account=account, external_id="x", lines=[{"product": seats, "quantity": 1, "amount_minor": 1}])
    assert terms.apply_contracts(job, 0, 10) == account.pk
    assert terms.apply_contracts(job, account.pk, 10) is None
    assert (verdicts(job), Contract.objects.count()) == (["refused"], 1)


def test_what_was_taken_away_since_the_trial_is_refused_by_name(acme, job, account, seats):
    away, other = AccountFactory(currency="EUR"), AccountFactory(currency="EUR")
    lines = [{"product": seats, "quantity": 1, "amount_minor": 100_000}]
    ContractFactory(account=account, external_id="x", start_on=JAN, end_on=year(1), lines=lines)
    say(job, 2, away, **term(0, product="Never added"))
    say(job, 3, account, **term(0, name="Another", product=None, external_id="x"))
    say(job, 4, account, **term(1))
    say(job, 5, other, **term(0))
    terms.match_contracts(job)
    assert verdicts(job) == ["create", "change", "create", "create"]
    Record.objects.filter(number=2, noun="account").update(target_id=0x7FFF_FFFF)  # an id that nobody has
    Record.objects.filter(number=3, noun="contract").update(target_id=0x7FFF_FFFF)
    assert terms.apply_contracts(job, 0, 10) is not None
    assert verdicts(job) == ["refused", "refused", "create", "create"]
    assert faults(job) == {
        2: ("Account", "This account isn't there any more."), 3: ("", "This contract isn't there any more."),
    }  # fmt: skip
    assert set(Contract.objects.filter(start_on=year(1)).values_list("account")) == {(account.pk,)}
    assert Contract.objects.filter(account=other).count() == 1
    assert not Product.objects.filter(name="Never added").exists()


def test_the_first_contract_decides_the_currency(acme, job, seats):
    account = AccountFactory(currency="USD")
    say(job, 2, account, **term(0))
    run(job)
    account.refresh_from_db()
    assert (account.currency, Contract.objects.get().currency) == ("EUR", "EUR")
    undo(job)
    account.refresh_from_db()
    assert account.currency == "USD"


def test_rows_that_follow_another_go_to_its_account(acme, job, seats):
    Record.objects.create(job=job, number=1, noun=Noun.ACCOUNT, verdict=Verdict.CREATE, values={"name": "New"})
    say(job, 2, 1, **term(0))
    say(job, 3, 1, **term(1, end_on=year(9)))
    terms.match_contracts(job)
    assert verdicts(job) == ["create", "create"]
    account = AccountFactory(currency="EUR")
    Record.objects.filter(number=1).update(target_id=account.pk, done=True)
    assert terms.apply_contracts(job, 0, 10) == account.pk
    assert Contract.objects.filter(account=account).count() == 2


def test_what_is_refused_while_rows_are_written_takes_its_contract_along(acme, job, account, seats):
    lost = Record.objects.create(job=job, number=1, noun=Noun.ACCOUNT, verdict=Verdict.CREATE, values={"name": "New"})
    say(job, 2, account, **term(0, external_id="x"))
    say(job, 3, account, **term(0, external_id="x", product="Vault"))
    say(job, 4, lost.number, **term(0))
    terms.match_contracts(job)
    Record.objects.filter(number=3).update(verdict=Verdict.REFUSED)
    assert terms.apply_contracts(job, 0, 10) is None
    assert verdicts(job) == ["refused"] * 3
    assert faults(job) == {
        2: ("", "Row 3 of the same contract was refused."), 4: ("", "The account of this row was refused."),
    }  # fmt: skip
    assert not Contract.objects.exists()


def test_many_accounts_ask_no_more_than_two(acme, seats):
    def asked(count: int) -> int:
        job = make_job(acme)
        for n in range(count):
            account = AccountFactory(currency="EUR")
            say(job, 2 * n, account, **term(0))
            say(job, 2 * n + 1, account, **term(1))
        terms.match_contracts(job)
        with CaptureQueriesContext(connection) as queries:
            terms.apply_contracts(job, 0, 100)
        assert Contract.objects.filter(account__in=Record.objects.filter(job=job).values("target_id")).exists()
        return len(queries)

    assert asked(2) == asked(12)


# Histories: terms of up to three products, often back to back, sometimes paused, ended, side by side.
HISTORIES = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.integers(1, 12),
        st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=3, unique_by=lambda x: x[0]),
        st.none() | st.integers(1, 14),
    ),
    min_size=1,
    max_size=7,
)
MONTH = dt.timedelta(days=31)  # longer than the grace, so that a month's pause is one


@pytest.fixture
def three(acme):
    return [ProductFactory(name=f"P{n}", code=f"p{n}") for n in range(3)]


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=HISTORIES)
def test_the_ledger_is_that_of_signing_one_by_one(acme, three, history):
    with transaction.atomic():
        imported, signed = AccountFactory(), AccountFactory()
        before = whole_book(but=signed)
        job = make_job(acme)
        said(job, imported, history, three)
        run(job)
        by_hand(Contract.objects.filter(account=imported).order_by("start_on", "pk"), signed)
        assert by_day(imported) == by_day(signed)
        assert kinds(imported) == kinds(signed)
        state, other = (AccountState.objects.get(account=each) for each in (imported, signed))
        assert (state.arr_minor, state.renewal_on) == (other.arr_minor, other.renewal_on)
        assert state.arr_minor == sum(m.amount_minor for m in imported.movements.filter(effective_on__lte=today(acme)))
        after = whole_book(but=signed)
        assert len(after[0]) > len(before[0])
        undo(job, size=1)
        assert whole_book(but=signed) == before
        transaction.set_rollback(True)


def today(acme) -> dt.date:
    return local_today(acme.tenant)


def said(job: Import, account: Account, history, products) -> None:
    """One external id a term, so that terms side by side are two contracts."""
    number = 2
    for place, (start, length, lines, end) in enumerate(history):
        start_on = JAN + start * MONTH
        days = {"start_on": start_on, "end_on": start_on + length * MONTH, "external_id": f"t{place}"}
        if end is not None:
            days |= {"ended_on": start_on + end * MONTH, "end_reason": "Because"}
        for product, units in lines:
            values = {"product": products[product].name, "amount_minor": units * 10_001, "currency": "USD"}
            say(job, number, account, **days, **values)
            number += 1


def by_hand(imported, account: Account) -> None:
    """The same terms by the actions that people use, each on its day."""
    twins: dict[int, Contract] = {}
    deeds = sorted(
        [(each.start_on, 1, each.pk, each) for each in imported]
        + [(max(each.ended_on, each.start_on), 0 if each.ended_on > each.start_on else 2, each.pk, each)
           for each in imported if each.ended_on],
        key=lambda deed: deed[:3],
    )  # fmt: skip
    agreed = {"by": None, "today": local_today(account.tenant)}
    for _, verb, key, each in deeds:
        if verb != 1:
            contracts.end(twins[key], on=each.ended_on, reason=each.end_reason, **agreed)
            continue
        values = {"name": each.name, "start_on": each.start_on, "end_on": each.end_on}
        lines = [
            {"product": line.product, "quantity": line.quantity, "amount_minor": line.amount_minor}
            for line in each.lines.select_related("product")
        ]
        if each.renews_id is None:
            twins[key] = contracts.sign(account, values, lines, **agreed)
        else:
            twins[key] = contracts.renew(twins[each.renews_id], values, lines, **agreed)


def by_day(account: Account) -> dict[dt.date, dict[int, int]]:
    """ARR by product after each day on which anything changed."""
    rows = RevenueMovement.objects.filter(account=account)
    steps = [Step(row.effective_on, row.product_id, row.amount_minor) for row in rows]
    stood: dict[dt.date, dict[int, int]] = {}
    for on in sorted({step.on for step in steps}):
        now = ledger.levels(steps, on)
        if now != (list(stood.values())[-1] if stood else {}):
            stood[on] = now
    return stood


def kinds(account: Account) -> list[tuple[dt.date, str]]:
    """Of the days on which one thing happened alone: what happens together is told in one order or the other."""
    rows = list(RevenueMovement.objects.filter(account=account).order_by("effective_on", "kind"))
    alone = [row for row in rows if sum(other.effective_on == row.effective_on for other in rows) == 1]
    return [(row.effective_on, row.kind) for row in alone]


def whole_book(but: Account | None = None) -> tuple:
    """All that an import of contracts may touch, as plain values."""
    away = {} if but is None else {"account": but}
    return (
        list(Contract.objects.exclude(**away).order_by("pk").values()),
        list(ContractLine.objects.exclude(**{f"contract__{k}": v for k, v in away.items()}).order_by("pk").values()),
        list(RevenueMovement.objects.exclude(**away).order_by("pk").values()),
        list(Event.objects.exclude(**away).exclude(account=None).order_by("pk").values()),
        list(AccountState.objects.exclude(**away).order_by("pk").values()),
    )


def settled(book: tuple) -> tuple:
    """Without what counts on and never back."""
    moving = ("version", "updated_at")
    return tuple([{k: v for k, v in row.items() if k not in moving} for row in rows] for rows in book)
