"""From a messy file to a book, and back: what a person does, and what a worker does in between."""

import datetime as dt

import pytest

from accounts.actions.errors import Conflict, Refused
from accounts.imports.actions import halting, imports, mappings, refusals, sample, working
from accounts.imports.models import FilePart, Import, Record, Stage, Verdict
from accounts.imports.reading import Unreadable
from accounts.models import (
    Account,
    AccountState,
    Contact,
    Contract,
    CustomField,
    Event,
    Product,
    RevenueMovement,
    TenantWork,
)

MESSY = """Company;Website;Customer ID;CSM;Region;ARR;Contract start;Renewal date;Champion e-mail;Plan
Alder GmbH;https://alder.example/x;C-1;cass@acme.test;EMEA;1.234,50 €;01.02.2025;01.02.2026;nora@alder.example;Gold
Basalt;basalt.example;C-2;;AMER;24.000,00;15.03.2025;15.03.2026;;Silver
Broken;broken.example;C-3;;AMER;abc;15.03.2025;15.03.2026;;Silver
Late;late.example;C-4;;AMER;1.000,00;31.02.2025;15.03.2026;;Silver

"""


def bring(text, *, by, noun="account", name="book.csv", **options):
    job = imports.open(name, [text.encode()], noun=noun, by=by)
    if options:
        job = imports.map_columns(job, job.columns, by=by, options=options)
    return job


def go_on(job):
    working.go_on(job.tenant_id)
    job.refresh_from_db()
    return job


@pytest.fixture
def book(acme):
    return bring(MESSY, by=acme.olly)


def test_a_file_is_kept_looked_at_and_mapped_by_its_headings(book):
    assert book.stage == Stage.MAPPING
    assert book.format["delimiter"] == ";"
    assert (book.format["decimal"], book.format["dates"], book.format["currency"]) == (",", "dmy", "EUR")
    assert book.headings[:3] == ["Company", "Website", "Customer ID"]
    mapped = {book.headings[int(column)]: path for column, path in book.columns.items()}
    assert mapped["Company"] == "account.name"
    assert mapped["Website"] == "account.domain"
    assert mapped["Customer ID"] == "account.external_id"
    assert mapped["CSM"] == "account.csm"
    assert mapped["ARR"] == "contract.arr"
    assert FilePart.objects.filter(job=book).count() == 1


def test_a_try_says_what_would_happen_and_writes_nothing(book, acme):
    book = go_on(imports.check(book, by=acme.olly))
    assert book.stage == Stage.CHECKED
    assert book.rows_total == 4
    assert book.figures["account"] == {"created": 2, "changed": 0, "same": 0, "refused": 2}
    said = dict(refusals.reasons(book))
    assert set(said) == {4, 5}
    assert "abc" in said[4]
    assert "31.02.2025" in said[5]
    assert Account.objects.count() == 0
    assert Contract.objects.count() == 0


def test_a_run_writes_what_was_tried_and_an_undo_takes_all_of_it(book, acme):
    book = go_on(imports.check(book, by=acme.olly))
    book = go_on(imports.run(book, by=acme.olly))
    assert book.stage == Stage.DONE
    alder = Account.objects.get(external_id="C-1")
    assert (alder.name, alder.domain, alder.region) == ("Alder GmbH", "alder.example", "EMEA")
    assert alder.csm == acme.cass
    assert AccountState.objects.get(account=alder).arr_minor == 123_450
    assert Contract.objects.get(account=alder).currency == "EUR"
    assert list(RevenueMovement.objects.filter(account=alder).values_list("kind", "amount_minor")) == [("new", 123_450)]
    assert Account.objects.count() == 2
    assert Event.objects.filter(kind="import.finished").count() == 1
    book = go_on(imports.undo(book, by=acme.olly))
    assert book.stage == Stage.UNDONE
    assert Account.objects.count() == Contract.objects.count() == RevenueMovement.objects.count() == 0
    assert Contact.objects.count() == 0


def test_the_same_file_again_changes_nothing(book, acme):
    book = go_on(imports.check(book, by=acme.olly))
    book = go_on(imports.run(book, by=acme.olly))
    again = bring(MESSY, by=acme.olly)
    again = go_on(imports.check(again, by=acme.olly))
    assert again.figures["account"] == {"created": 0, "changed": 0, "same": 2, "refused": 2}
    again = go_on(imports.run(again, by=acme.olly))
    assert again.stage == Stage.DONE
    assert Account.objects.count() == 2
    assert RevenueMovement.objects.count() == 2


def test_a_change_is_shown_before_it_is_made(book, acme):
    book = go_on(imports.check(book, by=acme.olly))
    book = go_on(imports.run(book, by=acme.olly))
    again = bring(MESSY.replace("Basalt;", "Basalt Works;"), by=acme.olly)
    again = go_on(imports.check(again, by=acme.olly))
    changed = Record.objects.get(job=again, noun="account", verdict=Verdict.CHANGE)
    assert changed.before == {"name": "Basalt"}
    assert Account.objects.get(external_id="C-2").name == "Basalt"
    again = go_on(imports.run(again, by=acme.olly))
    assert Account.objects.get(external_id="C-2").name == "Basalt Works"
    again = go_on(imports.undo(again, by=acme.olly))
    assert Account.objects.get(external_id="C-2").name == "Basalt"


def test_a_column_becomes_a_field_of_the_tenants_own_with_the_run(book, acme):
    plan = str(book.headings.index("Plan"))
    imports.map_columns(book, book.columns | {plan: "new.choice.Plan"}, by=acme.olly)
    book = go_on(imports.check(book, by=acme.olly))
    assert CustomField.objects.count() == 0
    book = go_on(imports.run(book, by=acme.olly))
    field = CustomField.objects.get()
    assert (field.label, field.type, field.choices) == ("Plan", "choice", ["Gold", "Silver"])
    assert Account.objects.get(external_id="C-1").custom == {field.key: "Gold"}


def test_what_is_stopped_goes_on_where_it_was(book, acme, monkeypatch):
    monkeypatch.setattr(working, "ROWS", 1)
    book = go_on(imports.check(book, by=acme.olly))
    imports.run(book, by=acme.olly)
    working.go_on(book.tenant_id, seconds=0.0)
    job = imports.stop(Import.objects.get(pk=book.pk), by=acme.olly)
    assert job.stage == Stage.STOPPED
    job = go_on(imports.run(job, by=acme.olly))
    assert job.stage == Stage.DONE
    assert Account.objects.count() == 2


def test_a_stop_rolls_back_the_batch_under_way(book, acme, monkeypatch):
    book = go_on(imports.check(book, by=acme.olly))
    imports.run(book, by=acme.olly)
    real = working.applying.apply_rows

    def stopped_meanwhile(job, first, last):
        real(job, first, last)
        Import.objects.filter(pk=job.pk).update(stage=Stage.STOPPED)

    monkeypatch.setattr(working.applying, "apply_rows", stopped_meanwhile)
    working.go_on(book.tenant_id, seconds=2)
    assert Account.objects.count() == 0


def test_a_batch_that_keeps_failing_stops_the_import_and_says_so(book, acme, monkeypatch):
    book = go_on(imports.check(book, by=acme.olly))
    imports.run(book, by=acme.olly)
    monkeypatch.setattr(working.applying, "apply_rows", lambda *_: 1 / 0)
    for _ in range(halting.TRIES):
        working.go_on(book.tenant_id)
    book.refresh_from_db()
    assert book.stage == Stage.STOPPED
    assert "our side" in book.message


def test_a_file_of_no_use_is_refused_by_name(acme):
    for content, word in ((b"", "empty"), (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, ""), (b"%PDF-1.7 x", "PDF")):
        with pytest.raises(Refused) as refused:
            imports.open("book.csv", [content], noun="account", by=acme.olly)
        assert word.lower() in str(refused.value).lower()
        assert set(refused.value.errors) == {"file"}
    assert Import.objects.count() == 0


def test_two_columns_on_one_field_and_unknown_ones_are_refused_by_name(book, acme):
    wrong = {"0": "account.name", "1": "account.name", "2": "account.nothing", "99": "account.region"}
    with pytest.raises(Refused) as refused:
        imports.map_columns(book, wrong, by=acme.olly)
    assert set(refused.value.errors) == {"columns.1", "columns.2", "columns.99"}


def test_what_has_to_be_mapped_is_asked_for(book, acme):
    imports.map_columns(book, {"1": "account.domain"}, by=acme.olly)
    with pytest.raises(Refused, match="Account name"):
        imports.check(book, by=acme.olly)
    assert TenantWork.objects.filter(kind=imports.WORK).count() == 0


def test_half_a_contract_is_asked_about_before_every_row_is_refused_for_it(book, acme):
    arr = str(book.headings.index("ARR"))
    book = imports.map_columns(book, book.columns | {arr: ""}, by=acme.olly)
    with pytest.raises(Refused, match="Map a column to Contract: ARR"):
        imports.check(book, by=acme.olly)
    whole = {number: path for number, path in book.columns.items() if not path.startswith("contract.")}
    assert imports.check(imports.map_columns(book, whole, by=acme.olly), by=acme.olly).stage == Stage.CHECKING


def test_who_comes_second_is_told(book, acme):
    imports.map_columns(book, book.columns, by=acme.olly, version=book.version)
    with pytest.raises(Conflict):
        imports.map_columns(book, book.columns, by=acme.olly, version=book.version)


def test_a_mapping_is_kept_for_next_week(book, acme):
    mappings.save(book, "Weekly CRM export", {"columns": book.columns}, by=acme.olly)
    book.refresh_from_db()
    other = MESSY.replace("Company;", "Firm we sell to;")
    job = imports.open("next.csv", [other.encode()], noun="account", by=acme.olly)
    assert "account.name" not in job.columns.values() or job.columns["0"] != "account.region"
    weekly = imports.open("again.csv", [MESSY.encode()], noun="account", by=acme.olly, mapping=book.mapping)
    assert weekly.columns == book.columns


def test_the_sample_comes_and_goes(acme):
    job = go_on(sample.load(by=acme.ada, today=dt.date(2026, 11, 22)))
    assert job.stage == Stage.DONE, (job.message, job.figures)
    assert Account.objects.count() == len(sample.BOOK)
    assert Contract.objects.filter(renews__isnull=False).exists()
    with pytest.raises(Refused, match="here already"):
        sample.load(by=acme.ada, today=job.created_at.date())
    job = go_on(imports.undo(job, by=acme.ada))
    assert Account.objects.count() == 0
    assert sample.standing() is None


def test_two_imports_of_one_file_that_overlap_make_one_book(acme):
    text = "Account name;Website\n" + "".join(f"Firm {n};firm{n}.example\n" for n in range(20))
    first = bring(text, by=acme.olly, follow="anyway")
    second = bring(text, by=acme.olly, follow="anyway")
    imports.check(first, by=acme.olly)
    imports.check(second, by=acme.olly)
    go_on(first)
    go_on(second)
    assert (first.stage, second.stage) == (Stage.DONE, Stage.DONE)
    assert Account.objects.count() == 20
    assert second.figures["account"]["same"] == 20


def test_what_was_tried_together_and_run_one_after_the_other_makes_one_book(acme):
    text = "Account name;Website\nFirm;firm.example\n"
    first, second = (go_on(imports.check(bring(text, by=acme.olly), by=acme.olly)) for _ in range(2))
    assert second.figures["account"]["created"] == 1
    go_on(imports.run(first, by=acme.olly))
    go_on(imports.run(second, by=acme.olly))
    assert Account.objects.count() == 1


@pytest.mark.parametrize("path", ["new.text.状态", "new.text.!!!", "new.text." + "x" * 100])
def test_a_new_field_that_could_not_be_created_is_refused_while_it_is_mapped(book, acme, path):
    plan = str(book.headings.index("Plan"))
    with pytest.raises(Refused) as refused:
        imports.map_columns(book, {"0": "account.name", plan: path}, by=acme.olly)
    assert set(refused.value.errors) == {f"columns.{plan}"}


def test_a_new_list_without_values_becomes_a_text(acme):
    job = bring("Account name;Plan\nFirm;\n", by=acme.olly)
    job = imports.map_columns(job, {"0": "account.name", "1": "new.choice.Plan"}, by=acme.olly)
    job = go_on(imports.run(go_on(imports.check(job, by=acme.olly)), by=acme.olly))
    assert job.stage == Stage.DONE
    assert CustomField.objects.get().type == "text"


def test_next_week_the_field_that_was_created_is_suggested(book, acme):
    plan = str(book.headings.index("Plan"))
    imports.map_columns(book, book.columns | {plan: "new.choice.Plan"}, by=acme.olly)
    go_on(imports.run(go_on(imports.check(book, by=acme.olly)), by=acme.olly))
    assert bring(MESSY, by=acme.olly).columns[plan] == "account.custom.plan"


def test_a_renewal_far_ahead_belongs_to_a_term_that_runs_today(acme):
    year = dt.date.today().year
    job = bring(f"Account name;ARR;Renewal date\nFirm;1000;{year + 2}-12-31\n", by=acme.olly)
    go_on(imports.run(go_on(imports.check(job, by=acme.olly)), by=acme.olly))
    assert AccountState.objects.get().arr_minor == 100_000
    assert Contract.objects.get().end_on == dt.date(year + 2, 12, 31)


def test_somebody_unknown_refuses_a_row_or_is_left_out(acme):
    text = "Account name;CSM\nFirm;leaver@acme.test\n"
    assert go_on(imports.check(bring(text, by=acme.olly), by=acme.olly)).figures["account"]["refused"] == 1
    job = go_on(imports.check(bring(text, by=acme.olly, people="leave"), by=acme.olly))
    go_on(imports.run(job, by=acme.olly))
    assert Account.objects.get().csm is None


def test_a_mended_file_is_in_the_currency_of_the_one_that_refused_its_rows(book, acme):
    again = bring(
        "\n".join([MESSY.splitlines()[0], "Late;late.example;C-4;;AMER;1.000,00;28.02.2025;15.03.2026;;"]), by=acme.olly
    )
    assert (book.format["currency"], again.format["currency"]) == ("EUR", "EUR")


def test_a_file_that_turns_out_unreadable_is_opened_once_and_says_why(book, acme, monkeypatch):
    opened = []

    def unreadable(path, form):
        opened.append(path)
        raise Unreadable("Row 3: the file ends inside a quote.")

    imports.check(book, by=acme.olly)
    monkeypatch.setattr("accounts.imports.actions.desk.rows", unreadable)
    job = go_on(book)
    assert (job.stage, job.message) == (Stage.FAILED, "Row 3: the file ends inside a quote.")
    assert len(opened) == 1


def test_a_product_that_contracts_of_many_batches_name_goes_with_the_last_of_them(acme, monkeypatch):
    monkeypatch.setattr(working, "ACCOUNTS", 1)
    text = "Account name,ARR,Start date,Product\n" + "".join(f"Firm {n},1000,2026-01-01,Suite\n" for n in range(3))
    job = go_on(imports.check(bring(text, by=acme.olly, follow=True), by=acme.olly))
    assert (job.stage, Product.objects.count()) == (Stage.DONE, 1)
    go_on(imports.undo(job, by=acme.olly))
    assert Product.objects.count() == 0
