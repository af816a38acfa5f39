"""Critical events through the API: found, planned, ticked, settled by another system."""

from __future__ import annotations

import pytest

from accounts.models import Event
from accounts.tenancy.context import tenant_context
from journeys.critical_events.models import CriticalEvent, Stakeholder
from journeys.models import SpicedEntry

pytestmark = pytest.mark.django_db
CONSEQUENCE = "They rent 60 temporary workers again."


@pytest.fixture
def account(api):
    return api.post("/accounts", {"name": "Wren", "external_id": "wren", "currency": "USD"}).json()


@pytest.fixture
def event(api, account):
    said = {"account": account["id"], "title": "Peak", "due_on": "2099-06-02", "consequence": CONSEQUENCE,
            "value": {"amount": "310000", "currency": "USD"}}  # fmt: skip
    answer = api.post("/critical-events", said)
    assert answer.status_code == 201, answer.json()
    return answer.json()


@pytest.fixture
def step(api, event):
    answer = api.post("/critical-event-steps", {"critical_event": event["id"], "title": "Live", "days": 3})
    assert answer.status_code == 201, answer.json()
    return answer.json()


def test_an_event_is_kept_and_said_in_spiced(api, acme_cast, event):
    assert (event["critical"], event["happens_on"], event["status"], event["country"]) == (
        True,
        "2099-06-02",
        "open",
        "US",
    )
    assert event["value"] == {"amount": "310000.00", "currency": "USD"}
    with tenant_context(acme_cast.tenant):
        assert event["spiced_entry"] == SpicedEntry.objects.get().pk
    assert [one["id"] for one in api.get("/critical-events?critical=true&status=open").json()["results"]] == [
        event["id"]
    ]
    assert api.get("/critical-events?critical=false").json()["results"] == []


def test_without_a_consequence_it_is_not_critical(api, account):
    said = {"account": account["id"], "title": "A million subscribers", "kind": "threshold", "metric": "Subscribers",
            "threshold": "1000000", "forecast_on": "2099-01-05"}  # fmt: skip
    made = api.post("/critical-events", said).json()
    assert (made["critical"], made["happens_on"], made["threshold"]) == (False, "2099-01-05", "1000000")


@pytest.mark.parametrize(("said", "field"), [
    ({"title": "Peak"}, "due_on"),
    ({"title": "Peak", "due_on": "2099-06-02", "country": "Germany"}, "country"),
    ({"title": "Peak", "due_on": "2099-06-02", "value": {"amount": "1", "currency": "EUR"}}, "value"),
    ({"title": "Peak", "due_on": "2099-06-02", "forecast_on": "2099-06-02"}, "forecast_on"),
    ({"title": "Peak", "due_on": "2099-06-02", "mood": "good"}, "mood"),
])  # fmt: skip
def test_what_cannot_be_is_refused_by_name(api, acme_cast, account, said, field):
    answer = api.post("/critical-events", said | {"account": account["id"]})
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    with tenant_context(acme_cast.tenant):
        assert not CriticalEvent.objects.exists()


def test_the_second_of_two_is_told(api, event):
    path = f"/critical-events/{event['id']}"
    assert api.patch(path, {"title": "High season", "version": event["version"]}).json()["title"] == "High season"
    stale = api.patch(path, {"title": "Low season"}, If_Match=f'"{event["version"]}"')
    assert (stale.status_code, stale.json()["current"]["title"]) == (409, "High season")


def test_a_step_is_laid_back_from_the_day_and_ticked(api, event, step):
    assert (step["finish_by"], step["start_by"], step["done"]) == ("2099-06-01", "2099-05-28", False)
    line = api.get(f"/critical-events/{event['id']}/timeline").json()
    assert (line["late_by"], line["earliest_on"], line["steps"][0]["state"]) == (0, "2099-06-02", "ahead")
    assert api.patch(f"/critical-event-steps/{step['id']}", {"days": 1}).json()["start_by"] == "2099-06-01"
    assert api.post(f"/critical-event-steps/{step['id']}/start", {}).json()["started_on"]
    assert api.post(f"/critical-event-steps/{step['id']}/done", {}).json()["done"] is True
    assert api.get("/critical-event-steps?open=true").json()["results"] == []
    assert api.post(f"/critical-event-steps/{step['id']}/reopen", {}).json()["done"] is False
    assert api.post(f"/critical-event-steps/{step['id']}/move", {"later": True}).json()["position"] == 0
    assert api.post(f"/critical-event-steps/{step['id']}/push", {}).status_code == 400
    assert api.post(f"/critical-event-steps/{step['id']}/drop", {}).json()["dropped_at"]


def test_a_step_is_pushed_into_the_plan(api, account, step):
    plan = api.post("/plans", {"account": account["id"]}).json()
    pushed = api.post(f"/critical-event-steps/{step['id']}/push", {"audience": "internal"}).json()
    twin = api.get(f"/plan-steps/{pushed['plan_step']}").json()
    assert (twin["plan"], twin["title"], twin["due_on"], twin["audience"]) == (
        plan["id"], "Live", "2099-06-01", "internal",
    )  # fmt: skip
    api.post(f"/plan-steps/{twin['id']}/done", {})
    assert api.get(f"/critical-event-steps/{step['id']}").json()["done"] is True


def test_the_message_and_what_was_sent(api, acme_cast, event, step):
    message = api.get(f"/critical-events/{event['id']}/message").json()
    assert "- by 1 June 2099: Live" in message["text"]
    assert api.post(f"/critical-events/{event['id']}/sent", message).status_code == 200
    with tenant_context(acme_cast.tenant):
        assert Event.objects.get(kind="critical_event.message_sent").facts["body"] == message["text"]


def test_it_is_settled_and_opened_again(api, event):
    path = f"/critical-events/{event['id']}"
    assert api.post(f"{path}/reach", {"note": "Live"}).json()["status"] == "reached"
    assert api.post(f"{path}/miss", {}).status_code == 409
    assert api.post(f"{path}/reopen", {}).json()["status"] == "open"
    assert api.post(f"{path}/withdraw", {}).status_code == 400
    assert api.post(f"{path}/miss", {}).json()["status"] == "missed"


def test_silence_is_answered_with_stories(api, event):
    path = f"/critical-events/{event['id']}"
    assert api.post(f"{path}/dark", {"stories": []}).status_code == 400
    assert api.post(f"{path}/dark", {"stories": ["One", "Two"], "every_days": 7}).json()["dark_since"]
    assert api.post(f"{path}/answered", {}).json()["dark_since"] is None


def test_who_gains_and_what_was_answered(api, acme_cast, account, event):
    contact = api.post("/contacts", {"account": account["id"], "name": "Elena Brandt"}).json()
    said = {"critical_event": event["id"], "contact": contact["id"], "gains": "Sleep"}
    row = api.post("/critical-event-stakeholders", said).json()
    assert row["contact"]["name"] == "Elena Brandt"
    assert api.post("/critical-event-stakeholders", said).status_code == 400
    path = f"/critical-event-stakeholders/{row['id']}"
    assert api.patch(path, {"gains": "More sleep"}).json()["gains"] == "More sleep"
    assert api.delete(path).status_code == 204
    answer = {"account": account["id"], "question": "missed", "text": "Overtime", "said_by": contact["id"]}
    assert api.post("/critical-event-answers", answer).status_code == 201
    assert len(api.get("/critical-event-answers?question=missed").json()["results"]) == 1
    with tenant_context(acme_cast.tenant):
        assert not Stakeholder.objects.exists()


def test_another_tenant_finds_nothing_and_a_reader_writes_nothing(rivals, reader, event, step):
    for path in (f"/critical-events/{event['id']}", f"/critical-event-steps/{step['id']}"):
        assert rivals.get(path).status_code == 404
        assert reader.get(path).status_code == 200
        assert reader.patch(path, {"title": "x"}).status_code == 403
    assert rivals.post("/critical-event-steps", {"critical_event": event["id"], "title": "x"}).status_code == 400
