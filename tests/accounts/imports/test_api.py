"""Imports as another system makes them: a file in a form or a text, mapped, tried, run, looked at, taken back."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.imports.actions import working
from accounts.imports.models import FilePart, Import, SavedMapping, Stage
from accounts.models import Account, Contact
from accounts.tenancy.context import tenant_context

FILE = "Account Name,Website,Industry\nNorthwind,northwind.test,Food\nContoso,contoso.test,Retail\n"
MIXED = "Account Name,CSM\nNorthwind,cass@acme.test\nContoso,nobody@acme.test\n"


def problem(answer, status, *fields) -> dict:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert tuple(answer.json().get("errors", {})) == fields
    return answer.json()


def sent(api, path="/imports", **parts):
    return api.client.post(f"/api/v1{path}", parts)


def as_file(text: str, name: str = "crm.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


@pytest.fixture
def worked(acme_cast):
    """worked(): a worker has had its turn."""
    return lambda: working.go_on(acme_cast.tenant.pk)


def names(tenant) -> list[str]:
    with tenant_context(tenant):
        return list(Account.objects.order_by("name").values_list("name", flat=True))


def test_a_text_is_taken_in_and_its_columns_are_suggested(api, acme_cast):
    answer = api.post("/imports", {"noun": "account", "content": FILE})
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert answer["ETag"] == f'"{body["version"]}"'
    assert (body["stage"], body["noun"], body["kind"], body["name"]) == ("mapping", "account", "csv", "account.csv")
    assert body["headings"] == ["Account Name", "Website", "Industry"]
    assert body["columns"] == {
        "Account Name": "account.name", "Website": "account.domain", "Industry": "account.industry",
    }  # fmt: skip
    assert body["sample"][0] == ["Northwind", "northwind.test", "Food"]
    assert body["created_by"]["email"] == "ada@acme.test"
    assert names(acme_cast.tenant) == []


def test_a_form_with_a_file_runs_at_once(api, acme_cast, worked):
    body = sent(api, noun="account", file=as_file(FILE), run="true").json()
    assert (body["stage"], body["name"]) == ("checking", "crm.csv")
    worked()
    done = api.get(f"/imports/{body['id']}").json()
    assert done["stage"] == "done"
    assert (done["rows_total"], done["rows_read"], done["rows_done"]) == (2, 2, 2)
    assert names(acme_cast.tenant) == ["Contoso", "Northwind"]


def test_a_form_says_structures_as_json(api):
    columns = json.dumps({"Account Name": "account.name", "1": "account.domain", "Industry": None})
    answer = sent(api, noun="account", file=as_file(FILE), columns=columns, options=json.dumps({"blanks": "clear"}))
    assert answer.json()["columns"] == {"Account Name": "account.name", "Website": "account.domain"}
    assert answer.json()["options"]["blanks"] == "clear"
    problem(sent(api, noun="account", file=as_file(FILE), columns="{"), 400, "columns")
    problem(sent(api, noun="account", file=as_file(FILE), columns="[]"), 400, "columns")


def test_a_run_waits_where_rows_are_refused(api, acme_cast, worked):
    body = api.post("/imports", {"noun": "account", "content": MIXED, "run": True}).json()
    worked()
    assert api.get(f"/imports/{body['id']}").json()["stage"] == "checked"
    assert names(acme_cast.tenant) == []
    assert api.post(f"/imports/{body['id']}/run").json()["stage"] == "running"
    worked()
    assert api.get(f"/imports/{body['id']}").json()["stage"] == "done"
    assert names(acme_cast.tenant) == ["Northwind"]


def test_a_run_goes_on_anyway_when_told(api, acme_cast, worked):
    body = api.post("/imports", {"noun": "account", "content": MIXED, "run": "anyway"}).json()
    worked()
    assert api.get(f"/imports/{body['id']}").json()["stage"] == "done"
    assert names(acme_cast.tenant) == ["Northwind"]


def test_it_is_mapped_tried_and_run_step_by_step(api, acme_cast, worked):
    body = api.post("/imports", {"noun": "account", "content": "Foo;Bar\nNorthwind;1.234,50\n"}).json()
    path = f"/imports/{body['id']}"
    problem(api.post(f"{path}/check"), 400, "columns")
    problem(api.post(f"{path}/run"), 400)
    mapped = api.patch(path, {"columns": {"Foo": "account.name", "Bar": "account.region"}, "version": body["version"]})
    assert mapped.json()["columns"] == {"Foo": "account.name", "Bar": "account.region"}
    stale = problem(api.patch(path, {"columns": {}, "version": body["version"]}), 409)
    assert stale["current"]["version"] == mapped.json()["version"]
    assert api.post(f"{path}/check").json()["stage"] == "checking"
    worked()
    tried = api.get(path).json()
    assert tried["stage"] == "checked"
    assert names(acme_cast.tenant) == []
    api.post(f"{path}/run")
    worked()
    assert names(acme_cast.tenant) == ["Northwind"]
    problem(api.patch(path, {"columns": {"Foo": "account.name"}}), 400)


def test_another_way_to_read_the_file_keeps_what_its_headings_mean(api):
    body = api.post("/imports", {"noun": "account", "content": "Name,Region\nA,EMEA\n"}).json()
    path = f"/imports/{body['id']}"
    api.patch(path, {"columns": {"Region": "account.segment", "Name": "account.name"}})
    changed = api.patch(path, {"format": {"decimal": ","}}).json()
    assert changed["format"]["decimal"] == ","
    assert changed["columns"] == {"Region": "account.segment", "Name": "account.name"}
    other = api.patch(path, {"format": {"delimiter": ";"}}).json()
    assert other["headings"] == ["Name,Region"]
    assert other["columns"] == {}


def test_a_change_of_columns_keeps_those_that_it_does_not_name(api):
    path = f"/imports/{api.post('/imports', {'noun': 'account', 'content': FILE}).json()['id']}"
    assert api.patch(path, {"columns": {"Industry": "account.segment"}}).json()["columns"] == {
        "Account Name": "account.name", "Website": "account.domain", "Industry": "account.segment",
    }  # fmt: skip
    left = api.patch(path, {"columns": {"Website": None}, "options": {"blanks": "clear"}}).json()
    assert left["columns"] == {"Account Name": "account.name", "Industry": "account.segment"}
    assert api.patch(path, {"columns": {}}).json()["columns"] == left["columns"]
    taken = problem(api.patch(path, {"columns": {"1": "account.name"}}), 400, "columns")
    assert taken["errors"]["columns"] == {"Website": ["“Account Name” is mapped to this field already."]}
    moved = api.patch(path, {"columns": {"1": "account.name", "Account Name": None}}).json()
    assert moved["columns"] == {"Website": "account.name", "Industry": "account.segment"}
    assert api.get(path).json()["options"]["blanks"] == "clear"


def test_what_is_said_with_the_file_is_the_whole_mapping(api):
    said = {"noun": "account", "content": FILE, "columns": {"Account Name": "account.name"}}
    assert api.post("/imports", said).json()["columns"] == said["columns"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"content": FILE}, "noun"),
        ({"noun": "account"}, "file"),
        ({"noun": "account", "content": ""}, "file"),
        ({"noun": "planet", "content": FILE}, "noun"),
        ({"noun": "account", "content": FILE, "mapping": "None such"}, "mapping"),
        ({"noun": "account", "content": FILE, "columns": {"Nowhere": "account.name"}}, "columns"),
        ({"noun": "account", "content": FILE, "columns": {"Website": "account.colour"}}, "columns"),
        ({"noun": "account", "content": FILE, "columns": {"0": "account.name", "1": "account.name"}}, "columns"),
        ({"noun": "account", "content": FILE, "options": {"blanks": "burn"}}, "options"),
        ({"noun": "account", "content": FILE, "format": {"dates": "dym"}}, "format"),
        ({"noun": "account", "content": FILE, "run": "soon"}, "run"),
        ({"noun": "account", "content": FILE, "speed": 9}, "speed"),
        ({"noun": "account", "content": "%PDF-1.7\n%", "name": "x.pdf"}, "file"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(api, acme_cast, said, field):
    problem(api.post("/imports", said), 400, field)
    with tenant_context(acme_cast.tenant):
        assert not Import.objects.exists()
        assert not FilePart.objects.exists()


def test_the_rows_say_what_becomes_of_them(api, worked):
    body = api.post("/imports", {"noun": "account", "content": MIXED, "run": True}).json()
    worked()
    path = f"/imports/{body['id']}/rows"
    first = api.get(f"{path}?limit=1").json()
    [row] = first["results"]
    assert (row["number"], row["verdict"], row["values"]["name"], row["done"]) == (2, "create", "Northwind", False)
    [row] = api.get(first["next"]).json()["results"]
    assert (row["number"], row["verdict"]) == (3, "refused")
    assert [error["column"] for error in row["errors"]] == ["CSM"]
    assert [r["number"] for r in api.get(f"{path}?verdict=refused").json()["results"]] == [3]
    assert api.get(f"{path}?noun=contact").json()["results"] == []
    problem(api.get(f"{path}?colour=red"), 400, "colour")
    assert api.get("/imports/987654/rows").status_code == 404


def test_the_refused_rows_come_back_as_a_file(api, worked):
    body = api.post("/imports", {"noun": "account", "content": MIXED, "run": True}).json()
    worked()
    answer = api.get(f"/imports/{body['id']}/refused", Accept="text/csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    head, *rows = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert {"Account Name", "CSM"} <= set(head)
    assert [row[head.index("Account Name")] for row in rows] == ["Contoso"]


def test_an_import_is_taken_back(api, acme_cast, worked):
    body = api.post("/imports", {"noun": "account", "content": FILE, "run": True}).json()
    worked()
    assert len(names(acme_cast.tenant)) == 2
    assert api.post(f"/imports/{body['id']}/undo").json()["stage"] == "undoing"
    worked()
    assert api.get(f"/imports/{body['id']}").json()["stage"] == "undone"
    assert names(acme_cast.tenant) == []


def test_one_that_waits_is_stopped(api):
    body = api.post("/imports", {"noun": "account", "content": FILE, "run": True}).json()
    assert api.post(f"/imports/{body['id']}/stop").json()["stage"] == "mapping"
    problem(api.post(f"/imports/{body['id']}/stop"), 400)
    problem(api.post(f"/imports/{body['id']}/stop", {"why": "x"}), 400, "why")


def test_the_same_file_sent_twice_is_taken_in_once(api, acme_cast):
    first = api.post("/imports", {"noun": "account", "content": FILE}, Idempotency_Key="one")
    again = api.post("/imports", {"noun": "account", "content": FILE}, Idempotency_Key="one")
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    key = {"Idempotency-Key": "two"}
    form = api.client.post("/api/v1/imports", {"noun": "account", "file": as_file(FILE)}, headers=key)
    same = api.client.post("/api/v1/imports", {"noun": "account", "file": as_file(FILE)}, headers=key)
    assert same.json() == form.json()
    other = api.client.post("/api/v1/imports", {"noun": "account", "file": as_file(MIXED)}, headers=key)
    assert other.status_code == 422
    with tenant_context(acme_cast.tenant):
        assert Import.objects.count() == 2


def test_imports_are_listed_newest_first(api):
    made = [api.post("/imports", {"noun": noun, "content": FILE}).json()["id"] for noun in ("account", "contact")]
    page = api.get("/imports?limit=1").json()
    assert [each["id"] for each in page["results"]] == [made[1]]
    assert "sample" not in page["results"][0]
    assert [each["id"] for each in api.get(page["next"]).json()["results"]] == [made[0]]
    assert [each["id"] for each in api.get("/imports?noun=account&stage=mapping").json()["results"]] == [made[0]]


def test_who_may_not_import_and_what_is_somebody_elses(api, reader, rivals, acme_cast):
    problem(reader.post("/imports", {"noun": "account", "content": FILE}), 403)
    pk = api.post("/imports", {"noun": "account", "content": FILE}).json()["id"]
    for path in ("", "/rows", "/refused"):
        assert rivals.get(f"/imports/{pk}{path}").status_code == 404
    for act in ("check", "run", "stop", "undo"):
        assert rivals.post(f"/imports/{pk}/{act}").status_code == 404
    assert rivals.patch(f"/imports/{pk}", {"columns": {}}).status_code == 404
    with tenant_context(acme_cast.tenant):
        assert Import.objects.get().stage == Stage.MAPPING


def test_a_mapping_is_kept_replaced_and_forgotten(api, rivals, acme_cast):
    said = {"name": "CRM", "noun": "account", "columns": {"Firm": "account.name", "Site": "account.domain"}}
    made = api.post("/mappings", said)
    assert made.status_code == 201, made.content
    path = f"/mappings/{made.json()['id']}"
    content = "Firm,Site\nNorthwind,northwind.test\n"
    body = api.post("/imports", {"noun": "account", "content": content, "mapping": "CRM"}).json()
    assert (body["mapping"], body["columns"]) == ("CRM", said["columns"])
    problem(api.post("/imports", {"noun": "contact", "content": content, "mapping": "CRM"}), 400, "mapping")
    put = api.put(path, said | {"columns": {"Firm": "account.name"}, "options": {"duplicates": "match"}, "version": 1})
    assert put.json()["columns"] == {"Firm": "account.name"}
    assert put.json()["version"] == 2
    problem(api.put(path, said | {"version": 1}), 409)
    taken = problem(api.post("/mappings", said | {"columns": {"Site": "account.name"}}), 409)
    assert (taken["current"]["name"], taken["current"]["columns"]) == ("CRM", {"Firm": "account.name"})
    assert api.get(path).json()["columns"] == {"Firm": "account.name"}
    again = api.post("/mappings", said | {"columns": {"Site": "account.name", "Firm": None}, "replace": True})
    assert (again.status_code, again.json()["id"], again.json()["version"]) == (200, made.json()["id"], 3)
    assert again.json()["columns"] == {"Site": "account.name", "Firm": ""}
    assert [each["name"] for each in api.get("/mappings?noun=account").json()["results"]] == ["CRM"]
    assert rivals.get(path).status_code == 404
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.get(f"/imports/{body['id']}").json()["mapping"] is None
    with tenant_context(acme_cast.tenant):
        assert not SavedMapping.objects.exists()


@pytest.mark.parametrize(
    ("columns", "field"), [({}, "columns"), ({"Firm": "account.colour"}, "columns"), ("Firm", "columns")]
)
def test_a_mapping_that_means_nothing_is_refused(api, columns, field):
    problem(api.post("/mappings", {"name": "CRM", "noun": "account", "columns": columns}), 400, field)


def test_contacts_bring_their_accounts(api, acme_cast, worked):
    content = "Account Name,Contact name,Email\nNorthwind,Ann Lee,ann@northwind.test\n"
    said = {"noun": "contact", "content": content, "options": {"missing_accounts": "create"}, "run": True}
    api.post("/imports", said)
    worked()
    with tenant_context(acme_cast.tenant):
        contact = Contact.objects.select_related("account").get()
        assert (contact.name, contact.email, contact.account.name) == ("Ann Lee", "ann@northwind.test", "Northwind")
