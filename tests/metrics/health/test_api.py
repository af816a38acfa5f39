"""Health for other systems."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.actions import knowledge
from accounts.tenancy.context import tenant_context
from metrics.health.models import HealthModel
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.health import simple

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(acme_cast):
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(name="Northwind")
        ContactFactory(account=account, buying_role="champion")
    return account


def followed(cast, account) -> None:
    with tenant_context(cast.tenant):
        knowledge.follow([account.pk], tenant=cast.tenant, at=timezone.now() + dt.timedelta(seconds=1))


def test_a_model_is_added_tried_published_and_scores(api, acme_cast, account):
    made = api.post("/health-models", {"name": "General", "definition": simple()})
    assert made.status_code == 201
    pk = made.json()["id"]
    assert made.json()["versions"][0]["state"] == "draft"
    followed(acme_cast, account)
    tried = api.post(f"/health-models/{pk}/preview", {})
    assert tried.json()["after"] == {"healthy": 1, "symptoms": 0, "at_risk": 0, "unknown": 0}
    assert api.post(f"/health-models/{pk}/publish", {}).json()["versions"][0]["state"] == "published"
    assert api.post(f"/health-models/{pk}/publish", {}).status_code == 400
    followed(acme_cast, account)
    health = api.get(f"/accounts/{account.pk}/health").json()
    assert (health["score"], health["band"], health["known"], health["model"]) == (75, "healthy", 60, "general v1")
    touch = health["pillars"][1]["measures"][0]
    assert (touch["why_missing"], touch["treated"], touch["points"]) == ("unknown", "zero", 0)
    assert health["history"][-1]["score"] == 75


def test_problems_are_named_at_their_path(api, acme_cast):
    wrong = simple()
    wrong["pillars"][0]["measures"] = [{**wrong["pillars"][0]["measures"][0], "how": {"yes": 101, "no": 0}}]
    answer = api.post("/health-models", {"name": "General", "definition": wrong})
    assert answer.status_code == 400
    assert "101" not in answer.content.decode()
    assert "definition" in answer.json()["errors"]
    with tenant_context(acme_cast.tenant):
        assert not HealthModel.objects.exists()


@pytest.mark.parametrize("wrong", [None, 3, [], {}, {"pillars": [None]}, {"pillars": [{"key": 1}]}, {"pillars": "x"}])
def test_whatever_is_said_as_a_definition_is_refused_and_not_a_fault(api, wrong):
    assert api.post("/health-models", {"name": "General", "definition": wrong}).status_code == 400


def test_people_judge_and_set_by_hand_through_it(api, acme_cast, account):
    pk = api.post("/health-models", {"name": "General", "definition": simple()}).json()["id"]
    api.post(f"/health-models/{pk}/publish", {})
    where = f"/accounts/{account.pk}/health"
    assert api.post(f"{where}/judgements", {"measure": "mood", "level": "bad", "reason": "price"}).status_code == 201
    assert api.post(f"{where}/judgements", {"measure": "mood", "level": "?", "reason": "price"}).status_code == 400
    until = str(timezone.now().date() + dt.timedelta(days=5))
    made = api.post(f"{where}/override", {"score": 20, "reason": "Notice", "until": until})
    assert made.status_code == 201
    followed(acme_cast, account)
    assert (api.get(where).json()["score"], api.get(where).json()["computed"]) == (20, 60)
    assert api.delete(f"{where}/override/{made.json()['id']}").status_code == 204
    followed(acme_cast, account)
    assert api.get(where).json()["score"] == 60
    assert len(api.get(f"{where}/judgements").json()["results"]) == 1
