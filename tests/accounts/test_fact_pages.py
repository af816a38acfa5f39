"""Pages and API of facts: what is known of an account, and what other systems send."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.actions import fact_values, knowledge, tasks
from accounts.models import ExternalFact
from accounts.tenancy.context import tenant_context
from accounts.views.facts import GROUPS
from tests.factories.accounts import AccountFactory, ExternalFactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(acme_cast):
    """An account of which a stale fact and others are known."""
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(name="Juniper", external_id="a-1", segment="Enterprise")
        ExternalFactFactory(label="Open tickets", key="tickets", unit="tickets", fresh_days=3)
        today = timezone.now().date()
        tasks.add({"account": account, "title": "Call", "assignee": acme_cast.cass, "due_on": today}, by=None)
        rows = [{"account_id": account.pk, "key": "tickets", "value": 7, "observed_on": today - dt.timedelta(days=9)}]
        fact_values.push(rows, reader=None, today=today)
        knowledge.follow([account.pk], tenant=acme_cast.tenant, at=timezone.now())
        account.segment = "Mid-market"
        account.save()
        knowledge.follow([account.pk], tenant=acme_cast.tenant, at=timezone.now())
    return account


def test_the_page_shows_facts_stale_ones_and_what_changed(acme_cast, page, known):
    shown = page(acme_cast.cass, acme_cast.tenant).get(f"/accounts/{known.pk}/facts/")
    assert shown.status_code == 200
    text = shown.content.decode()
    assert "7 tickets" in text
    assert "1 tickets" not in text
    assert "1 task<" in text
    assert "too old: of" in text
    assert "Enterprise →" in text
    assert shown.context["stale"] == 1


def test_every_group_has_a_name_and_what_is_unknown_comes_last(acme_cast, page, known):
    groups = page(acme_cast.cass, acme_cast.tenant).get(f"/accounts/{known.pk}/facts/").context["groups"]
    assert {group["label"] for group in groups} <= set(GROUPS.values())
    assert [bool(group["known"]) for group in groups] == sorted((bool(g["known"]) for g in groups), reverse=True)


def test_settings_list_define_and_change_facts(acme_cast, page, known):
    ada = page(acme_cast.ada, acme_cast.tenant)
    listed = ada.get("/settings/facts/")
    assert [(row["accounts"], row["stale"]) for row in listed.context["rows"]] == [(1, 1)]
    wrong = ada.post("/settings/facts/new/", {"label": "Mood", "type": "choice", "choices": "", "unit": "points"})
    assert wrong.status_code == 422
    assert "points" in wrong.content.decode()
    right = ada.post("/settings/facts/new/", {"label": "Mood", "type": "choice", "choices": "good\nbad", "unit": ""})
    assert right.status_code == 302
    with tenant_context(acme_cast.tenant):
        fact = ExternalFact.objects.get(key="mood")
    assert fact.choices == ["good", "bad"]
    edited = {"label": "Mood", "unit": "", "choices": "good\nbad\nugly", "version": fact.version}
    assert ada.post(f"/settings/facts/{fact.pk}/", edited).status_code == 302
    with tenant_context(acme_cast.tenant):
        assert ExternalFact.objects.get(key="mood").active is False
    assert ada.post(f"/settings/facts/{fact.pk}/", edited | {"label": "Other"}).status_code == 409
    assert page(acme_cast.cass, acme_cast.tenant).post("/settings/facts/new/", edited).status_code == 403


def test_the_api_lists_pushes_and_tells(acme_cast, api, known):
    listed = api.get("/facts").json()["results"]
    assert {"contract.renewal_on", "ext.tickets", "people.champion_present"} <= {fact["name"] for fact in listed}
    body = {"facts": [{"account_external_id": "a-1", "key": "tickets", "value": 2}, {"key": "tickets", "value": 2}]}
    answer = api.put("/facts", body)
    assert answer.status_code == 200
    assert answer.json()["changed"] == 1
    [wrong] = answer.json()["refused"]
    assert (wrong["index"], wrong["field"]) == (1, "account_external_id")
    for wrong in ({"facts": []}, {"facts": {}}, [], {"facts": [1], "more": 1}):
        assert api.put("/facts", wrong).status_code == 400
    told = {fact["name"]: fact for fact in api.get(f"/accounts/{known.pk}/facts").json()["facts"]}
    assert (told["ext.tickets"]["value"], told["ext.tickets"]["fresh"]) == (7, False)
    assert told["account.segment"]["since"] is not None


def test_the_api_defines_and_changes_facts(acme_cast, api):
    made = api.post("/external-facts", {"label": "NPS", "type": "number"})
    assert (made.status_code, made.json()["key"]) == (201, "nps")
    path = f"/external-facts/{made.json()['id']}"
    changed = api.patch(path, {"fresh_days": 90, "version": 1})
    assert (changed.status_code, changed.json()["fresh_days"]) == (200, 90)
    assert api.patch(path, {"unit": "points", "version": 1}).status_code == 409
    assert api.patch(path, {"type": "text"}).status_code == 400
    assert [row["key"] for row in api.get("/external-facts?active=true").json()["results"]] == ["nps"]
