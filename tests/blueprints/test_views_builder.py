"""The builder: events in groups, what conditions may ask about each, and what is said where a value won't do."""

import re

import pytest
from django.http import QueryDict

from accounts.registry import Fact, FactType, event_kinds, group_of
from blueprints.forms import conditions
from blueprints.forms.conditions import Row, Scope, of_tree
from blueprints.forms.draft import scopes
from blueprints.forms.happenings import asked_of, to_listen_to

NUMBERS = ["at_least", "at_most", "more_than", "less_than", "is", "is_not", "in", "not_in", "known", "unknown"]
LISTED = ["is", "is_not", "in", "not_in", "known", "unknown"]
USED = Fact("usage.logins", "Logins", FactType.NUMBER, dated_by="usage")


def row_of(trigger: str, name: str, op: str, value: object) -> Row:
    tree = {"all": [{"fact": f"event.{name}", op: value}]}
    (row,) = of_tree("if", tree, scopes(trigger, {}, "USD")[0]).rows()
    return row


@pytest.mark.parametrize(
    ("trigger", "name", "op", "value", "input_", "operators"),
    [
        ("contact.departed", "buying_role", "is", "champion", "choice", LISTED),
        ("contact.departed", "stance", "in", ["advocate", "neutral"], "choices", LISTED),
        ("contact.departed", "departed_on", "before", "2026-12-01", "date",
         ["before", "after", "is", "is_not", "known", "unknown"]),
        ("contact.departed", "name", "is", "Kim", "text", LISTED),
        ("phase.changed", "to_phase", "is", "expansion", "choice", LISTED),
        ("task.completed", "outcome_code", "is", "no_answer", "choice", LISTED),
        ("meeting.held", "goal_met", "is_not", "yes", "choice", LISTED),
        ("meeting.held", "attended", "less_than", 2, "number", NUMBERS),
        ("contract.ended", "change_minor", "at_most", -500000, "money", NUMBERS),
        ("handoff.accepted", "red_flags", "is", True, "yes_no", ["is", "is_not", "known", "unknown"]),
        ("escalation.raised", "severity", "is", "Critical", "choice", LISTED),
    ],
)  # fmt: skip
def test_what_an_event_tells_is_asked_by_its_type(trigger, name, op, value, input_, operators):
    row = row_of(trigger, name, op, value)
    assert row.input == input_
    assert [code for code, _words in row.operators] == operators
    assert row.test() == {"fact": f"event.{name}", op: value}
    assert row.judge(), row.errors


def test_a_value_that_the_event_cannot_have_is_named_with_those_it_can():
    row = row_of("phase.changed", "to_phase", "is", "sleeping")
    assert ("sleeping", "sleeping") in row.choices  # what stands there isn't changed unseen
    assert not row.judge()
    assert "“To phase” is: knows no “sleeping”" in row.errors[0]


def test_what_was_typed_for_another_fact_is_no_choice_of_this_one():
    said = "if-0-fact=event.to_phase&if-0-of=event.name&if-0-op=is&if-0-value=Kim"
    (row,) = conditions.parse("if", QueryDict(said), scopes("phase.changed", {}, "USD")[0]).rows()
    assert row.value == ""
    assert "Kim" not in dict(row.choices)


def test_every_kind_of_event_is_listed_for_accounts_or_for_the_workspace():
    listed = {kind for _label, kinds in to_listen_to() for kind, _words in kinds}
    assert {kind.kind for kind in event_kinds() if group_of(kind.kind) is not None} == listed
    assert {"contact.departed", "meeting.logged", "play.called", "usage_origin.matched"} <= listed
    assert (
        not {"workspace.edited", "member.invited", "play.paused", "usage_origin.ignored", "plan_template.added"}
        & listed
    )


def test_days_and_numbers_of_events_are_declared_as_such():
    """Whatever the names say plainly: as text they could only be compared letter by letter."""
    plain = re.compile(r"event\.(.+_on|on|day|since|days|score|times|users|number|.+_minor)")
    texts = {
        f"{kind.kind} {name}"
        for kind in event_kinds()
        if group_of(kind.kind) is not None
        for name, fact in asked_of(kind.kind).items()
        if fact.type is FactType.TEXT and plain.fullmatch(name)
    }
    assert texts == set()


def test_the_events_to_listen_to_stand_in_groups(acme_cast, page):
    html = page(acme_cast.ada, acme_cast.tenant).get("/plays/new/").content.decode()
    groups = re.findall(r'<optgroup label="([^"]+)"', html)
    assert groups == sorted(groups)
    assert {"Account", "Contracts", "Meetings", "Onboarding", "People", "Plays", "Tasks"} <= set(groups)
    assert "Contact departed" in html
    assert "Person invited" not in html


def test_facts_of_the_event_are_offered_by_their_labels(acme_cast, page):
    with_of = "/plays/facts/?of=if&trigger=phase.changed"
    html = page(acme_cast.ada, acme_cast.tenant).get(with_of).content.decode()
    assert "To phase" in html
    assert 'data-value="event.before"' not in html
    assert "event.to_phase" in html


@pytest.mark.parametrize("days", ["soon", "-1", "99999"])
def test_how_old_a_fact_may_be_is_refused_in_the_words_of_the_form(days):
    row = Row("if-0", Scope({USED.name: USED}), USED.name, "at_least", ["3"], days)
    assert not row.judge()
    assert row.errors == ["“Logins” not older than: needs a number of days from 0 to 36500."]
