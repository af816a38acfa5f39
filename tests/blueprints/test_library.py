"""The operating model as data: whole, consistent, and loaded without treading on what people changed."""

import re
from dataclasses import replace

import pytest
from django.core.management import call_command

from accounts.actions.errors import Refused
from accounts.registry import Fact, FactType, event_kinds, known_facts
from accounts.tenancy.context import tenant_context
from blueprints import guards, library, rules, steps
from blueprints.actions import library as loading
from blueprints.actions import plays
from blueprints.models import Blueprint, Play, PlayState, PlayVersion
from tests.factories.blueprints import step

CODES = [
    "00", "01", "02", "03", "04", "A1", "A2", "A3", "A4", "A5", "E1", "E2", "E3", "E4", "E5",
    "S1", "S2", "S3", "S4", "S5", "S6",
]  # fmt: skip
LETTERS = {"situation", "pain", "impact", "critical_event", "decision"}
OWN_KINDS = {"run.started", "task.created"}  # what a run itself leaves: listening to it would never end


def test_every_blueprint_is_there_in_order():
    assert [spec.code for spec in library.blueprints()] == CODES


@pytest.mark.parametrize("spec", library.blueprints(), ids=lambda spec: spec.code)
def test_a_blueprint_is_whole(spec):
    assert spec.title
    assert spec.goal.endswith(".")
    assert len(spec.summary) > 100
    assert len(spec.goal) <= 200
    assert len(spec.steps) >= 3
    assert len(spec.checklist) >= 2
    assert set() < set(spec.letters) <= LETTERS
    assert {question["letter"] for question in spec.questions} <= set(spec.letters)
    assert spec.next in {*CODES, ""}


def test_the_way_through_the_model_passes_every_blueprint_of_the_phases():
    by_code = {spec.code: spec for spec in library.blueprints()}
    passed, code = [], "00"
    while code:
        passed.append(code)
        code = by_code[code].next
    assert passed == CODES[:15]


@pytest.mark.parametrize("spec", library.plays(), ids=lambda spec: spec.code)
def test_a_play_of_the_library_would_pass_as_a_persons(acme, spec):
    """But for facts that a workspace has to bring itself, which are named when it is switched on."""
    facts = known_facts()
    own = {
        name for name in rules.names(spec.conditions) + rules.names(spec.exit) if name.startswith(("ext.", "usage."))
    }
    facts |= {name: Fact(name, name, FactType.DATE if name.endswith("_on") else FactType.NUMBER, dated_by="x")
              for name in own - set(facts)}  # fmt: skip
    known = steps.Known(facts=facts)
    assert rules.validate(spec.conditions, facts, of_event=bool(spec.trigger)) == []
    assert rules.validate(spec.exit, facts, of_event=False) == []
    assert steps.validate(spec.steps, known) == []
    assert guards.validate(spec.guards) == {}
    assert {each["blueprint"] for each in spec.steps if each.get("blueprint")} <= set(CODES)
    assert re.match(r"[a-z].*\.$", spec.because)
    assert spec.trigger not in OWN_KINDS


def test_plays_listen_to_kinds_that_some_room_declares():
    assert {spec.trigger for spec in library.plays()} - {""} <= {kind.kind for kind in event_kinds()}


def test_a_play_that_asks_for_what_nobody_sends_says_so_and_stays_off(acme):
    loading.load(acme.tenant)
    play = Play.objects.get(code="detractor")
    with pytest.raises(Refused, match=r"ext\.nps"):
        plays.switch_on(play, by=acme.olly)
    assert Play.objects.get(code="detractor").state == PlayState.DRAFT


def test_loading_twice_changes_nothing(acme):
    loading.load(acme.tenant)
    before = list(Blueprint.objects.values()), list(Play.objects.values()), PlayVersion.objects.count()
    loading.load(acme.tenant)
    assert (list(Blueprint.objects.values()), list(Play.objects.values()), PlayVersion.objects.count()) == before
    # What accepting a handoff has always meant; every other play waits until somebody chooses it.
    assert set(Play.objects.on().values_list("code", flat=True)) == {"onboarding"}


def test_a_workspace_may_be_furnished_with_plays_chosen(acme):
    loading.load(acme.tenant, chosen=("champion-departed",))
    assert set(Play.objects.on().values_list("code", flat=True)) == {"onboarding", "champion-departed"}


def test_loading_renews_blueprints_and_leaves_plays_to_their_people(acme):
    loading.load(acme.tenant)
    Blueprint.objects.filter(code="01").update(goal="Old words")
    play = Play.objects.get(code="onboarding")
    plays.revise(play, {}, [step("Ours")], by=acme.olly)
    plays.pause(play, by=acme.olly)
    loading.load(acme.tenant)
    assert Blueprint.objects.get(code="01").goal == "Nothing that the customer told sales has to be told twice."
    play = Play.objects.get(code="onboarding")
    assert (play.state, play.current().steps[0]["title"]) == (PlayState.PAUSED, "Ours")


def test_the_command_loads_the_tenants_that_it_is_told(acme_cast, rival, capsys):
    call_command("load_library", "acme")
    with tenant_context(acme_cast.tenant):
        assert Blueprint.objects.count() == 21
    with tenant_context(rival.tenant):
        assert Blueprint.objects.count() == 0


def test_conditions_that_mean_nothing_are_never_stored(acme, monkeypatch):
    spec = replace(library.plays()[0], conditions={"all": []})
    monkeypatch.setattr(library, "plays", lambda: (spec,))
    with pytest.raises(ValueError, match="at least one test"):
        loading.load(acme.tenant)
    assert not Play.objects.exists()
