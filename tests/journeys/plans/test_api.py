"""Plans through the API: drafted, filled, measured, agreed and confirmed by another system."""

from __future__ import annotations

import pytest

from accounts.models import Task
from accounts.tenancy.context import tenant_context
from journeys.plans.models import Objective, Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(api):
    return api.post("/accounts", {"name": "Wren", "external_id": "wren", "currency": "USD"}).json()


@pytest.fixture
def contact(api, account):
    return api.post("/contacts", {"account": account["id"], "name": "Elena Brandt"}).json()


@pytest.fixture
def plan(api, account):
    answer = api.post("/plans", {"account_external_id": "wren"})
    assert answer.status_code == 201, answer.json()
    return answer.json()


@pytest.fixture
def objective(api, plan):
    said = {"plan": plan["id"], "title": "Books closed in 4 days", "metric": "Days to close", "unit": "days",
            "baseline": "9", "target": "4", "value": {"amount": "310000", "currency": "USD"}}  # fmt: skip
    answer = api.post("/objectives", said)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def test_a_plan_is_drafted_once(api, plan, account):
    assert (plan["account"], plan["status"], plan["currency"], plan["account_name"]) == (
        account["id"], "draft", "USD", "Wren",
    )  # fmt: skip
    assert api.post("/plans", {"account": account["id"]}).json()["id"] == plan["id"]
    assert [one["id"] for one in api.get("/plans?account=" + str(account["id"])).json()["results"]] == [plan["id"]]
    assert api.get(f"/objectives?plan={plan['id']}&kind=first_impact").json()["results"][0]["progress"] is None
    assert api.get("/plan-templates").json()["results"][0]["lines"][0]["kind"] == "first_impact"


def test_a_plan_is_worded_by_whoever_saw_it_last(api, plan):
    path = f"/plans/{plan['id']}"
    changed = api.patch(path, {"north_star": "Quicker", "review_weeks": 6, "version": plan["version"]})
    assert (changed.json()["north_star"], changed["ETag"]) == ("Quicker", f'"{plan["version"] + 1}"')
    stale = api.patch(path, {"north_star": "Slower"}, If_Match=f'"{plan["version"]}"')
    assert stale.status_code == 409
    assert stale.json()["current"]["north_star"] == "Quicker"
    assert api.patch(path, {"currency": "XXQ"}).status_code == 400


def test_an_objective_is_measured_on_its_way(api, plan, objective):
    assert (objective["progress"], objective["last"], objective["value"]) == (
        None, None, {"amount": "310000.00", "currency": "USD"},
    )  # fmt: skip
    made = api.post("/measurements", {"objective": objective["id"], "value": "6.5", "on": "2026-11-02"})
    assert made.status_code == 201, made.json()
    again = api.get(f"/objectives/{objective['id']}").json()
    assert (again["progress"], again["last"]) == (0.5, {"value": "6.5", "on": "2026-11-02"})
    found = api.get(f"/measurements?objective={objective['id']}").json()["results"]
    assert [(one["value"], one["recorded_by"]["name"]) for one in found] == [("6.5", "Ada of Acme")]
    for wrong in ({"value": "6.5", "on": "2199-01-01"}, {"value": "much", "on": "2026-11-02"}):
        assert api.post("/measurements", {"objective": objective["id"], **wrong}).status_code == 400


def test_values_are_in_the_currency_of_the_plan(api, plan, objective):
    refused = api.patch(f"/objectives/{objective['id']}", {"value": {"amount": "1", "currency": "EUR"}})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["value"])
    emptied = api.patch(f"/objectives/{objective['id']}", {"value": None, "target": "3.5"}).json()
    assert (emptied["value"], emptied["target"]) == (None, "3.5")


def test_two_systems_at_one_objective_the_second_is_told(api, objective):
    path = f"/objectives/{objective['id']}"
    api.patch(path, {"title": "Theirs", "version": 1})
    stale = api.patch(path, {"title": "Mine", "version": 1})
    assert (stale.status_code, stale.json()["current"]["title"]) == (409, "Theirs")


def test_achieved_and_confirmed(api, objective, contact):
    path = f"/objectives/{objective['id']}"
    assert api.post(f"{path}/achieve", {"on": "2026-11-02", "evidence": "Ledger"}).json()["status"] == "achieved"
    said = {"objective": objective["id"], "contact": contact["id"], "name": "E. Brandt", "statement": "Yes"}
    made = api.post("/confirmations", said)
    assert (made.status_code, made.json()["contact"]["name"]) == (201, "Elena Brandt")
    assert api.post("/confirmations", said).status_code == 400
    assert api.get(path).json()["status"] == "confirmed"
    assert api.post(f"{path}/drop", {"reason": "x"}).status_code == 409
    dropped = api.get(f"/objectives?plan={objective['plan']}&kind=adoption").json()["results"][0]["id"]
    api.post(f"/objectives/{dropped}/drop", {"reason": "Too early"})
    late = api.post("/measurements", {"objective": dropped, "value": "1", "on": "2026-11-02"})
    assert (late.status_code, "This objective was dropped." in late.content.decode()) == (400, True)
    assert len(api.get(f"/confirmations?objective={objective['id']}").json()["results"]) == 1


def test_a_step_and_its_task(api, plan, objective, acme_cast):
    said = {"plan": plan["id"], "title": "Import the ledger", "side": "us", "our_owner": "dee@acme.test",
            "objective": objective["id"], "due_on": "2026-12-01"}  # fmt: skip
    step = api.post("/plan-steps", said).json()
    assert (step["done"], step["our_owner"]["email"], step["objective"]) == (False, "dee@acme.test", objective["id"])
    api.post(f"/tasks/{step['task']}/complete", {"outcome": "achieved"})
    read = api.get(f"/plan-steps/{step['id']}").json()
    assert read["done"]
    assert read["done_at"]
    assert api.get(f"/plan-steps?plan={plan['id']}&open=true&side=us").json()["results"] == [
        one for one in api.get(f"/plan-steps?plan={plan['id']}&side=us").json()["results"] if not one["done"]
    ]
    assert not api.post(f"/plan-steps/{step['id']}/reopen", {}).json()["done"]
    assert api.post(f"/plan-steps/{step['id']}/done", {}).json()["done"]
    api.post(f"/plan-steps/{step['id']}/reopen", {})
    assert api.patch(f"/plan-steps/{step['id']}", {"title": "Import both"}).json()["title"] == "Import both"
    assert api.post(f"/plan-steps/{step['id']}/drop", {}).json()["dropped_at"]
    with tenant_context(acme_cast.tenant):
        assert Task.objects.get(pk=step["task"]).status == "dropped"
        assert Step.objects.get(pk=step["id"]).done_at is None


def test_topics_and_comments(api, plan, contact):
    topic = api.post("/plan-topics", {"plan": plan["id"], "text": "Tomas", "about": contact["id"]}).json()
    assert (topic["audience"], topic["about"]["name"]) == ("internal", "Elena Brandt")
    assert api.patch(f"/plan-topics/{topic['id']}", {"response": "Ask him"}).json()["response"] == "Ask him"
    assert api.post(f"/plan-topics/{topic['id']}/settle", {}).json()["settled_by"]["name"] == "Ada of Acme"
    assert api.get("/plan-topics?settled=true").json()["results"][0]["id"] == topic["id"]
    assert api.post(f"/plan-topics/{topic['id']}/reopen", {}).json()["settled_at"] is None
    said = api.post("/plan-comments", {"plan": plan["id"], "body": "Well", "topic": topic["id"]}).json()
    assert (said["audience"], said["topic"], said["author"]["name"]) == ("internal", topic["id"], "Ada of Acme")
    both = api.post("/plan-comments", {"plan": plan["id"], "body": "x", "topic": topic["id"], "step": 1})
    assert both.status_code == 400
    assert len(api.get(f"/plan-comments?plan={plan['id']}").json()["results"]) == 1


def test_agreed_reviewed_and_closed(api, plan, contact, objective):
    path = f"/plans/{plan['id']}"
    assert api.post(f"{path}/agree", {"note": "Kickoff"}).json()["status"] == "running"
    api.post(f"{path}/agree", {"contact": contact["id"], "name": "E. Brandt"})
    assert api.post(f"{path}/agree", {}).status_code == 400
    (version,) = api.get(f"{path}/versions").json()["results"]
    assert [(one["side"], one["name"]) for one in version["agreements"]] == [
        ("us", "Ada of Acme"),
        ("them", "E. Brandt"),
    ]
    assert objective["title"] in {item.get("title") for item in version["items"]}
    assert api.post(f"{path}/review", {"on": "2026-11-02", "note": "On track"}).json()["reviewed_on"] == "2026-11-02"
    assert api.post(f"{path}/close", {"reason": "Done"}).json()["status"] == "closed"
    refused = api.patch(f"/objectives/{objective['id']}", {"title": "x"})
    assert (refused.status_code, "This plan is closed" in refused.content.decode()) == (400, True)


def test_templates_and_their_lines(api):
    made = api.post("/plan-templates", {"name": "Retail", "segment": "Retail"}).json()
    path = f"/plan-templates/{made['id']}"
    filled = api.post(f"{path}/lines", {"noun": "milestone", "title": "First store", "due_days": 45}).json()
    (line,) = filled["lines"]
    changed = api.patch(f"{path}/lines/{line['id']}", {"title": "Two stores", "version": 1}).json()
    assert changed["lines"][0]["title"] == "Two stores"
    stale = api.patch(f"{path}/lines/{line['id']}", {"title": "Three", "version": 1})
    assert (stale.status_code, stale.json()["current"]["lines"][0]["title"]) == (409, "Two stores")
    assert api.delete(f"{path}/lines/{line['id']}").json()["lines"] == []
    assert api.delete(f"{path}/lines/{line['id']}").status_code == 404
    assert api.post(f"{path}/retire", {}).json()["active"] is False
    assert api.post(f"{path}/restore", {}).json()["active"] is True
    assert api.patch(path, {"segment": "Shops"}).json()["segment"] == "Shops"


def test_another_workspace_and_a_reader_change_nothing(rivals, reader, plan, objective, acme_cast):
    for path in (f"/plans/{plan['id']}", f"/objectives/{objective['id']}"):
        assert rivals.get(path).status_code == 404
        assert rivals.patch(path, {}).status_code == 404
        assert reader.patch(path, {"version": 1}).status_code == 403
    refused = rivals.post("/objectives", {"plan": plan["id"], "title": "Mine"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["plan"])
    with tenant_context(acme_cast.tenant):
        assert not Objective.objects.filter(title="Mine").exists()
