"""Deployments through the API: planned, worked, reviewed and closed by another system."""

from __future__ import annotations

import pytest

from accounts.tenancy.context import tenant_context
from journeys.deployments.models import Activity, Dependency

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(api):
    return api.post("/accounts", {"name": "Wren", "external_id": "wren", "currency": "USD"}).json()


@pytest.fixture
def deployment(api, account):
    said = {"account_external_id": "wren", "name": "Rollout", "planned_start_on": "2026-10-01",
            "planned_end_on": "2027-01-29", "budget": {"amount": "12500", "currency": "USD"}, "budget_hours": "80",
            "rate": {"amount": "150", "currency": "USD"}}  # fmt: skip
    answer = api.post("/deployments", said)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def made(api, path: str, deployment, **values):
    answer = api.post(path, {"deployment": deployment["id"]} | values)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def test_it_is_planned_changed_and_run(api, deployment, account):
    assert (deployment["account"], deployment["status"], deployment["on_quality"]["word"]) == (
        account["id"], "planned", "Not reviewed",
    )  # fmt: skip
    path = f"/deployments/{deployment['id']}"
    changed = api.patch(path, {"name": "Big rollout", "version": deployment["version"]})
    assert changed.json()["name"] == "Big rollout"
    assert api.patch(path, {"name": "x"}, If_Match=f'"{deployment["version"]}"').status_code == 409
    assert api.patch(path, {"budget": {"amount": "5", "currency": "EUR"}}).status_code == 400
    assert api.post(f"{path}/start", {"on": "2026-10-01"}).json()["status"] == "running"
    assert api.post(f"{path}/hold", {"reason": "Freeze."}).json()["status"] == "on_hold"
    assert api.post(f"{path}/resume").json()["status"] == "running"
    assert api.post(f"{path}/close", {"note": "Live."}).json()["close_note"] == "Live."
    assert [one["id"] for one in api.get("/deployments?status=closed").json()["results"]] == [deployment["id"]]


def test_its_plan(api, deployment, acme_cast):
    first = made(api, "/deployment-activities", deployment, title="Load", days=2, our_owner=acme_cast.dee.email)
    second = made(api, "/deployment-activities", deployment, title="Train", side="them", after=[first["id"]])
    assert (second["after"], second["start_on"], first["task"] is None) == ([first["id"]], "2026-10-05", False)
    circle = api.patch(f"/deployment-activities/{first['id']}", {"after": [second["id"]]})
    assert circle.status_code == 400
    assert "“Load” → “Train” → “Load”" in str(circle.json())
    assert api.post(f"/deployment-activities/{first['id']}/done", {"on": "2026-10-02"}).json()["done"] is True
    assert api.post(f"/deployment-activities/{first['id']}/reopen").json()["done"] is False
    assert api.post(f"/deployments/{deployment['id']}/close").status_code == 409
    assert api.delete(f"/deployment-activities/{second['id']}").status_code == 204
    with tenant_context(acme_cast.tenant):
        assert (Activity.objects.count(), Dependency.objects.count()) == (1, 0)


def test_hours_and_costs(api, deployment, acme_cast):
    entry = made(api, "/deployment-hours", deployment, user=acme_cast.dee.pk, worked_on="2026-10-02", hours="6.5")
    fixed = api.post(f"/deployment-hours/{entry['id']}/correct", {"hours": "6", "note": "Break"})
    assert (fixed.json()["hours"], fixed.json()["corrects"]) == ("-0.5", entry["id"])
    cost = made(api, "/deployment-costs", deployment, what="Travel", spent_on="2026-10-02",
                amount={"amount": "99.50", "currency": "USD"})  # fmt: skip
    fixed = api.post(
        f"/deployment-costs/{cost['id']}/correct", {"amount": {"amount": "90", "currency": "USD"}, "note": "Refund"}
    )
    assert fixed.json()["amount"] == {"amount": "-9.50", "currency": "USD"}
    assert api.get(f"/deployments/{deployment['id']}").json()["hours_used"] == "6"


def test_what_is_said_of_it(api, deployment, acme_cast):
    report = made(api, "/deployment-reports", deployment, schedule="green", budget="green", quality="red", summary="So")
    assert (report["quality"], report["quality_figure"]) == ("red", "none")
    review = made(api, "/deployment-reviews", deployment, reviewer=acme_cast.olly.pk, reviewed_on="2026-10-09",
                  verdict="findings", findings=["Name it"])  # fmt: skip
    settled = api.post(f"/deployment-findings/{review['findings'][0]['id']}/settle")
    assert settled.json()["settled_on"]
    feed = made(api, "/deployment-integrations", deployment, name="Feed", system="HR")
    assert api.post(f"/deployment-integrations/{feed['id']}/complete", {"on": "2026-10-10"}).json()["completed_on"]
    raised = made(api, "/deployment-escalations", deployment, what="Stuck", owner=acme_cast.lee.pk)
    path = f"/deployment-escalations/{raised['id']}"
    assert api.patch(path, {"severity": "critical"}).json()["severity"] == "critical"
    assert api.post(f"{path}/resolve", {"outcome": "Freed"}).json()["outcome"] == "Freed"
    assert api.get("/deployment-escalations?open=true").json()["results"] == []


def test_an_earlier_plan_is_copied(api, deployment, account):
    made(api, "/deployment-activities", deployment, title="Load", days=2)
    said = {"account": account["id"], "name": "Add-on", "kind": "addon", "planned_start_on": "2027-03-01",
            "planned_end_on": "2027-04-01"}  # fmt: skip
    fresh = api.post("/deployments", said).json()
    copied = api.post(f"/deployments/{fresh['id']}/copy-plan", {"copy_from": deployment["id"]})
    assert copied.json()["activities"] == 1


def test_the_rival_finds_nothing(api, rivals, deployment):
    assert rivals.get(f"/deployments/{deployment['id']}").status_code == 404
    assert rivals.get("/deployments").json()["results"] == []
