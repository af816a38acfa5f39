"""Plays: switched on, paused, worded anew, each time told on the record."""

import pytest
from django.db import ProgrammingError, transaction

from accounts.actions.errors import Conflict, Refused
from accounts.models import CustomField, Event
from accounts.registry import tell
from blueprints.actions import documents, plays
from blueprints.models import PlayState, PlayVersion
from tests.factories.blueprints import PlayFactory, step


def told(kind: str) -> list[dict]:
    return list(Event.objects.filter(kind=kind).values_list("facts", flat=True))


def test_switching_on_says_since_when_and_by_whom(acme):
    play = PlayFactory(state="draft", on_since=None)
    plays.switch_on(play, by=acme.olly)
    assert (play.state, play.on_since is not None) == (PlayState.ON, True)
    event = Event.objects.get(kind="play.switched_on")
    assert (event.actor, event.facts) == (acme.olly, {"play": play.name, "play_id": play.pk})


def test_switching_on_twice_keeps_the_first_instant(acme):
    play = PlayFactory(state="draft", on_since=None)
    plays.switch_on(play, by=acme.olly)
    since = play.on_since
    plays.switch_on(play, by=acme.olly)
    assert play.on_since == since
    assert len(told("play.switched_on")) == 1


def test_pausing_twice_is_told_once(acme):
    play = PlayFactory()
    plays.pause(play, by=acme.olly)
    plays.pause(play, by=acme.olly)
    assert play.state == PlayState.PAUSED
    assert len(told("play.paused")) == 1


def test_a_revision_keeps_the_conditions_and_the_old_wording(acme):
    conditions = {"all": [{"fact": "event.buying_role", "is": "champion"}]}
    play = PlayFactory(steps=[step("Old")], steps__conditions=conditions)
    made = plays.revise(play, {"name": "Better"}, [step("  New ", days=4)], by=acme.olly, version=1)
    assert (made.number, made.conditions, made.created_by) == (2, conditions, acme.olly)
    assert made.steps == [{"title": "New", "detail": "", "role": "csm", "days": 4, "blueprint": ""}]
    assert [v.steps[0]["title"] for v in play.versions.all()] == ["New", "Old"]
    assert (play.name, play.version) == ("Better", 2)
    assert told("play.revised") == [{"play": "Better", "play_id": play.pk, "number": 2}]


def test_a_revision_that_changes_nothing_makes_no_version(acme):
    play = PlayFactory(steps=[step("Same")])
    assert plays.revise(play, {"name": play.name}, [step("Same")], by=acme.olly, version=1).number == 1
    assert (PlayVersion.objects.count(), play.version) == (1, 1)


def test_a_stale_revision_is_told_and_writes_nothing(acme):
    play = PlayFactory()
    plays.revise(play, {}, [step("First")], by=acme.olly, version=1)
    with pytest.raises(Conflict) as conflict:
        plays.revise(play, {}, [step("Second")], by=acme.lee, version=1)
    assert conflict.value.current.version == 2
    assert PlayVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ([], {"steps": ["A play needs at least one step."]}),
        ([step()] * 31, {"steps": ["At most 30 steps."]}),
        ([step(), step(" ")], {"steps.1.title": ["Say what is to be done."]}),
        ([step("x" * 201)], {"steps.0.title": ["At most 200 characters."]}),
        (
            [step(role="boss")],
            {"steps.0.role": ["One of: CSM, Account executive, Delivery, CSM with the fewest open tasks."]},
        ),
        ([step(days=-1)], {"steps.0.days": ["Business days from 0 to 365."]}),
        ([step(days="2")], {"steps.0.days": ["Business days from 0 to 365."]}),
    ],
)
def test_wrong_steps_are_named_and_nothing_is_written(acme, wrong, errors):
    play = PlayFactory()
    with pytest.raises(Refused) as refused:
        plays.revise(play, {"name": "Other"}, wrong, by=acme.olly)
    assert refused.value.errors == errors
    play.refresh_from_db()
    assert (PlayVersion.objects.count(), Event.objects.count()) == (1, 0)
    assert play.name != "Other"


def test_a_version_can_not_be_rewritten(acme):
    play = PlayFactory()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        PlayVersion.objects.filter(play=play).update(steps=[])


def test_conditions_are_described_in_words(acme):
    play = PlayFactory(steps__conditions={"all": [{"fact": "event.buying_role", "is": "champion"}]})
    assert plays.describe(play.current()) == ["Buying role is Champion"]


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        (
            "run.started",
            {"play": "Onboarding", "tasks": 1, "because": "The champion left."},
            "Onboarding began: The champion left.",
        ),
        ("play.released", {"play": "Renewal", "count": 1}, "Renewal: 1 run began"),
        ("play.released", {"play": "Renewal", "count": 1200}, "Renewal: 1,200 runs began"),
        ("play.dropped", {"play": "Renewal", "count": 1}, "Renewal: dropped 1 match"),
        ("play.dropped", {"play": "Renewal", "count": 2}, "Renewal: dropped 2 matches"),
        ("play.dropped", {"play": "Renewal"}, "Renewal: dropped —"),
    ],
)
def test_what_plays_did_reads_as_a_sentence(kind, facts, said):
    assert tell(kind, facts) == said


def saying(title: str, **more: object) -> dict:
    conditions = {"all": [{"fact": "account.segment", "is": "SMB"}]}
    values = {"name": "Said", "because": "x", "kind": "risk", "steps": [{"kind": "task", "title": title, "role": "csm",
              "days": 1}]}  # fmt: skip
    return values | ({} if "trigger" in more else {"conditions": conditions}) | more


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (saying("Ask {{ event.name }}"), "“event.name”: only a play that listens to an event can say this."),
        (saying("{{ account.custom.shoe }}"), "“account.custom.shoe” is no variable."),
    ],
)
def test_a_text_that_could_never_be_filled_is_refused_before_it_is_saved(acme, values, problem):
    with pytest.raises(Refused) as refused:
        plays.create(values, by=acme.olly)
    assert refused.value.errors == {"steps.0.title": [problem]}


def test_a_text_names_the_event_and_the_fields_that_there_are(acme):
    CustomField.objects.create(key="shoe", label="Shoe", type="text")
    plays.create(saying("{{ account.custom.shoe }} {{ event.name }}", trigger="contact.departed"), by=acme.olly)


@pytest.mark.parametrize("field", ["code", "name", "because"])
def test_characters_that_no_text_has_are_refused(acme, field):
    with pytest.raises(Refused) as refused:
        plays.create(saying("Call") | {field: "a\0b"}, by=acme.olly)
    assert list(refused.value.errors) == [field]


def test_a_file_with_such_a_character_is_refused(acme):
    play = '- code: "a\\0b"\n  name: "A\\0"\n  because: x\n  steps:\n  - {title: T, role: csm, days: 1}\n'
    with pytest.raises(Refused) as refused:
        documents.bring(f"format: 1\nplays:\n{play}", by=acme.olly)
    assert set(refused.value.errors) == {"plays.0.code", "plays.0.name"}
