"""The builder: events in groups, what conditions may ask about each, and what is said where a value won't do."""

import html
import re

import pytest
from django.http import QueryDict

from accounts.registry import Fact, FactType, event_kinds, group_of
from accounts.tenancy.context import tenant_context
from blueprints.actions import why
from blueprints.forms import conditions
from blueprints.forms.conditions import Row, Scope, of_tree
from blueprints.forms.draft import scopes
from blueprints.forms.happenings import to_listen_to
from blueprints.models import PlayVersion
from blueprints.rules import asked_of
from tests.factories.accounts import AccountFactory
from tests.factories.blueprints import MatchFactory, PlayFactory, RunFactory, step

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
        ("contract.ended", "change_minor", "at_most", -500000, "number", NUMBERS),
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
    shown = page(acme_cast.ada, acme_cast.tenant).get("/plays/new/").content.decode()
    groups = re.findall(r'<optgroup label="([^"]+)"', shown)
    assert groups == sorted(groups)
    assert {"Account", "Contracts", "Meetings", "Onboarding", "People", "Plays", "Tasks"} <= set(groups)
    assert "Contact departed" in shown
    assert "Person invited" not in shown


def test_facts_of_the_event_are_offered_by_their_labels(acme_cast, page):
    with_of = "/plays/facts/?of=if&trigger=phase.changed"
    offered = page(acme_cast.ada, acme_cast.tenant).get(with_of).content.decode()
    assert "To phase" in offered
    assert 'data-value="event.before"' not in offered
    assert "event.to_phase" in offered


@pytest.mark.parametrize("days", ["soon", "-1", "99999"])
def test_how_old_a_fact_may_be_is_refused_in_the_words_of_the_form(days):
    row = Row("if-0", Scope({USED.name: USED}), USED.name, "at_least", ["3"], days)
    assert not row.judge()
    assert row.errors == ["“Logins” not older than: needs a number of days from 0 to 36500."]


def read(response) -> str:
    """A page as people read it."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


HANDED = {"all": [{"fact": "event.role_code", "is": "csm"}]}
SIGNED = {"all": [{"fact": "event.amount_minor", "at_least": 2_000_000}]}
LEAST = "Amount a year, in the contract’s currency is at least 2,000,000 in the currency’s smallest unit"


@pytest.mark.parametrize(
    ("trigger", "conditions", "said"),
    [("account.owner_changed", HANDED, "Role is CSM"), ("contract.signed", SIGNED, LEAST)],
)
def test_what_an_event_tells_is_said_by_its_label_wherever_a_play_is_in_words(
    acme_cast, page, trigger, conditions, said
):
    with tenant_context(acme_cast.tenant):
        play = PlayFactory(trigger=trigger, steps__conditions=conditions)
        PlayVersion.objects.create(play=play, number=2, steps=[step()], conditions={})
        PlayVersion.objects.create(play=play, number=3, steps=[step()], conditions=conditions)
    ada = page(acme_cast.ada, acme_cast.tenant)
    assert f"if {said}" in read(ada.get("/plays/"))
    # Beside what starts it, in what the second version took away and what the third one brought.
    assert read(ada.get(f"/plays/{play.pk}/")).count(said) == 3
    assert said in read(ada.get(f"/plays/{play.pk}/back-tests/"))
    (row,) = of_tree("if", conditions, scopes(trigger, {}, "USD")[0]).rows()
    typed = {"trigger": trigger, "if-0-fact": row.fact_name, "if-0-op": row.op, "if-0-value": row.value}
    assert said in read(ada.post("/plays/preview/", typed))


def test_amounts_of_an_event_are_read_in_its_currency_once_it_came(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        play = PlayFactory(trigger="contract.signed", steps__conditions=SIGNED)
        account = AccountFactory(csm=acme_cast.cass, currency="USD")
        told = {"event.amount_minor": 2_500_000, "event.currency": "JPY"}
        run = RunFactory(match=MatchFactory(play=play, account=account, facts=told))
        (reason,) = why.of_match(run.match)
    assert (reason.sentence, reason.value) == (
        "Amount a year, in the contract’s currency is at least ¥2,000,000", "¥2,500,000",
    )  # fmt: skip
    said = read(page(acme_cast.ada, acme_cast.tenant).get(f"/runs/{run.pk}/"))
    assert "Amount a year, in the contract’s currency is at least ¥2,000,000" in said
    assert "¥2,500,000" in said


def test_no_amount_is_asked_for_that_comes_in_any_currency(acme_cast, page):
    with_of = "/plays/facts/?of=if&trigger=contract.signed"
    offered = page(acme_cast.ada, acme_cast.tenant).get(with_of).content.decode()
    assert "event.end_on" in offered
    assert "amount_minor" not in offered
    # One that stands in a play already keeps its exact value, in whatever currency the workspace is.
    for currency in ("USD", "JPY", "KWD"):
        (row,) = of_tree("if", SIGNED, scopes("contract.signed", {}, currency)[0]).rows()
        assert (row.value, row.unit, row.test()) == ("2000000", "in the currency’s smallest unit", SIGNED["all"][0])
