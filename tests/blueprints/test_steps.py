"""Steps as data: each problem named by its step and field, and a schema that says the same."""

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.registry import Fact, FactType
from blueprints import steps
from blueprints.steps import Known
from tests.factories.blueprints import step

FACTS = {
    "account.segment": Fact("account.segment", "Segment", FactType.TEXT),
    "custom.tier": Fact("custom.tier", "Tier", FactType.NUMBER),
}
KNOWN = Known(facts=FACTS, endpoints={1: "slack", 2: "webhook"}, templates={3}, plays={"other"}, people={5})
HOLDS = {"all": [{"fact": "run.tasks_open", "is": 0}]}
GOOD = [
    step("Call {{ account.name }}", "least_loaded_csm"),
    {"kind": "email", "to_roles": ["champion"], "subject": "Hi {{ contact.name }}", "body": "Dear {{ contact.name }}"},
    {"kind": "email", "to_roles": ["decider"], "template": 3, "approve": False, "wait_days": 2},
    {"kind": "notice", "to": "leader", "text": "{{ because }}", "when": HOLDS},
    {"kind": "slack", "endpoint": 1, "text": "Look: {{ account.name }}"},
    {"kind": "webhook", "endpoint": 2, "payload": {"segment": "{{ fact.account.segment }}"}},
    {"kind": "field", "path": "custom.tier", "value": 2},
    {"kind": "hand_over", "role": "csm", "to": "least_loaded"},
    {"kind": "hand_over", "role": "ae", "to": 5},
    {"kind": "play", "code": "other"},
    {"kind": "wait", "days": 3},
    {"kind": "wait", "until": HOLDS, "at_most_days": 10},
]


def test_good_steps_have_no_problems_and_keep_to_the_schema():
    assert steps.validate(GOOD, KNOWN) == []
    schema = steps.play_schema(FACTS)
    jsonschema.Draft202012Validator.check_schema(schema)
    play = {"name": "P", "because": "it helps", "steps": GOOD, "conditions": {}, "guards": {"approve": None}}
    jsonschema.Draft202012Validator(schema).validate(play)


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ({"title": " ", "role": "csm", "days": 1}, "Step 1, title: Say what is to be done."),
        ({"title": "x" * 201, "role": "csm", "days": 1}, "Step 1, title: At most 200 characters."),
        ({"title": "a\nb", "role": "csm", "days": 1}, "Step 1, title: This must be one line."),
        ({"title": "{{ nope }}", "role": "csm", "days": 1}, "Step 1, title: “nope” is no variable."),
        (
            {"title": "a", "role": "boss", "days": 1},
            "Step 1, role: One of: CSM, Account executive, Delivery, CSM with the fewest open tasks.",
        ),
        ({"title": "a", "role": "csm", "days": 366}, "Step 1, days: Business days from 0 to 365."),
        ({"title": "a", "role": "csm", "days": True}, "Step 1, days: Business days from 0 to 365."),
        (step() | {"endpoint": 1}, "Step 1, endpoint: This kind of step has no such field."),
        (step() | {"wait_days": -1}, "Step 1, wait_days: Business days from 0 to 365."),
        (
            step() | {"when": {"all": [{"fact": "no.such", "is": 1}]}},
            "Step 1, when: “no.such” is no fact that is known here.",
        ),
        ({"kind": "slack", "endpoint": 2, "text": "x"}, "Step 1, endpoint: There is no such Slack-compatible "
         "endpoint."),
        ({"kind": "slack", "text": "x"}, "Step 1, endpoint: Choose an endpoint."),
        ({"kind": "webhook"}, "Step 1, endpoint: Choose an endpoint."),
        ({"kind": "webhook", "endpoint": 9}, "Step 1, endpoint: There is no such webhook."),
        (
            {"kind": "webhook", "endpoint": 2, "payload": {"a": "{{ contact.name }}"}},
            "Step 1, payload.a: “contact.name”: no contact is addressed here.",
        ),
        ({"kind": "play", "code": "gone"}, "Step 1, code: There is no play of this code."),
        ({"kind": "field", "path": "custom.tier"}, "Step 1, value: Say the value."),
        ({"kind": "wait", "days": 0}, "Step 1, days: Business days from 1 to 365, or until something holds."),
        (
            {"kind": "wait", "until": HOLDS},
            "Step 1, at_most_days: At most so many business days: from 1 to 365.",
        ),
        ({"kind": "hand_over", "role": "csm", "to": 6}, "Step 1, to: Somebody of this workspace, or whoever has the "
         "fewest open tasks."),
        ("x", "Step 1: A step is an object with its kind and fields."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_step_and_field(bad, problem):
    assert steps.validate([bad], KNOWN) == [problem]


def test_a_play_has_steps_but_not_too_many():
    assert steps.validate([], KNOWN) == ["A play needs at least one step."]
    assert steps.validate([step()] * 31, KNOWN) == ["At most 30 steps."]
    assert steps.errors([step(), {"kind": "sing"}], KNOWN).keys() == {"steps.1.kind"}


def test_an_unknown_kind_and_an_unknown_fact_are_not_in_the_schema():
    validator = jsonschema.Draft202012Validator(steps.play_schema(FACTS))
    play = {"name": "P", "because": "x", "steps": [step()]}
    assert validator.is_valid(play)
    assert not validator.is_valid(play | {"steps": [{"kind": "sing"}]})
    assert not validator.is_valid(play | {"conditions": {"all": [{"fact": "no.such", "is": 1}]}})
    assert not validator.is_valid(play | {"steps": [{"kind": "wait", "days": 0}]})


def test_a_step_is_kept_without_what_it_does_not_say():
    assert steps.plain({"title": " Call ", "role": "csm", "days": 2, "kind": "task", "when": {}}) == step("Call")
    assert steps.plain({"kind": "field", "path": "custom.tier", "value": None}) == {
        "kind": "field", "path": "custom.tier", "value": None,
    }  # fmt: skip


JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.sampled_from(sorted(steps.KINDS))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["kind", "title", "role", "to", "endpoint", "when", "until", "payload", "path", "to_roles"]),
        inner, max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(said=st.lists(JUNK, max_size=3))
def test_whatever_is_sent_gets_an_answer(said):
    for problem in steps.validate(said, KNOWN):
        assert isinstance(problem, str)
