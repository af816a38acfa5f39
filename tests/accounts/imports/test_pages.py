"""Imports in the browser's eyes: who may, what is said of a file, what is kept, what each stage offers."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import Workbook

from accounts.actions import accounts
from accounts.imports.actions import working
from accounts.imports.fields import FIELDS
from accounts.imports.models import Import, Noun, Record, SavedMapping
from accounts.imports.suggesting import suggest
from accounts.imports.views import progress
from accounts.imports.views.index import template_headings
from accounts.imports.views.progress import LABELS, _left
from accounts.models import Account
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory

pytestmark = pytest.mark.django_db

BOOK = (
    "Account Name;Website;Industry;ARR;Start Date;Tier\n"
    "Brightwave Health;brightwave.example;Health;1.200,50;01.02.2026;Gold\n"
    "Verity Labs;verity.example;Science;8.500;15.03.2026;Silver\n"
    "Kestrel;kestrel.example;Media;a lot;15.03.2026;Silver\n"
)


@pytest.fixture
def olly(acme_cast, page):
    return page(acme_cast.olly, acme_cast.tenant)


def upload(client, text=BOOK, noun="account", name="book.csv", **more):
    file = SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)
    return client.post("/imports/new/", {"noun": noun, "file": file, **more})


def brought(client, cast, text=BOOK, **more):
    answer = upload(client, text, **more)
    assert answer.status_code == 302, answer.content.decode()
    with tenant_context(cast.tenant):
        return Import.objects.latest("id")


def said(job, **changes):
    """The mapping page's form as a browser would send it."""
    data = {f"columns.{number}": job.columns.get(str(number), "") for number in range(len(job.headings))}
    data |= {f"format.{name}": value for name, value in job.format.items() if name not in ("kind", "sheet")}
    data |= {f"options.{name}": value for name, value in job.options.items()}
    return {**data, "version": job.version, "mapping_name": "", "do": "try"} | changes


def tried(client, cast, text=BOOK, **changes):
    job = brought(client, cast, text)
    answer = client.post(f"/imports/{job.pk}/mapping/", said(job, **changes))
    assert answer["Location"] == f"/w/acme/imports/{job.pk}/", answer.content.decode()
    working.go_on(cast.tenant.pk)
    return job


def asked(queries):
    return sum(q["sql"].startswith(("SELECT", "INSERT", "UPDATE", "WITH", "(SELECT")) for q in queries)


@pytest.mark.parametrize("path", ["", "new/", "template/?noun=account"])
def test_an_operations_person_opens_every_page_and_a_csm_none(acme_cast, olly, page, path):
    assert olly.get(f"/imports/{path}").status_code == 200
    assert page(acme_cast.cass, acme_cast.tenant).get(f"/imports/{path}").status_code == 403


def test_the_list_begins_with_what_to_do_and_grows_without_more_questions(acme_cast, olly):
    assert "Import your first file" in olly.get("/imports/").content.decode()
    brought(olly, acme_cast)
    with CaptureQueriesContext(connection) as first:
        assert "book.csv" in olly.get("/imports/").content.decode()
    for _ in range(4):
        brought(olly, acme_cast)
    with CaptureQueriesContext(connection) as second:
        olly.get("/imports/")
    assert asked(first) == asked(second) <= 8


@pytest.mark.parametrize(
    ("name", "body", "word"),
    [
        ("empty.csv", b"", "empty"),
        ("report.pdf", b"%PDF-1.7 \x00\x01", "PDF"),
        ("page.csv", b"<!doctype html><html><body>Sign in</body></html>", "web page"),
    ],
)
def test_a_wrong_file_comes_back_on_the_page_with_the_rest_kept(olly, name, body, word):
    answer = upload(olly, body, noun="contract", name=name)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert word.lower() in text.lower()
    assert 'value="contract" checked' in text
    assert 'aria-invalid="true"' in text


def test_no_file_is_a_word_at_the_field(olly):
    answer = olly.post("/imports/new/", {"noun": "account"})
    assert answer.status_code == 422
    assert "Choose a file first." in answer.content.decode()


def test_a_mapping_of_another_noun_is_refused_by_name(acme_cast, olly):
    with tenant_context(acme_cast.tenant):
        mapping = SavedMapping.objects.create(name="People from HR", noun="contact")
    answer = upload(olly, mapping=mapping.pk)
    assert answer.status_code == 422
    assert "“People from HR” is for contacts." in answer.content.decode()


@pytest.mark.parametrize("noun", Noun.values)
def test_every_heading_of_an_empty_file_is_understood(noun):
    headings = template_headings(noun)
    found = suggest(noun, headings, [], {path: field.label for path, field in FIELDS.items()}, {})
    assert len(set(headings)) == len(headings)
    unknown = [heading for number, heading in enumerate(headings) if number not in found]
    assert unknown == []


def test_the_mapping_says_how_the_file_was_understood(acme_cast, olly):
    job = brought(olly, acme_cast)
    text = olly.get(f"/imports/{job.pk}/mapping/").content.decode()
    assert job.format["delimiter"] == ";"
    assert job.format["decimal"] == ","
    assert "1,200.50" in text, "what the cell will be read as"
    assert "8,500" in text
    assert "1 Feb 2026" in text
    assert "isn’t an amount" in text or "isn&#x27;t an amount" in text
    assert "Suggested by its name" in text
    assert '<option value="account.name" selected>' in text
    assert 'value="new.text.Tier"' in text


def test_the_mapping_of_two_hundred_columns_asks_no_more_than_that_of_two(acme_cast, olly):
    narrow = brought(olly, acme_cast, "Account Name,Website\nA,a.example\n")
    wide = brought(olly, acme_cast, ",".join(f"Column {n}" for n in range(200)) + "\n" + ",".join("x" * 200) + "\n")
    counts = []
    for job in (narrow, wide):
        with CaptureQueriesContext(connection) as queries:
            assert olly.get(f"/imports/{job.pk}/mapping/").status_code == 200
        counts.append(asked(queries))
    assert counts[0] == counts[1] <= 20


def test_two_columns_on_one_field_are_refused_by_name(acme_cast, olly):
    job = brought(olly, acme_cast)
    answer = olly.post(f"/imports/{job.pk}/mapping/", said(job, **{"columns.2": "account.name"}))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "“Account Name” is mapped to this field already." in text
    assert text.count('<option value="account.name" selected>') == 2, "what was chosen stays chosen"


def test_what_is_missing_is_named_and_not_tried(acme_cast, olly):
    job = brought(olly, acme_cast)
    answer = olly.post(f"/imports/{job.pk}/mapping/", said(job, **{"columns.0": ""}))
    assert answer.status_code == 422
    assert "Before this can be tried" in answer.content.decode()
    assert "Account name" in answer.content.decode()
    with tenant_context(acme_cast.tenant):
        assert Import.objects.get(pk=job.pk).stage == "mapping"


def test_a_busy_import_polls_and_a_finished_one_stops(acme_cast, olly):
    job = brought(olly, acme_cast)
    olly.post(f"/imports/{job.pk}/mapping/", said(job))
    text = olly.get(f"/imports/{job.pk}/").content.decode()
    assert "every 2s" in text
    assert "<progress" in text
    assert 'aria-live="polite"' in text
    fragment = olly.get(f"/imports/{job.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    working.go_on(acme_cast.tenant.pk)
    fragment = olly.get(f"/imports/{job.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "every 2s" not in fragment
    assert "Run import: " in fragment


def test_a_stopped_try_leads_back_to_the_mapping(acme_cast, olly):
    job = brought(olly, acme_cast)
    olly.post(f"/imports/{job.pk}/mapping/", said(job))
    olly.post(f"/imports/{job.pk}/stop/")
    assert olly.get(f"/imports/{job.pk}/")["Location"] == f"/w/acme/imports/{job.pk}/mapping/"
    answer = olly.get(f"/imports/{job.pk}/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/w/acme/imports/{job.pk}/mapping/")


def test_the_try_shows_what_would_happen_and_why_not(acme_cast, olly):
    with tenant_context(acme_cast.tenant):
        AccountFactory(name="Verity Labs", domain="verity.example", industry="Retail")
    job = tried(olly, acme_cast)
    text = olly.get(f"/imports/{job.pk}/").content.decode()
    assert "isn&#x27;t an amount" in text
    changed = olly.get(f"/imports/{job.pk}/?show=change").content.decode()
    assert "Retail" in changed
    assert "Science" in changed
    assert "Brightwave Health" in olly.get(f"/imports/{job.pk}/?show=create").content.decode()
    with tenant_context(acme_cast.tenant):
        assert Account.objects.count() == 1, "nothing is written yet"


@pytest.mark.parametrize(("past_terms", "said"), [("open", "its ARR counts on"), ("ended", "it ends on that day")])
def test_the_try_says_what_becomes_of_contracts_that_are_over(acme_cast, olly, past_terms, said):
    text = "Account Name;ARR;Start Date;Renewal date\nLapsed;1.200,50;01.02.2021;01.02.2022\n"
    job = tried(olly, acme_cast, text, **{"options.past_terms": past_terms})
    shown = olly.get(f"/imports/{job.pk}/").content.decode()
    assert f"The last term of 1 contract is over and none follows: {said}" in shown
    without = tried(olly, acme_cast, "Account Name;Website\nLasting;lasting.example\n")
    assert "none follows" not in olly.get(f"/imports/{without.pk}/").content.decode()


def test_possible_duplicates_lead_to_those_that_are_there(acme_cast, olly):
    with tenant_context(acme_cast.tenant):
        there = AccountFactory(name="Brightwave Health", domain="", external_id="X1")
    job = tried(olly, acme_cast)
    text = olly.get(f"/imports/{job.pk}/?show=possible").content.decode()
    assert f"/accounts/{there.pk}/" in text


def test_the_rows_come_in_pages_of_fifty_without_a_gap(acme_cast, olly):
    lines = "".join(f"Account {n:03},a{n:03}.example\n" for n in range(120))
    job = tried(olly, acme_cast, "Account Name,Website\n" + lines)
    seen, address = [], f"/imports/{job.pk}/?show=create"
    while address:
        context = olly.get(address, headers={"HX-Request": "true", "HX-Target": "rows"}).context
        seen += [row.name for row in context["records"]]
        address = f"/imports/{job.pk}/{context['next']}" if context["next"] else ""
    assert seen == [f"Account {n:03}" for n in range(120)]


def test_the_refused_rows_leave_as_a_file_with_their_reasons(acme_cast, olly):
    job = tried(olly, acme_cast)
    answer = olly.get(f"/imports/{job.pk}/refused/")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "Kestrel" in lines[1]
    assert "isn't an amount" in lines[1]
    assert "book-refused.csv" in answer["Content-Disposition"]


def test_a_run_writes_and_is_taken_back(acme_cast, olly):
    job = tried(olly, acme_cast)
    olly.post(f"/imports/{job.pk}/run/")
    working.go_on(acme_cast.tenant.pk)
    text = olly.get(f"/imports/{job.pk}/").content.decode()
    assert "This is what was written" in text
    with tenant_context(acme_cast.tenant):
        assert set(Account.objects.values_list("name", flat=True)) == {"Brightwave Health", "Verity Labs"}
        pk = Account.objects.get(name="Verity Labs").pk
    assert f"/accounts/{pk}/" in olly.get(f"/imports/{job.pk}/?show=create").content.decode()
    olly.post(f"/imports/{job.pk}/undo/")
    working.go_on(acme_cast.tenant.pk)
    assert "as it was before" in olly.get(f"/imports/{job.pk}/").content.decode()
    with tenant_context(acme_cast.tenant):
        assert not Account.objects.present().exists()


def test_what_a_stage_forbids_is_said_and_changes_nothing(acme_cast, olly):
    job = brought(olly, acme_cast)
    answer = olly.post(f"/imports/{job.pk}/undo/", follow=True)
    assert "can&#x27;t be done now" in answer.content.decode() or "can't be done now" in answer.content.decode()


def test_a_thousand_records_ask_no_more_than_one(acme_cast, olly):
    counts = []
    for rows in (2, 45):
        lines = "".join(f"R{rows} {n},r{rows}-{n}.example\n" for n in range(rows))
        job = tried(olly, acme_cast, "Account Name,Website\n" + lines)
        with CaptureQueriesContext(connection) as queries:
            olly.get(f"/imports/{job.pk}/?show=create")
        counts.append(asked(queries))
        with tenant_context(acme_cast.tenant):
            assert Record.objects.filter(job=job).count() == rows
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "about 5 s left"), (58, "about 60 s left"), (61, "about 2 min left")]
)
def test_the_time_left_is_rounded_up(seconds, words):
    assert _left(seconds) == words


def test_what_somebody_changed_since_stays_and_says_why(acme_cast, olly):
    with tenant_context(acme_cast.tenant):
        AccountFactory(name="Verity Labs", domain="verity.example", industry="Retail")
    job = tried(olly, acme_cast)
    olly.post(f"/imports/{job.pk}/run/")
    working.go_on(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        verity = Account.objects.get(name="Verity Labs")
        accounts.edit(verity, {"industry": "Biotech"}, by=acme_cast.cass)
    olly.post(f"/imports/{job.pk}/undo/")
    working.go_on(acme_cast.tenant.pk)
    text = olly.get(f"/imports/{job.pk}/").content.decode()
    assert "but for what people had gone on with" in text
    assert "Changed since, and left as it is: industry" in text
    assert f"/accounts/{verity.pk}/" in text


def test_a_workbook_shows_its_sheets_and_another_can_be_chosen(acme_cast, olly):
    book = Workbook()
    book.active.title = "Notes"
    book.active.append(["Nothing", "here"])
    customers = book.create_sheet("Customers")
    customers.append(["Account Name", "Website"])
    customers.append(["Brightwave", "brightwave.example"])
    file = io.BytesIO()
    book.save(file)
    job = brought(olly, acme_cast, file.getvalue(), name="book.xlsx")
    text = olly.get(f"/imports/{job.pk}/mapping/").content.decode()
    assert 'value="Customers"' in text
    change = said(job, **{"format.sheet": "Customers", "do": "read"})
    text = olly.post(f"/imports/{job.pk}/mapping/", change, follow=True).content.decode()
    assert "brightwave.example" in text
    assert '<option value="account.name" selected>' in text


def test_a_stopped_import_tells_what_is_written_from_what_would_have_been(acme_cast, olly, monkeypatch):
    monkeypatch.setattr(working, "ROWS", 2)
    job = tried(olly, acme_cast, "Account Name,Website\n" + "".join(f"Firm {n},f{n}.example\n" for n in range(6)))
    olly.post(f"/imports/{job.pk}/run/")
    with tenant_context(acme_cast.tenant):
        while Account.objects.count() < 3:
            working.go_on(acme_cast.tenant.pk, seconds=0.0001)
    olly.post(f"/imports/{job.pk}/stop/")
    seen = olly.get(f"/imports/{job.pk}/?show=create")
    with tenant_context(acme_cast.tenant):
        count = Account.objects.count()
    text = " ".join(seen.content.decode().split())
    assert f"Stopped on the way: {count} of 6 are in your book." in text
    assert f"{count} of 6</a>" in text
    assert [row.state for row in seen.context["records"]] == ["Written"] * count + ["Not written yet"] * (6 - count)
    olly.post(f"/imports/{job.pk}/run/")
    working.go_on(acme_cast.tenant.pk)
    assert ", so far" in text
    assert "0 of 0" not in text
    assert ", so far" not in olly.get(f"/imports/{job.pk}/").content.decode()


def test_an_unreadable_file_says_so_and_leads_back_to_how_it_is_read(acme_cast, olly):
    job = brought(olly, acme_cast)
    with tenant_context(acme_cast.tenant):
        Import.objects.filter(pk=job.pk).update(stage="failed", message="Row 7 can’t be read.")
    text = olly.get(f"/imports/{job.pk}/").content.decode()
    assert "Row 7 can’t be read." in text
    assert f"/imports/{job.pk}/mapping/" in text
    assert olly.get(f"/imports/{job.pk}/mapping/").status_code == 200


@pytest.mark.parametrize(("stage", "step"), working.STEPS)
def test_every_step_of_a_worker_is_said_in_words(stage, step):
    assert LABELS[stage, step]


def test_the_pace_is_that_of_what_one_watches(acme_cast, olly, monkeypatch):
    job = brought(olly, acme_cast)
    still = timezone.now()
    monkeypatch.setattr(progress, "timezone", SimpleNamespace(now=lambda: still))
    with tenant_context(acme_cast.tenant):
        now = still.timestamp()
        place = {"step": "reading", "after": 6_000}
        Import.objects.filter(pk=job.pk).update(stage="checking", place=place, rows_read=6_000, rows_total=26_000)
    first = olly.get(f"/imports/{job.pk}/").context
    assert (first["percent"], first["rate"]) == (23, "")
    watched = f"?of=checking.reading&since={now - 10:.1f}&from=1000&told=reading+20"
    then = olly.get(f"/imports/{job.pk}/{watched}", headers={"HX-Request": "true"})
    assert then.context["rate"].startswith(("49", "50"))
    assert then.context["left"] in ("about 40 s left", "about 45 s left")
    assert "hx-swap-oob" not in then.content.decode(), "nothing new for those who listen"
    odd = olly.get(f"/imports/{job.pk}/?of=checking.reading&since=nan&from=x")
    assert odd.status_code == 200
