"""SQL and Python agree: random trees over random facts, known, unknown, stale and of every type."""

import datetime as dt
import json

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.knowing.columns import needed, record
from accounts.registry import Fact, FactType
from blueprints import rules

TODAY = dt.date(2026, 11, 20)
CHOICES = (("onboarding", "Onboarding"), ("adoption", "Adoption"))
FACTS = [
    Fact("x.number", "Number", FactType.NUMBER), Fact("x.money", "Money", FactType.MONEY),
    Fact("x.percent", "Percent", FactType.PERCENT), Fact("x.date", "Date", FactType.DATE),
    Fact("x.flag", "Flag", FactType.BOOLEAN), Fact("x.text", "Text", FactType.TEXT),
    Fact("x.choice", "Choice", FactType.CHOICE, choices=CHOICES), Fact("custom.seats", "Seats", FactType.NUMBER),
    Fact("ext.nps", "NPS", FactType.NUMBER, dated_by="ext.nps", fresh_days=30),
    Fact("ext.on", "Reviewed", FactType.DATE, dated_by="ext.on"),
    Fact('odd."% name', "Odd", FactType.TEXT, dated_by="ext.on"),
]  # fmt: skip
KNOWN = {fact.name: fact for fact in FACTS}
NAMES = [*KNOWN, "account.custom.seats"]

days = st.integers(-40, 40).map(lambda n: (TODAY + dt.timedelta(days=n)).isoformat())
texts = st.sampled_from(["a", "b", "Ä", "a b", "%s", "ab"])
numbers = st.integers(-3, 3) | st.sampled_from([0.5, -1.25, 12.5, 0.1, 1e20])
VALUES = {
    FactType.NUMBER: numbers, FactType.PERCENT: numbers, FactType.MONEY: st.integers(-3, 3) | st.just(10**14),
    FactType.DATE: days, FactType.BOOLEAN: st.booleans(), FactType.TEXT: texts,
    FactType.CHOICE: st.sampled_from(["onboarding", "adoption"]),
}  # fmt: skip
anything = numbers | texts | st.booleans() | days
WANTED = VALUES | {FactType.NUMBER: numbers.filter(lambda n: n < 1e15), FactType.PERCENT: st.integers(-3, 3)}


@st.composite
def a_test(draw: st.DrawFn) -> dict:
    name = draw(st.sampled_from([*NAMES, "event.a", "event.b"]))
    fact = KNOWN.get("custom.seats" if name == "account.custom.seats" else name)
    comparison = draw(st.sampled_from(rules.fitting(fact)))
    one = WANTED[fact.type] if fact else anything.filter(lambda value: value != 1e20)
    takes = {"one": one, "many": st.lists(one, min_size=1, max_size=3), "days": st.integers(0, 60), "day": days,
             "flag": st.booleans()}  # fmt: skip
    test = {"fact": name, comparison: draw(takes[rules.COMPARISONS[comparison].takes])}
    if fact and fact.dated_by and draw(st.booleans()):
        test["fresh_days"] = draw(st.integers(0, 40))
    return test


def groups(children: st.SearchStrategy, most: int) -> st.SearchStrategy:
    inside = st.lists(children, min_size=1, max_size=most)
    return st.builds(lambda name, inner: {name: inner}, st.sampled_from(rules.GROUPS), inside)


trees = st.just({}) | groups(a_test() | groups(a_test(), 3), 4)


@st.composite
def facts(draw: st.DrawFn) -> tuple[dict, dict]:
    known = {fact.name: draw(VALUES[fact.type]) for fact in FACTS if draw(st.booleans())}
    known |= {f"@{name}": draw(days) for name in ("ext.nps", "ext.on") if draw(st.booleans())}
    known |= {"x.text": ""} if draw(st.integers(0, 9)) == 0 else {}
    event = draw(st.dictionaries(st.sampled_from("ab"), anything | st.none() | st.just("") | st.just([1])))
    return known, event


def in_sql(tree: dict, rows: list[tuple[dict, dict]]) -> list[bool]:
    said, params = rules.condition(tree, KNOWN, today="%(today)s::date", prefix="p_")
    wanted = needed([name for name in rules.names(tree) if not name.startswith("event.")], KNOWN)
    params |= {"today": TODAY, "known": [json.dumps(row) for row, _ in rows],
               "events": [json.dumps(event) for _, event in rows]}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {said} FROM unnest(%(known)s::jsonb[], %(events)s::jsonb[]) WITH ORDINALITY"
            f" e(known, facts, place), {record(wanted, of='e.known')} ORDER BY place",
            params,
        )
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees, rows=st.lists(facts(), min_size=6, max_size=6))
def test_sql_says_what_python_says(tree, rows):
    assert rules.validate(tree, KNOWN) == []
    expected = [
        rules.holds(tree, known | {f"event.{name}": value for name, value in event.items()}, today=TODAY, known=KNOWN)
        for known, event in rows
    ]
    assert in_sql(tree, rows) == expected


ONE_OF_EACH = [
    ({"within_days": 10}, "x.date", {0: True, 10: True, 11: False, -1: False}),
    ({"within_days_ago": 10}, "x.date", {0: True, -10: True, -11: False, 1: False}),
    ({"older_than_days": 10}, "x.date", {-10: False, -11: True, 5: False}),
    ({"in_past": True}, "x.date", {-1: True, 0: False}),
    ({"in_past": False}, "x.date", {-1: False, 0: True}),
    ({"before": TODAY.isoformat()}, "x.date", {-1: True, 0: False}),
    ({"after": TODAY.isoformat()}, "x.date", {0: False, 1: True}),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("comparison", "name", "cases"), ONE_OF_EACH, ids=[next(iter(c[0])) for c in ONE_OF_EACH])
def test_days_are_counted_from_the_tenants_today(comparison, name, cases):
    tree = {"all": [{"fact": name} | comparison]}
    rows = [({name: (TODAY + dt.timedelta(days=offset)).isoformat()}, {}) for offset in cases]
    assert in_sql(tree, rows) == list(cases.values())
    assert [rules.holds(tree, row, today=TODAY, known=KNOWN) for row, _ in rows] == list(cases.values())


def test_what_is_stale_is_not_known():
    facts = {"ext.nps": 9, "@ext.nps": (TODAY - dt.timedelta(days=20)).isoformat()}
    test = {"fact": "ext.nps", "at_least": 9}
    assert rules.holds({"all": [test]}, facts, today=TODAY, known=KNOWN)
    assert not rules.holds({"all": [test | {"fresh_days": 19}]}, facts, today=TODAY, known=KNOWN)
    late = TODAY + dt.timedelta(days=11)
    assert not rules.holds({"all": [test]}, facts, today=late, known=KNOWN)
    assert rules.holds({"all": [{"fact": "ext.nps", "known": False}]}, facts, today=late, known=KNOWN)


@pytest.mark.parametrize(
    ("test", "problem"),
    [
        ({"fact": "x.gone", "is": 1}, "“x.gone” is no fact that is known here."),
        ({"fact": "x.flag", "at_least": 1}, "“x.flag” is yes or no: “at_least” doesn’t fit."),
        ({"fact": "x.text", "within_days": 3}, "“x.text” is a text: “within_days” doesn’t fit."),
        ({"fact": "event.on", "within_days": 3}, "“event.on” is a fact of an event: “within_days” doesn’t fit."),
        ({"fact": "x.number", "at_least": "3"}, "“x.number”: “at_least” needs a number."),
        ({"fact": "x.number", "at_least": float("nan")}, "“x.number”: “at_least” needs a number."),
        ({"fact": "x.number", "is": True}, "“x.number”: “is” needs a number."),
        ({"fact": "x.money", "is": 1.5},
         "“x.money”: “is” needs a whole amount in the currency’s smallest unit, such as cents."),
        ({"fact": "x.date", "is": "2026-02-30"}, "“x.date”: “is” needs a date such as 2026-03-31."),
        ({"fact": "x.date", "within_days": -1}, "“x.date”: “within_days” needs a number of days from 0 to 36500."),
        ({"fact": "x.choice", "is": "gone"}, "“x.choice”: “is” knows no “gone”: one of onboarding, adoption."),
        ({"fact": "x.choice", "in": ["adoption", "gone"]},
         "“x.choice”: “in” knows no “gone”: one of onboarding, adoption."),
        ({"fact": "x.text", "in": ["a"] * 51}, "“x.text”: “in” takes at most 50 values."),
        ({"fact": "x.text", "is": "a\x00"}, "“x.text”: “is” needs a text."),
        ({"fact": "x.flag", "known": "yes"}, "“x.flag”: “known” is true or false."),
        ({"fact": "x.flag", "is": True, "fresh_days": 3},
         "“x.flag” doesn’t say how old it is: leave “fresh_days” out."),
        ({"fact": "ext.nps", "is": 3, "fresh_days": "3"},
         "“ext.nps”: “fresh_days” needs a number of days from 0 to 36500."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_its_fact(test, problem):
    assert rules.validate({"all": [test]}, KNOWN) == [problem]


def test_without_an_event_its_facts_can_not_be_asked():
    tree = {"all": [{"fact": "event.name", "is": "Kim"}]}
    assert rules.validate(tree, KNOWN) == []
    assert rules.validate(tree, KNOWN, of_event=False) == [
        "“event.name”: only a play that listens to an event can ask about it."
    ]


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ({"fact": "x.date", "within_days": 180}, "Date is within 180 days"),
        ({"fact": "x.date", "within_days_ago": 1}, "Date was within the last 1 day"),
        ({"fact": "x.date", "older_than_days": 30}, "Date was more than 30 days ago"),
        ({"fact": "x.date", "before": "2026-03-01"}, "Date is before Mar 1, 2026"),
        ({"fact": "x.money", "at_least": 5_000_000}, "Money is at least $50,000"),
        ({"fact": "x.percent", "at_most": -30.5}, "Percent is at most −30.5%"),
        ({"fact": "x.choice", "not_in": ["adoption"]}, "Choice is none of Adoption"),
        ({"fact": "ext.nps", "known": False}, "NPS is not known"),
        ({"fact": "ext.nps", "less_than": 7, "fresh_days": 7}, "NPS is less than 7 (not older than 7 days)"),
        ({"fact": "x.flag", "is": False}, "Flag is no"),
        ({"fact": "x.gone", "is": "so_so"}, "x gone is so so"),
    ],
)
def test_a_test_reads_with_labels_and_units(test, words):
    assert rules.sentence(test, KNOWN) == words


def test_groups_read_as_one_sentence():
    tree = {"all": [{"fact": "x.flag", "is": False}, {"any": [{"fact": "x.number", "is": 1},
                                                             {"fact": "x.number", "known": False}]}]}  # fmt: skip
    assert rules.sentences(tree, KNOWN) == ["Flag is no", "(Number is 1 or Number is not known)"]
    alone = {"all": [tree["all"][1]]}
    assert rules.sentences(alone, KNOWN) == ["Number is 1 or Number is not known"]
