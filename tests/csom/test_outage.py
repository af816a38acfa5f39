"""While a server is away, pages and API say so, and nothing half is written."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from accounts.models import Account
from accounts.tenancy.context import tenant_context

AWAY = [OperationalError("server closed the connection"), InterfaceError("connection already closed")]


def raising(error):
    def away(*args, **kwargs):
        raise error

    return away


def problem(answer, status):
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    return answer


@pytest.mark.parametrize("error", AWAY)
def test_the_api_is_unavailable_when_not_even_the_key_can_be_read(error, api, monkeypatch):
    monkeypatch.setattr("accounts.middleware.key_of", raising(error))
    assert problem(api.get("/accounts"), 503)["Retry-After"] == "10"


@pytest.mark.parametrize("error", AWAY)
def test_the_api_is_unavailable_in_the_middle_of_a_call(error, api, acme_cast, monkeypatch):
    monkeypatch.setattr("accounts.api.accounts.AccountResource.answer", raising(error))
    problem(api.post("/accounts", {"name": "Half"}), 503)
    with tenant_context(acme_cast.tenant):
        assert Account.objects.count() == 0


@pytest.mark.parametrize("error", AWAY)
def test_a_page_is_unavailable_too(error, acme_cast, page, monkeypatch):
    monkeypatch.setattr("accounts.middleware.tenant_context", raising(error))
    answer = page(acme_cast.ada, acme_cast.tenant).get("/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer["Content-Type"].startswith("text/html")


def test_an_error_of_ours_is_a_problem_as_well(api, monkeypatch):
    monkeypatch.setattr("accounts.api.accounts.AccountResource.answer", raising(RuntimeError("broken")))
    api.client.raise_request_exception = False
    problem(api.post("/accounts", {"name": "Half"}), 500)


def test_for_people_an_error_is_a_page(db, monkeypatch):
    monkeypatch.setattr("csom.health._database_answers", raising(RuntimeError("broken")))
    answer = Client(raise_request_exception=False).get("/healthz")
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (500, "text/html")
