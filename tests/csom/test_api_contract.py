"""The API is asked whatever its description allows: it never breaks, and it answers only as described."""

from __future__ import annotations

import os

import pytest
import requests
import schemathesis
import yaml
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.actions import api_keys
from accounts.tenancy.context import tenant_context
from csom.api import SCHEMA
from tests.callers import Caller

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# A short profile for every run of the suite, the same each time; the long one with API_EXAMPLES=200.
EXAMPLES = int(os.environ.get("API_EXAMPLES", "0"))
LONG = EXAMPLES > 0
ASKED = settings(
    max_examples=EXAMPLES or 6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Set by the client itself, or, as compression, of no interest here.
OWN = {"content-type", "host", "accept-encoding"}
TERM = {"name": "Term", "signed_on": "2026-01-15", "start_on": "2026-02-01", "end_on": "2027-02-01"}

schema = schemathesis.openapi.from_dict(yaml.safe_load(SCHEMA.read_text()))
schema.config.phases.coverage.enabled = LONG


def answered(asked: requests.PreparedRequest) -> Response:
    """Through Django's own client, inside the test's transaction."""
    named = {name: value for name, value in asked.headers.items() if name.lower() not in OWN}
    kind = asked.headers.get("Content-Type", "")
    client = Client(raise_request_exception=False)
    address = asked.url.removeprefix("http://testserver")
    said = client.generic(asked.method, address, asked.body or b"", content_type=kind, headers=named)
    return Response(
        status_code=said.status_code,
        headers={name.lower(): [value] for name, value in said.headers.items()},
        content=b"".join(said.streaming_content) if said.streaming else said.content,
        request=asked,
        elapsed=0.0,
        verify=True,
        message=said.reason_phrase,
        encoding="utf-8",
    )


@pytest.fixture
def world(acme_cast, settings) -> tuple[str, dict[str, int]]:
    """A key, and the id of one row of every resource."""
    settings.API_RATE_PER_MINUTE = 10**9
    with tenant_context(acme_cast.tenant):
        secret = api_keys.create(acme_cast.tenant, "contract", "write", acme_cast.ada)[1]
    ask = Caller(secret)
    account = ask.post("/accounts", {"name": "One"}).json()["id"]
    product = ask.post("/products", {"name": "One"}).json()["id"]
    lines = [{"product": product, "amount": {"amount": "1", "currency": "USD"}}]
    rows = {
        "contacts": ask.post("/contacts", {"account": account, "name": "One"}),
        "contracts": ask.post("/contracts", TERM | {"account": account, "lines": lines}),
        "events": ask.post("/events", {"account": account, "kind": "note", "body": "One"}),
        "tasks": ask.post("/tasks", {"account": account, "title": "One", "due_on": "2026-12-01"}),
        "imports": ask.post("/imports", {"noun": "account", "content": "Account Name,Region\nOne,EMEA\n"}),
        "mappings": ask.post("/mappings", {"name": "One", "noun": "account", "columns": {"Firm": "account.name"}}),
        "spiced-entries": ask.post("/spiced-entries", {"account": account, "letter": "pain", "statement": "One"}),
        "handoffs": ask.post("/handoffs", {"account": account, "rep": acme_cast.sal.pk, "committed_on": "2026-11-02"}),
    }
    ids = {name: answer.json()["id"] for name, answer in rows.items()}
    return secret, ids | {"accounts": account, "products": product}


@schema.parametrize()
@ASKED
def test_it_keeps_its_word(case, world):
    secret, ids = world
    resource = case.path.removeprefix("/api/v1/").split("/")[0]
    if "id" in (case.path_parameters or {}):
        case.path_parameters = {**case.path_parameters, "id": str(ids.get(resource, 1))}
    if "import_id" in (case.path_parameters or {}):
        case.path_parameters = {**case.path_parameters, "import_id": str(ids["imports"])}
    asked = case.as_transport_kwargs(base_url="http://testserver", headers={"Authorization": f"Bearer {secret}"})
    asked.pop("cookies", None)
    case.validate_response(answered(requests.Request(**asked).prepare()), checks=CHECKS)
