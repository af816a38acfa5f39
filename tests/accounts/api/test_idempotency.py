"""The same request said twice is done once, also when both come at the same time."""

import threading

import pytest
from django.db import connection

from accounts.actions import answers
from accounts.models import Account, IdempotencyRecord
from accounts.tenancy.context import tenant_context

KEY = "b9f4c0de-1"


def count(tenant):
    with tenant_context(tenant):
        return Account.objects.count()


def test_the_first_answer_is_said_again(api, acme_cast):
    first = api.post("/accounts", {"name": "Once", "region": "EMEA"}, Idempotency_Key=KEY)
    again = api.post("/accounts", {"region": "EMEA", "name": "Once"}, Idempotency_Key=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert count(acme_cast.tenant) == 1


def test_another_request_under_the_same_key_is_refused(api, acme_cast):
    api.post("/accounts", {"name": "Once"}, Idempotency_Key=KEY)
    refused = api.post("/accounts", {"name": "Twice"}, Idempotency_Key=KEY)
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    assert count(acme_cast.tenant) == 1


def test_what_was_refused_may_be_tried_again(api):
    assert api.post("/accounts", {"name": ""}, Idempotency_Key=KEY).status_code == 400
    assert api.post("/accounts", {"name": "Better"}, Idempotency_Key=KEY).status_code == 201


def test_keys_of_two_callers_never_meet(api, caller, rivals, acme_cast):
    other = caller(acme_cast.tenant, acme_cast.ada)
    for each in (api, other, rivals):
        answer = each.post("/accounts", {"name": "Mine"}, Idempotency_Key=KEY)
        assert answer.status_code == 201
        assert "Idempotent-Replayed" not in answer
    assert count(acme_cast.tenant) == 2


def test_after_a_day_the_key_is_free(api, acme_cast):
    api.post("/accounts", {"name": "Once"}, Idempotency_Key=KEY)
    with tenant_context(acme_cast.tenant):
        record = IdempotencyRecord.objects.get()
        IdempotencyRecord.objects.update(created_at=record.created_at - answers.KEPT)
    assert api.post("/accounts", {"name": "Anew"}, Idempotency_Key=KEY).status_code == 201
    assert count(acme_cast.tenant) == 2


@pytest.mark.parametrize("key", ["", "x" * 201, "näh"])
def test_a_key_is_short_and_plain(api, key):
    refused = api.post("/accounts", {"name": "X"}, Idempotency_Key=key)
    assert refused.status_code == 400
    assert set(refused.json()["errors"]) == {"Idempotency-Key"}


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_runs(acme_cast, caller):
    callers = [caller(acme_cast.tenant, acme_cast.ada)] * 4
    barrier, said = threading.Barrier(len(callers)), []

    def ask(each):
        barrier.wait()
        answer = each.__class__.__call__(each, "POST", "/accounts", {"name": "Once"}, Idempotency_Key=KEY)
        said.append((answer.status_code, answer.json()["id"], answer.get("Idempotent-Replayed")))
        connection.close()

    threads = [threading.Thread(target=ask, args=(each,)) for each in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _, _ in said} == {201}
    assert len({pk for _, pk, _ in said}) == 1
    assert sorted(str(replayed) for _, _, replayed in said) == ["None", "true", "true", "true"]
    assert count(acme_cast.tenant) == 1
