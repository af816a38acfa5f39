"""Conditions: what holds, what failed first, what is no condition at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.registry import Fact, FactType
from blueprints import rules

CHAMPION = {"fact": "event.buying_role", "is": "champion"}
LARGE = {"fact": "account.custom.seats", "at_least": 100}
ENTERPRISE = {"fact": "account.segment", "in": ["Enterprise", "Strategic"]}


def test_no_conditions_always_hold():
    assert rules.validate({}) == []
    assert rules.holds({}, {})


def test_all_needs_every_test():
    tree = {"all": [CHAMPION, LARGE]}
    assert rules.holds(tree, {"event.buying_role": "champion", "account.custom.seats": 100})
    assert rules.first_failed(tree, {"event.buying_role": "champion", "account.custom.seats": 99}) == LARGE
    assert rules.first_failed(tree, {"event.buying_role": "user", "account.custom.seats": 1}) == CHAMPION


def test_any_needs_one_test():
    tree = {"any": [CHAMPION, LARGE]}
    assert rules.holds(tree, {"event.buying_role": "user", "account.custom.seats": 500})
    assert rules.first_failed(tree, {"event.buying_role": "user"}) == LARGE


def test_a_group_inside_a_group():
    tree = {"all": [CHAMPION, {"any": [LARGE, ENTERPRISE]}]}
    assert rules.validate(tree) == []
    assert rules.holds(tree, {"event.buying_role": "champion", "account.segment": "Strategic"})
    assert rules.first_failed(tree, {"event.buying_role": "champion", "account.segment": "SMB"}) == ENTERPRISE


@pytest.mark.parametrize(
    ("test", "value", "expected"),
    [
        ({"is_not": "a"}, "b", True),
        ({"is_not": "a"}, "a", False),
        ({"not_in": ["a"]}, "b", True),
        ({"at_most": 3}, 3, True),
        ({"at_most": 3}, 3.1, False),
        ({"at_least": "2026-11-01"}, "2026-11-02", True),
        ({"at_least": 3}, "4", False),
        ({"at_least": 3}, None, False),
        ({"known": True}, "", False),
        ({"known": False}, None, True),
    ],
)
def test_comparisons(test, value, expected):
    assert rules.holds({"all": [{"fact": "event.x"} | test]}, {"event.x": value}) is expected


@pytest.mark.parametrize(
    ("tree", "problem"),
    [
        ([], "A group is “all” or “any” with a list of tests."),
        ({"all": [CHAMPION], "any": [LARGE]}, "A group is “all” or “any” with a list of tests."),
        ({"all": []}, "A group needs at least one test."),
        ({"all": [{"any": [{"all": [CHAMPION]}]}]}, "Groups go one level deep."),
        ({"all": ["champion"]}, "A test names one fact and one comparison."),
        ({"all": [{"fact": "event.x", "like": "a"}]}, "“like” is no comparison."),
        ({"all": [{"fact": "x", "is": "a"}]}, "“x” is no fact that is known here."),
        ({"all": [{"fact": "event.x", "in": "a"}]}, "“event.x”: “in” needs a list."),
        ({"all": [{"fact": "event.x", "is": None}]}, "“event.x”: “is” needs a value."),
        ({"all": [CHAMPION] * 21}, "At most 20 tests."),
    ],
)
def test_what_is_no_tree_is_named(tree, problem):
    assert rules.validate(tree) == [problem]


def test_a_test_reads_as_a_sentence():
    assert rules.sentence(CHAMPION) == "buying role is champion"
    assert rules.sentence(ENTERPRISE) == "segment is one of Enterprise, Strategic"
    assert rules.sentence({"fact": "account.custom.seats", "known": True}) == "custom seats is known"


values = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3)
tests = st.builds(
    lambda fact, name, value: {"fact": f"event.{fact}", name: [value] if name in ("in", "not_in") else value},
    st.sampled_from("abc"),
    st.sampled_from(["is", "is_not", "in", "not_in", "at_least", "at_most"]),
    st.integers(-5, 5) | st.text(st.characters(exclude_characters="\x00"), min_size=1, max_size=3),
)
groups = st.builds(
    lambda name, inner: {name: inner}, st.sampled_from(rules.GROUPS), st.lists(tests, min_size=1, max_size=3)
)
trees = st.builds(
    lambda name, inner: {name: inner}, st.sampled_from(rules.GROUPS), st.lists(tests | groups, min_size=1, max_size=3)
)


@given(trees, st.dictionaries(st.sampled_from(["event.a", "event.b", "event.c"]), values))
def test_a_valid_tree_never_breaks_and_what_failed_is_one_of_its_tests(tree, facts):
    assert rules.validate(tree) == []
    failed = rules.first_failed(tree, facts)
    assert rules.holds(tree, facts) is (failed is None)
    assert failed is None or failed in list(rules.tests(tree))


@given(
    st.recursive(
        values, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    )
)
def test_whatever_is_handed_in_is_judged_and_never_breaks(anything):
    assert isinstance(rules.validate(anything), list)


@pytest.mark.parametrize(("value", "said"), [(1, "is at least 1 task"), (2, "is at least 2 tasks")])
def test_a_unit_agrees_with_its_number(value, said):
    known = {"task.open": Fact("task.open", "Open tasks", FactType.NUMBER, unit="tasks")}
    assert rules.sentence({"fact": "task.open", "at_least": value}, known) == f"Open tasks {said}"
