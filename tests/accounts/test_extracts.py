"""Lists that leave as a whole: their rows, their kinds of file, who may have them, and everything in one ZIP."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile

import openpyxl
import pytest

from accounts.actions import accounts, contacts, custom_fields, notes, tasks
from accounts.extracts import EXTRACTS, sheet
from accounts.models import Event, Product
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import TODAY, AccountFactory, ContractFactory, ProductFactory

pytestmark = pytest.mark.django_db


def rows_of(tenant, noun, **asked) -> list[dict]:
    head, rows = sheet(tenant, EXTRACTS[noun], **asked)
    return [dict(zip(head, row, strict=True)) for row in rows]


def content(response) -> bytes:
    return b"".join(response.streaming_content)


def read_csv(text: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))


@pytest.fixture
def book(acme_cast):
    """Two accounts, one of them archived, with somebody, a contract, a note and a task each."""
    with tenant_context(acme_cast.tenant):
        for name in ("=Present", "Gone"):
            account = AccountFactory(name=name, external_id=name.lower(), domain=f"{name.lower().strip('=')}.test")
            contacts.add(account, {"name": f"Person of {name}", "influence": 3}, by=acme_cast.ada)
            product = ProductFactory(name="Suite", code=f"suite-{account.pk}")
            line = {"product": product, "quantity": 3, "amount_minor": 1200_50}
            ContractFactory(account=account, name="Term", lines=[line])
            at = dt.datetime(2026, 5, 1, 9, 30, tzinfo=dt.UTC)
            notes.add(account, kind="call", body="Spoke.\r\nAgain.", by=acme_cast.ada, occurred_at=at)
            tasks.add({"account": account, "title": "Call", "due_on": TODAY}, by=acme_cast.ada)
        accounts.archive(account, by=acme_cast.ada)
    return acme_cast


def test_every_list_says_what_it_has(book):
    [account] = rows_of(book.tenant, "accounts")
    assert account["Account name"] == "=Present"
    assert account["Account external ID"] == "=present"
    assert (account["Touch model"], account["Phase"], account["CSM"]) == ("High touch", "Committed", None)
    [contact] = rows_of(book.tenant, "contacts")
    assert (contact["Account name"], contact["Contact name"], contact["Influence"]) == (
        "=Present", "Person of =Present", "High",
    )  # fmt: skip
    [line] = rows_of(book.tenant, "contracts")
    assert (line["Quantity"], str(line["ARR"]), line["Contract currency"]) == (3, "1200.50", "USD")
    assert (line["Start on"], line["End on"]) == (dt.date(2026, 3, 1), dt.date(2027, 3, 1))
    [note] = rows_of(book.tenant, "notes")
    assert note == {
        "Account name": "=Present", "Account external ID": "=present", "Note kind": "Call",
        "Note text": "Spoke.\r\nAgain.", "Occurred at": dt.datetime(2026, 5, 1, 9, 30, tzinfo=dt.UTC),
        "Note author": "ada@acme.test",
    }  # fmt: skip
    [task] = rows_of(book.tenant, "tasks")
    assert (task["Task"], task["Status"], task["Due on"]) == ("Call", "Open", TODAY)
    [movement] = rows_of(book.tenant, "movements")
    assert (movement["Movement"], str(movement["Amount"])) == ("New", "1200.50")
    assert len(rows_of(book.tenant, "products")) == 2


def test_a_product_is_told_by_its_code_where_two_share_a_name(book):
    [line] = rows_of(book.tenant, "contracts")
    with tenant_context(book.tenant):
        first, second = Product.objects.order_by("pk")
        assert line["Product"] == first.code
        Product.objects.filter(pk=second.pk).update(name="Other")
    [line] = rows_of(book.tenant, "contracts")
    assert line["Product"] == "Suite"


def test_what_is_archived_comes_only_when_asked(book):
    for noun in EXTRACTS:
        both = 2 if noun != "products" else len(rows_of(book.tenant, noun))
        assert len(rows_of(book.tenant, noun, archived=True)) == both, noun
    assert [row["Archived at"] is not None for row in rows_of(book.tenant, "accounts", archived=True)] == [False, True]


def test_a_task_of_no_account_comes_along(acme_cast):
    with tenant_context(acme_cast.tenant):
        tasks.add({"title": "Order cake", "due_on": TODAY}, by=acme_cast.ada)
    assert [row["Task"] for row in rows_of(acme_cast.tenant, "tasks")] == ["Order cake"]


def test_own_fields_stand_under_their_labels(acme_cast):
    with tenant_context(acme_cast.tenant):
        for label, key in (("Tier", "tier"), ("Region", "sales-region"), ("tier", "tier-2")):
            custom_fields.add({"label": label, "key": key, "type": "text"}, by=acme_cast.ada)
        values = {"name": "One", "region": "EMEA", "custom": {"tier": "gold", "sales-region": "North", "tier-2": "x"}}
        accounts.open(values, by=acme_cast.ada)
    [row] = rows_of(acme_cast.tenant, "accounts")
    assert [row[name] for name in ("Region", "Tier", "sales-region", "tier-2")] == ["EMEA", "gold", "North", "x"]


def test_chunks_follow_one_another(acme_cast, monkeypatch):
    monkeypatch.setattr("accounts.extracts.extract.CHUNK", 2)
    with tenant_context(acme_cast.tenant):
        for number in range(5):
            AccountFactory(name=f"A {number}")
    assert [row["Account name"] for row in rows_of(acme_cast.tenant, "accounts")] == [f"A {n}" for n in range(5)]


def test_another_tenants_rows_stay_there(book, rival):
    assert all(rows_of(rival.tenant, noun, archived=True) == [] for noun in EXTRACTS)


@pytest.mark.parametrize("noun", EXTRACTS)
def test_a_list_leaves_in_every_kind(noun, book, page):
    ada = page(book.ada, book.tenant)
    head, *rows = read_csv(content(ada.get(f"/settings/export/download/?list={noun}&format=csv")))
    said = json.loads(content(ada.get(f"/settings/export/download/?list={noun}&format=json")))
    assert [list(each) for each in said] == [head] * len(rows)
    answer = ada.get(f"/settings/export/download/?list={noun}&format=xlsx")
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{noun}-acme-')
    table = openpyxl.load_workbook(io.BytesIO(content(answer))).active
    assert [cell.value for cell in next(table.rows)] == head
    assert table.max_row == len(rows) + 1 > 1
    assert not [cell for row in table.rows for cell in row if cell.data_type == "f"]


def test_no_cell_of_a_csv_is_a_formula(book, page):
    answer = page(book.ada, book.tenant).get("/settings/export/download/?list=accounts")
    assert read_csv(content(answer))[1][:2] == ["'=Present", "'=present"]


def test_everything_is_one_zip(book, page):
    olly = page(book.olly, book.tenant)
    answer = olly.get("/settings/export/download/?list=all&format=csv&archived=1")
    assert answer["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(content(answer)))
    assert archive.testzip() is None
    assert archive.namelist() == [f"{noun}.csv" for noun in EXTRACTS]
    assert [row[0] for row in read_csv(archive.read("accounts.csv"))] == ["Account name", "'=Present", "Gone"]
    with tenant_context(book.tenant):
        event = Event.objects.get(kind="data.exported")
        assert (event.actor, event.facts["lists"]) == (book.olly, ", ".join(EXTRACTS))
        assert (event.facts["format"], event.facts["archived"]) == ("CSV", True)


def test_the_page_offers_every_list(acme_cast, page):
    ada = page(acme_cast.ada, acme_cast.tenant)
    text = ada.get("/settings/export/").content.decode()
    for noun in (*EXTRACTS, "all"):
        for code in ("csv", "xlsx", "json"):
            assert f"?list={noun}&amp;format={code}" in text
    assert "archived=1&amp;format=csv" in ada.get("/settings/export/?archived=1").content.decode()
    assert "/w/acme/settings/export/" in ada.get("/settings/").content.decode()


@pytest.mark.parametrize("query", ["list=secrets", "format=pdf", "list=all&format=exe"])
def test_what_isnt_offered_isnt_there(acme_cast, page, query):
    assert page(acme_cast.ada, acme_cast.tenant).get(f"/settings/export/download/?{query}").status_code == 404


def test_only_those_who_keep_the_data_may(acme_cast, page):
    for name, status in {"ada": 200, "olly": 200, "lee": 403, "cass": 403, "sal": 403, "vera": 403}.items():
        person = page(getattr(acme_cast, name), acme_cast.tenant)
        assert person.get("/settings/export/").status_code == status, name
        assert person.get("/settings/export/download/?list=all").status_code == status, name
    with tenant_context(acme_cast.tenant):
        assert Event.objects.filter(kind="data.exported").count() == 2


def test_the_portfolio_leaves_as_a_workbook(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(name="One", domain="one.test")
        ContractFactory(account=account, arr_minor=1234_50)
        accounts.assign([account.pk], csm=acme_cast.cass, by=acme_cast.ada)
    answer = page(acme_cast.ada, acme_cast.tenant).get("/accounts/export/?format=xlsx&cols=arr&cols=renewal&cols=csm")
    table = openpyxl.load_workbook(io.BytesIO(content(answer))).active
    assert [[cell.value for cell in row] for row in table.rows] == [
        ["Account", "ARR today", "Next renewal", "CSM", "Currency"],
        ["One", 1234.5, dt.datetime(2027, 3, 1), "Cass of Acme", "USD"],
    ]
    assert page(acme_cast.ada, acme_cast.tenant).get("/accounts/export/?format=pdf").status_code == 404
