"""Plays through the API: written, tried, switched, taken back; refusals by name; never another tenant's."""

import pytest
import yaml
from django.utils import timezone

from accounts.actions import knowledge
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine
from blueprints.models import DeliveryState, Match, Play, Run, RunStep
from tests.factories.accounts import AccountFactory
from tests.factories.blueprints import DeliveryFactory, PlayFactory, RunFactory, RunStepFactory, step

SMALL = {"all": [{"fact": "account.segment", "is": "smb"}]}


def body(**more: object) -> dict:
    steps = [{"kind": "task", "title": "Call", "role": "csm", "days": 1}]
    return {"name": "Small ones", "because": "they grow", "conditions": SMALL, "steps": steps} | more


@pytest.fixture
def accounts(acme_cast) -> list:
    with tenant_context(acme_cast.tenant):
        made = [AccountFactory(name=f"Small {n:02}", segment="smb", csm=acme_cast.cass) for n in range(30)]
        made.append(AccountFactory(name="Large", segment="enterprise"))
        knowledge.note([account.pk for account in made])
    engine.drain(acme_cast.tenant.pk)
    return made


def test_a_play_is_made_tried_switched_on_with_its_number_and_undone(acme_cast, accounts, api):
    tried = api.post("/plays/preview", {"conditions": SMALL}).json()
    assert (tried["count"], tried["first"][0]["name"]) == (30, "Small 00")
    made = api.post("/plays", body()).json()
    assert (made["state"], made["code"], made["wording"]["number"]) == ("draft", "small-ones", 1)
    refused = api.post(f"/plays/{made['id']}/switch-on", {})
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["confirmed"]
    assert api.post(f"/plays/{made['id']}/switch-on", {"confirmed": 30}).json()["state"] == "on"
    engine.drain(acme_cast.tenant.pk)
    assert len(api.get("/runs?play=small-ones&limit=100").json()["results"]) == 30
    run = api.get("/runs?play=small-ones").json()["results"][0]
    assert api.get(f"/matches/{run['match']}").json()["facts"] == {"account.segment": "smb"}
    assert [one["state"] for one in api.get(f"/runs/{run['id']}/steps").json()["results"]] == ["done"]
    assert api.post(f"/runs/{run['id']}/undo").json()["runs"] == 1
    assert api.get(f"/runs/{run['id']}").json()["state"] == "undone"


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"conditions": {"all": [{"fact": "contract.gone", "is": 1}]}}, "conditions"),
        ({"conditions": {}}, "conditions"),
        ({"trigger": "nothing.happens"}, "trigger"),
        ({"steps": [{"kind": "task", "title": "", "role": "csm", "days": 1}]}, "steps"),
        ({"guards": {"cool_down_days": -1}}, "guards"),
        ({"name": ""}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_made(acme_cast, api, more, place):
    answer = api.post("/plays", body(**more))
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [place]
    assert api.get("/plays").json()["results"] == []


def test_a_revision_keeps_what_isnt_named_and_refuses_a_stale_one(acme_cast, api):
    made = api.post("/plays", body()).json()
    revised = api.patch(f"/plays/{made['id']}", {"name": "Smaller", "version": made["version"]}).json()
    assert (revised["name"], revised["wording"]["steps"]) == ("Smaller", made["wording"]["steps"])
    stale = api.patch(f"/plays/{made['id']}", {"name": "Mine", "version": made["version"]})
    assert stale.status_code == 409
    assert stale.json()["current"]["name"] == "Smaller"


def test_why_not_names_the_condition_that_failed_and_its_value(acme_cast, accounts, api):
    made = api.post("/plays", body()).json()
    api.post(f"/plays/{made['id']}/shadow")
    answer = api.get(f"/plays/{made['id']}/why-not?account={accounts[-1].pk}").json()
    assert answer["code"] == "failed"
    assert answer["reason"]["value"] == "enterprise"
    assert api.get(f"/plays/{made['id']}/why-not").status_code == 400
    assert api.get(f"/plays/{made['id']}/why-not?account=987654321").status_code == 404


def test_shadow_and_pause(acme_cast, accounts, api):
    made = api.post("/plays", body()).json()
    assert api.post(f"/plays/{made['id']}/shadow").json()["state"] == "shadow"
    engine.drain(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        assert (Match.objects.count(), Run.objects.count()) == (30, 0)
    assert api.post(f"/plays/{made['id']}/pause").json()["state"] == "paused"


def test_plays_go_out_as_yaml_and_come_in_again(acme_cast, rivals, rival, api):
    api.post("/plays", body(exit={"all": [{"fact": "account.segment", "is_not": "smb"}]}))
    text = api.get("/plays/export").json()["yaml"]
    assert rivals.post("/plays/import", {"yaml": text}).json() == {
        "created": ["small-ones"], "revised": [], "unchanged": [],
    }  # fmt: skip
    assert rivals.get("/plays/export").json()["yaml"] == text
    assert rivals.post("/plays/import", {"yaml": text}).json()["unchanged"] == ["small-ones"]
    said = yaml.safe_load(text)
    said["plays"][0]["conditions"]["all"][0]["fact"] = "ext.nps"
    refused = rivals.post("/plays/import", {"yaml": yaml.safe_dump(said)})
    assert refused.status_code == 400
    assert "ext.nps" in str(refused.json()["errors"]["plays"]["0"]["conditions"])
    assert rivals.post("/plays/import", {"yaml": "plays: [\n"}).status_code == 400


def test_an_approval_is_given_with_other_words_or_declined_with_a_reason(acme_cast, api):
    with tenant_context(acme_cast.tenant):
        draft = {"to": "kim@x.test", "name": "Kim", "subject": "News", "text": "Dear Kim"}
        mail = [{"kind": "email", "to_roles": ["champion"], "subject": "News", "body": "Dear"}]
        play = PlayFactory(trigger="", steps=mail)
        asking = [
            RunStepFactory(
                run=RunFactory(match__play=play), kind="email", number=0, state="asking", did={"drafts": [draft]}
            )
            for _ in range(2)
        ]
    refused = api.post(f"/approvals/{asking[0].pk}/approve", {"drafts": [{"subject": ""}]})
    assert refused.status_code == 400
    approved = api.post(f"/approvals/{asking[0].pk}/approve", {"drafts": [{"subject": "Better"}]})
    assert approved.json()["drafts"][0]["subject"] == "Better"
    assert api.post(f"/approvals/{asking[0].pk}/approve", {}).status_code == 409
    assert api.post(f"/approvals/{asking[1].pk}/decline", {"reason": " "}).status_code == 400
    assert api.post(f"/approvals/{asking[1].pk}/decline", {"reason": "Not now"}).json()["state"] == "declined"
    with tenant_context(acme_cast.tenant):
        assert RunStep.objects.get(pk=asking[1].pk).error == "Not now"


def test_what_was_given_up_is_sent_again(acme_cast, api):
    with tenant_context(acme_cast.tenant):
        dead = DeliveryFactory(state=DeliveryState.DEAD, attempts=8)
        sent = DeliveryFactory(state=DeliveryState.SENT, sent_at=timezone.now())
    assert [row["id"] for row in api.get("/deliveries?state=dead").json()["results"]] == [dead.pk]
    assert api.post(f"/deliveries/{dead.pk}/send-again").json()["state"] == "waiting"
    assert api.post(f"/deliveries/{sent.pk}/send-again").status_code == 400


def test_an_endpoint_tells_its_secret_once_and_a_template_its_problems(acme_cast, api):
    made = api.post("/endpoints", {"name": "Hub", "kind": "webhook", "url": "https://hooks.example.com/in"}).json()
    assert made["secret"].startswith("whsec_")
    assert "secret" not in api.get(f"/endpoints/{made['id']}").json()
    inside = api.post("/endpoints", {"name": "In", "kind": "webhook", "url": "http://127.0.0.1/"})
    assert list(inside.json()["errors"]) == ["url"]
    wrong = api.post("/message-templates", {"name": "M", "subject": "S", "body": "{{ account.password }}"})
    assert list(wrong.json()["errors"]) == ["body"]


def test_the_schema_names_the_facts_of_this_workspace(acme_cast, api):
    assert "contract.renewal_on" in str(api.get("/play-schema").json())


def test_readers_read_and_rivals_find_nothing(acme_cast, reader, rivals):
    with tenant_context(acme_cast.tenant):
        play = PlayFactory(steps=[step()])
        run = RunFactory()
        dead = DeliveryFactory(state=DeliveryState.DEAD)
    assert reader.get(f"/plays/{play.pk}").status_code == 200
    assert reader.post(f"/plays/{play.pk}/pause").status_code == 403
    for path in (f"/plays/{play.pk}", f"/runs/{run.pk}", f"/runs/{run.pk}/steps", f"/deliveries/{dead.pk}",
                 f"/matches/{run.match_id}", f"/endpoints/{dead.endpoint_id}"):  # fmt: skip
        assert rivals.get(path).status_code == 404
    for path in (f"/plays/{play.pk}/pause", f"/runs/{run.pk}/undo", f"/deliveries/{dead.pk}/send-again"):
        assert rivals.post(path).status_code == 404
    with tenant_context(acme_cast.tenant):
        assert Play.objects.get(pk=play.pk).state == "on"
