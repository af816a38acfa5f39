"""Meetings through the API."""

from __future__ import annotations

import pytest

from accounts.models import Task
from accounts.tenancy.context import tenant_context
from journeys.meetings.models import Meeting
from tests.factories import meetings as make
from tests.factories.accounts import AccountFactory, ContactFactory


@pytest.fixture
def told(acme_cast):
    with tenant_context(acme_cast.tenant):
        account = AccountFactory()
        contact = ContactFactory(account=account)
    return {
        "account": account.pk, "kind": "kickoff", "title": "Kickoff", "goal": "Agree on June.",
        "starts_at": "2027-03-02T14:00:00Z", "ends_at": "2027-03-02T15:00:00Z",
        "agenda": [{"title": "Goals", "minutes": 20}, {"title": "Close"}],
        "attendees": [{"user": "cass@acme.test", "role": "Hosts"}, {"contact": contact.pk, "context": "Signed it"}],
    }  # fmt: skip


def test_a_meeting_is_scheduled_run_and_closed(acme_cast, api, told):
    answer = api.post("/meetings", told)
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert [(point["title"], point["minutes"]) for point in body["agenda"]] == [("Goals", 20), ("Close", 10)]
    assert [each["context"] for each in body["attendees"]] == ["", "Signed it"]
    at = f"/meetings/{body['id']}"
    assert api.post(f"{at}/start", {}).json()["status"] == "running"
    assert api.put(f"{at}/notes", {"notes": "They want June.", "version": 1}).json()["notes_version"] == 2
    assert api.put(f"{at}/notes", {"notes": "July.", "version": 1}).status_code == 409
    assert api.post(f"{at}/decisions", {"text": "North first."}).json()["decisions"][0]["text"] == "North first."
    step = {"what": "Send the template", "user": "cass@acme.test", "due_on": "2027-03-09"}
    body = api.post(f"{at}/next-steps", step).json()
    with tenant_context(acme_cast.tenant):
        assert body["next_steps"][0]["task"] == Task.objects.get().pk
    there = [body["attendees"][1]["id"]]
    closing = {"goal_met": "partly", "next_outcome": "Data is in", "attended": there, "version": body["version"]}
    body = api.post(f"{at}/close", closing).json()
    assert (body["status"], body["goal_met"], body["next_outcome"]) == ("held", "partly", "Data is in")
    assert [each["attended"] for each in body["attendees"]] == [False, True]
    assert api.get("/meetings?status=held").json()["results"][0]["id"] == body["id"]


def test_what_is_wrong_is_named_together(acme_cast, api, told):
    with tenant_context(acme_cast.tenant):
        stranger = ContactFactory()
    wrong = told | {"kind": "party", "attendees": [{"role": "Hosts"}], "color": "red"}
    errors = api.post("/meetings", wrong).json()["errors"]
    assert {"kind", "color"} <= errors.keys()
    refused = api.post("/meetings", told | {"attendees": [{"contact": stranger.pk}]})
    assert refused.status_code == 400
    refused = api.post("/meetings", told | {"ends_at": "2027-03-02T13:00:00Z"})
    assert refused.json()["errors"] == {"ends_at": ["A meeting ends after it starts."]}
    with tenant_context(acme_cast.tenant):
        assert not Meeting.objects.exists()


def test_a_stale_change_is_refused_with_the_meeting_as_it_stands(acme_cast, api, told):
    body = api.post("/meetings", told).json()
    at = f"/meetings/{body['id']}"
    assert api.patch(at, {"title": "Kickoff in Austin", "version": 1}).json()["version"] == 2
    assert api.patch(at, {"title": "Kickoff in Berlin", "version": 1}).status_code == 409
    cancelled = api.post(f"{at}/cancel", {"reason": "Ill"}).json()
    assert (cancelled["title"], cancelled["status"]) == ("Kickoff in Austin", "cancelled")
    assert api.post(f"{at}/start", {}).status_code == 409


def test_another_tenant_finds_nothing(acme_cast, rivals):
    with tenant_context(acme_cast.tenant):
        meeting = make.planned(acme_cast)
    assert rivals.get(f"/meetings/{meeting.pk}").status_code == 404
    assert rivals.post(f"/meetings/{meeting.pk}/start", {}).status_code == 404


def test_a_key_that_reads_changes_nothing(acme_cast, reader):
    with tenant_context(acme_cast.tenant):
        meeting = make.planned(acme_cast)
    assert reader.get(f"/meetings/{meeting.pk}").json()["title"] == "Kickoff"
    assert reader.post(f"/meetings/{meeting.pk}/start", {}).status_code == 403
