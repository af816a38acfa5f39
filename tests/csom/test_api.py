"""Every operation of the API, one by one: nobody without a key, no writing by readers, nothing where nothing is."""

import re

import pytest
import yaml
from django.test import Client

from csom.api import SCHEMA

METHODS = ("get", "post", "put", "patch", "delete")
NOWHERE = "987654"
OPERATIONS = [
    (method.upper(), path.removeprefix("/api/v1"))
    for path, methods in yaml.safe_load(SCHEMA.read_text())["paths"].items()
    for method in methods
    if method in METHODS
]
BODIES = {
    "change-phase": {"phase": "adoption"}, "depart": {"on": "2026-01-01"}, "end": {"on": "2026-06-01", "reason": "x"},
    "complete": {"outcome": "kept"}, "snooze": {"until": "2199-01-01", "reason": "x"}, "settle": {"outcome": "kept"},
    "promises": {"text": "x"}, "return": {"reasons": {"pain": "x"}}, "correct": {"statement": "x"},
    "answer": {"text": "x"}, "{question}": {"text": "x"}, "drop": {"reason": "x"},
}  # fmt: skip


def address(path: str) -> str:
    return re.sub(r"\{[a-z_]+\}", NOWHERE, path.replace("{question}", "pain"))


def named(method: str, path: str) -> str:
    return f"{method} {path}"


IDS = [named(*operation) for operation in OPERATIONS]


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=IDS)
@pytest.mark.django_db
def test_without_a_key_every_operation_is_closed(method, path):
    answer = Client().generic(method, f"/api/v1{address(path)}", "{}", content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


@pytest.mark.parametrize(("method", "path"), [o for o in OPERATIONS if o[0] != "GET"])
def test_a_reading_key_writes_nowhere(method, path, reader):
    assert reader(method, address(path), {}).status_code == 403


@pytest.mark.parametrize(("method", "path"), [o for o in OPERATIONS if "{" in o[1] and o[0] != "PUT"])
def test_nothing_is_told_about_what_is_not_there(method, path, api):
    body = None if method in ("GET", "DELETE") else BODIES.get(path.rsplit("/", 1)[1], {})
    answer = api(method, address(path), body)
    assert answer["Content-Type"] == "application/problem+json"
    # What can't be understood is refused before anybody looks; what can is looked for and not found.
    assert answer.status_code in (404, 400)
    if answer.status_code == 400:
        errors = answer.json()["errors"]
        assert errors
        assert all(errors), "A refusal that names no field was looked up."
