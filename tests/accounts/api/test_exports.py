"""Lists that another system fetches whole."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from accounts.extracts import EXTRACTS


def content(response) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def test_a_list_comes_in_the_kind_that_is_asked_for(api):
    api.post("/accounts", {"name": "=One"})
    answer = api.get("/exports/accounts")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    assert "RateLimit-Limit" in answer
    assert "'=One" in content(answer).decode()
    assert json.loads(content(api.get("/exports/accounts?format=json")))[0]["Account name"] == "=One"
    workbook = content(api.get("/exports/accounts?format=xlsx", Accept="text/html"))
    assert zipfile.ZipFile(io.BytesIO(workbook)).testzip() is None


def test_everything_comes_as_one_file(api):
    archive = zipfile.ZipFile(io.BytesIO(content(api.get("/exports/all?format=json"))))
    assert archive.namelist() == [f"{noun}.json" for noun in EXTRACTS]
    assert all(json.loads(archive.read(name)) == [] for name in archive.namelist())


def test_archived_accounts_come_when_asked(api):
    pk = api.post("/accounts", {"name": "Gone"}).json()["id"]
    api.delete(f"/accounts/{pk}")
    assert json.loads(content(api.get("/exports/accounts?format=json"))) == []
    assert len(json.loads(content(api.get("/exports/accounts?format=json&archived=true")))) == 1


@pytest.mark.parametrize(
    ("query", "field"), [("format=pdf", "format"), ("archived=maybe", "archived"), ("segment=Mid", "segment")]
)
@pytest.mark.parametrize("path", ["/exports/contacts", "/exports/all"])
def test_what_cant_be_asked_for_is_named(api, path, query, field):
    answer = api.get(f"{path}?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_another_list_isnt_there(api):
    assert api.get("/exports/secrets").status_code == 404


def test_a_key_that_reads_may_export_and_another_tenant_has_its_own(reader, rivals, api):
    api.post("/accounts", {"name": "Ours"})
    assert len(json.loads(content(reader.get("/exports/accounts?format=json")))) == 1
    assert json.loads(content(rivals.get("/exports/accounts?format=json"))) == []
