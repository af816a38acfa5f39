"""Kickoffs, First Impacts, holds, targets and the board through the API."""

from __future__ import annotations

import pytest

from accounts.calendar import local_today
from accounts.models import Account
from accounts.tenancy.context import tenant_context
from tests.factories.onboarding import begun


@pytest.fixture
def impact(acme_cast):
    with tenant_context(acme_cast.tenant):
        return begun(acme_cast)


def test_a_first_impact_is_read_defined_and_reached(acme_cast, api, impact):
    at = f"/first-impacts/{impact.pk}"
    body = api.get(f"/first-impacts?account={impact.account_id}").json()
    assert [each["id"] for each in body["results"]] == [impact.pk]
    said = {"definition": "Books closed in 4 days", "event": "month_closed", "times": 2, "version": impact.version}
    assert api.patch(at, said).json()["event"] == "month_closed"
    assert api.patch(at, said | {"definition": "Else"}).status_code == 409
    day = local_today(acme_cast.tenant).isoformat()
    assert api.post(f"{at}/reach", {"on": day}).status_code == 400
    body = api.post(f"{at}/reach", {"on": day, "evidence": "Their June close"}).json()
    assert (body["reached_on"], body["reached_how"]) == (day, "evidence")
    assert api.post(f"{at}/reach", {"on": day, "evidence": "Again"}).status_code == 409
    with tenant_context(acme_cast.tenant):
        assert Account.objects.get(pk=impact.account_id).phase == "adoption"


def test_a_kickoff_is_prepared_once_changed_and_held(acme_cast, api, impact):
    first = api.post("/kickoffs", {"account": impact.account_id})
    assert first.status_code == 201
    pk = first.json()["id"]
    assert api.post("/kickoffs", {"account": impact.account_id}).json()["id"] == pk
    assert api.patch(f"/kickoffs/{pk}", {"keys": "One room"}).json()["keys"] == "One room"
    day = local_today(acme_cast.tenant).isoformat()
    assert api.post(f"/kickoffs/{pk}/hold", {"on": day}).json()["held_on"] == day


def test_the_board_says_where_who_stands_and_holds_why(acme_cast, api, impact):
    [row] = api.get("/onboarding/board").json()
    assert (row["account"], row["stage"], row["target"]) == (impact.account_id, "handoff", 30)
    hold = api.post("/onboarding/holds", {"account": impact.account_id, "reason": "Merger"})
    assert hold.status_code == 201
    assert api.get("/onboarding/board").json()[0]["reasons"][0] == "On hold: Merger"
    lifted = api.post(f"/onboarding/holds/{hold.json()['id']}/lift", {})
    assert lifted.json()["lifted_by"] is not None
    target = api.post("/onboarding/targets", {"segment": "", "days": 45})
    assert target.status_code == 201
    assert api.get("/onboarding/board").json()[0]["target"] == 45
    assert api.patch(f"/onboarding/targets/{target.json()['id']}", {"days": 0}).status_code == 400
