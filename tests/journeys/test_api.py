"""The first day through the API alone: a handoff comes in, goes back, is accepted; SPICED is kept by letter."""

import pytest

from accounts.models import Event
from accounts.tenancy.context import tenant_context
from journeys.models import Journey, SpicedEntry
from journeys.onboarding.questions import BY_CODE

ANSWERS = {code: {"text": f"What we know about {code} in a sentence or two."} for code in BY_CODE}


def kinds(tenant):
    with tenant_context(tenant):
        return list(Event.objects.order_by("id").values_list("kind", flat=True))


@pytest.fixture
def account(api):
    return api.post("/accounts", {"name": "Northwind", "external_id": "nw"}).json()


@pytest.fixture
def handoff(api, account):
    said = {"account_external_id": "nw", "rep": "sal@acme.test", "committed_on": "2026-11-02"}
    answer = api.post("/handoffs", said)
    assert answer.status_code == 201, answer.json()
    return answer.json()


class TestHandoffs:
    def test_one_is_opened_with_every_question_missing(self, handoff, api, account, acme_cast):
        assert (handoff["status"], handoff["rep"]["id"], handoff["account"]) == (
            "draft",
            acme_cast.sal.pk,
            account["id"],
        )
        assert handoff["missing"] == list(handoff["answers"]) == list(BY_CODE)
        assert api.get(f"/handoffs?account={account['id']}&status=draft").json()["results"] == [handoff]
        again = api.post("/handoffs", {"account": account["id"], "rep": "sal@acme.test", "committed_on": "2026-11-02"})
        assert again.status_code == 400
        assert again.json()["errors"] == {"account": ["This account has an open handoff already."]}

    def test_it_can_not_be_submitted_until_every_question_is_answered(self, api, handoff, acme_cast):
        path = f"/handoffs/{handoff['id']}"
        api.patch(path, {"answers": {"pain": {"text": "Order entry takes two days."}}})
        refused = api.post(f"{path}/submit")
        assert refused.status_code == 400
        assert set(refused.json()["errors"]) == set(BY_CODE) - {"pain"}
        assert api.get(path).json()["status"] == "draft"
        assert "handoff.submitted" not in kinds(acme_cast.tenant)

    def test_the_loop_runs_from_draft_to_accepted(self, api, handoff, account, acme_cast):
        path = f"/handoffs/{handoff['id']}"
        answers = ANSWERS | {"decision": {"not_known": True}}
        filled = api.patch(path, {"answers": answers, "kickoff_on": "2026-12-01"}).json()
        assert filled["missing"] == []
        submitted = api.post(f"{path}/submit", {"csm": "cass@acme.test"}).json()
        assert (submitted["status"], submitted["csm"]["id"]) == ("submitted", acme_cast.cass.pk)
        assert [point["question"] for point in submitted["agenda"]] == ["decision"]
        returned = api.post(f"{path}/return", {"reasons": {"impact_rational": "By how much?"}}).json()
        assert (returned["status"], returned["returns"]) == ("returned", 1)
        assert returned["answers"]["impact_rational"]["return_reason"] == "By how much?"
        better = {"text": "From two days to two hours.", "version": returned["answers"]["impact_rational"]["version"]}
        assert api.put(f"{path}/answers/impact_rational", better).status_code == 200
        assert api.put(f"{path}/answers/impact_rational", better | {"text": "Other"}).status_code == 409
        assert api.post(f"{path}/submit").json()["status"] == "submitted"
        accepted = api.post(f"{path}/accept", Idempotency_Key="accept-1").json()
        assert (accepted["status"], accepted["accepted_by"]["id"]) == ("accepted", acme_cast.ada.pk)
        assert api.post(f"{path}/accept", Idempotency_Key="accept-1").json() == accepted
        assert api.post(f"{path}/accept").status_code == 409
        after = api.get(f"/accounts/{account['id']}").json()
        assert (after["phase"], after["csm"]["id"]) == ("onboarding", acme_cast.cass.pk)
        assert kinds(acme_cast.tenant).count("handoff.accepted") == 1
        with tenant_context(acme_cast.tenant):
            assert Journey.objects.count() == 1
        point = accepted["agenda"][0]
        done = api.post(f"{path}/agenda/{point['id']}/answer", {"text": "The board, in March."}).json()
        assert done["agenda"][0]["status"] == "answered"

    def test_promises_are_kept_and_settled(self, api, handoff):
        path = f"/handoffs/{handoff['id']}"
        promised = api.post(f"{path}/promises", {"text": "SSO by May", "kind": "date", "due_on": "2027-05-01"}).json()
        promise = promised["promises"][0]
        early = api.post(f"{path}/promises/{promise['id']}/settle", {"outcome": "kept"})
        assert (early.status_code, early.json()["detail"]) == (
            400,
            "A promise is settled once the handoff is accepted.",
        )
        api.patch(path, {"answers": ANSWERS})
        api.post(f"{path}/submit")
        api.post(f"{path}/accept", {"csm": "cass@acme.test"})
        broken = api.post(f"{path}/promises/{promise['id']}/settle", {"outcome": "broken"})
        assert set(broken.json()["errors"]) == {"note"}
        kept = api.post(f"{path}/promises/{promise['id']}/settle", {"outcome": "kept"}).json()
        assert kept["promises"][0]["outcome"] == "kept"

    def test_wrong_questions_and_people_are_named(self, api, handoff):
        path = f"/handoffs/{handoff['id']}"
        body = api.patch(
            path, {"answers": {"weather": {"text": "x"}, "pain": {"txet": "x"}}, "rep": "nobody@x.test"}
        ).json()
        assert set(body["errors"]) == {"answers", "rep"}
        assert api.put(f"{path}/answers/weather", {"text": "x"}).status_code == 404
        assert set(api.post(f"{path}/return", {"reasons": {"weather": "x"}}).json()["errors"]["reasons"]) == {"weather"}

    def test_a_reader_may_not_decide(self, reader, handoff):
        assert reader.get(f"/handoffs/{handoff['id']}").json() == handoff
        assert reader.post(f"/handoffs/{handoff['id']}/accept").status_code == 403

    def test_a_page_costs_the_same_whatever_its_size(self, api, django_assert_max_num_queries):
        for n in range(4):
            made = api.post("/accounts", {"name": f"A {n}"}).json()
            said = {"account": made["id"], "rep": "sal@acme.test", "committed_on": "2026-11-02", "answers": ANSWERS}
            assert api.post("/handoffs", said).status_code == 201
        api.get("/me")
        for limit in (1, 4):
            # The key, the transaction and its tenant, the page, and its answers, promises and agendas.
            with django_assert_max_num_queries(12):
                assert len(api.get(f"/handoffs?limit={limit}").json()["results"]) == limit


class TestSpiced:
    def test_a_statement_is_said_corrected_and_confirmed(self, api, account, acme_cast):
        ines = api.post("/contacts", {"account": account["id"], "name": "Ines"}).json()
        said = {
            "account_external_id": "nw", "letter": "critical_event", "statement": "The new plant opens",
            "due_on": "2027-03-01", "consequence": "Orders by hand", "said_by": ines["id"], "source": "meeting",
        }  # fmt: skip
        first = api.post("/spiced-entries", said).json()
        assert (first["said_by"], first["replaced_by"]) == ({"id": ines["id"], "name": "Ines"}, None)
        assert first["written_by"]["id"] == acme_cast.ada.pk
        second = api.post(f"/spiced-entries/{first['id']}/correct", {"statement": "The new plant opens in April"})
        assert (second.status_code, second.json()["replaces"]) == (201, first["id"])
        assert api.get(f"/spiced-entries/{first['id']}").json()["replaced_by"] == second.json()["id"]
        again = api.post(f"/spiced-entries/{first['id']}/correct", {"statement": "Another"})
        assert again.status_code == 400
        path = f"/spiced-entries/{second.json()['id']}/confirm"
        agreed = api.post(path, {"contact": ines["id"]}).json()
        assert [one["contact"]["name"] for one in agreed["confirmations"]] == ["Ines"]
        assert api.post(path, {"contact": ines["id"]}).status_code == 400
        standing = api.get(f"/spiced-entries?account={account['id']}&standing=true").json()["results"]
        assert [entry["id"] for entry in standing] == [second.json()["id"]]

    def test_an_impact_says_whose_it_is(self, api, account):
        said = {"account": account["id"], "letter": "impact", "statement": "Two hours instead of two days"}
        assert set(api.post("/spiced-entries", said).json()["errors"]) == {"kind"}
        body = api.post("/spiced-entries", said | {"kind": "rational"}).json()
        assert (body["kind"], body["source"]) == ("rational", "api")
        assert set(api.post("/spiced-entries", said | {"kind": "rational", "source": "handoff"}).json()["errors"]) == {
            "source"
        }

    def test_another_tenants_record_is_unknown(self, api, rivals, account, acme_cast):
        theirs = rivals.post("/accounts", {"name": "Canary"}).json()
        entry = rivals.post(
            "/spiced-entries", {"account": theirs["id"], "letter": "pain", "statement": "Canary"}
        ).json()
        rep = {"rep": "rita@rival.test", "committed_on": "2026-11-02"}
        handoff = rivals.post("/handoffs", rep | {"account": theirs["id"]}).json()
        assert api.get(f"/spiced-entries/{entry['id']}").status_code == 404
        assert api.post(f"/spiced-entries/{entry['id']}/correct", {"statement": "x"}).status_code == 404
        for path in (f"/handoffs/{handoff['id']}", "/handoffs/987654"):
            assert api.get(path).status_code == 404
            assert api.post(f"{path}/submit").status_code == 404
            assert api.post(f"{path}/accept").status_code == 404
            assert api.post(f"{path}/return", {"reasons": {"pain": "x"}}).status_code == 404
            assert api.put(f"{path}/answers/pain", {"text": "x"}).status_code == 404
            assert api.patch(path, {}).status_code == 404
        assert api.get("/spiced-entries").json()["results"] == api.get("/handoffs").json()["results"] == []
        with tenant_context(acme_cast.tenant):
            assert SpicedEntry.objects.count() == 0
