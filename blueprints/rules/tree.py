"""The tree: what is wrong with one, which facts it names, whether it holds and what failed first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from blueprints.rules.comparisons import (
    COMPARISONS,
    EVENT,
    MOST_DAYS,
    OPTIONS,
    TYPES,
    Facts,
    Known,
    Test,
    compared,
    fitting,
    named,
    passes,
    value_problem,
)

Tree = Mapping[str, Any]

GROUPS = ("all", "any")
MOST_TESTS = 20
DEEPEST = 1
NO_DAY = dt.date.min


def validate(tree: Any, known: Known | None = None, *, of_event: bool = True) -> list[str]:
    """What is wrong with a tree, in words that name the fact; empty when nothing is.

    Without `known` only its shape is judged. `of_event` False: there is no event whose facts could be asked.
    """
    if tree == {}:
        return []
    problems = _group_problems(tree, known, of_event, depth=0)
    if not problems and sum(1 for _ in tests(tree)) > MOST_TESTS:
        problems.append(f"At most {MOST_TESTS} tests.")
    return problems


def _group_problems(tree: Any, known: Known | None, of_event: bool, *, depth: int) -> list[str]:
    if not isinstance(tree, Mapping) or len(tree) != 1 or next(iter(tree)) not in GROUPS:
        return ["A group is “all” or “any” with a list of tests."]
    children = next(iter(tree.values()))
    if not isinstance(children, list) or not children:
        return ["A group needs at least one test."]
    problems: list[str] = []
    for child in children:
        if not isinstance(child, Mapping) or not any(group in child for group in GROUPS):
            problems += _test_problems(child, known, of_event)
        elif depth < DEEPEST:
            problems += _group_problems(child, known, of_event, depth=depth + 1)
        else:
            problems.append("Groups go one level deep.")
    return list(dict.fromkeys(problems))


def _test_problems(test: Any, known: Known | None, of_event: bool) -> list[str]:
    if not isinstance(test, Mapping) or not isinstance(test.get("fact"), str) or len(set(test) - set(OPTIONS)) != 1:
        return ["A test names one fact and one comparison."]
    name, value = compared(test)
    if name not in COMPARISONS:
        return [f"“{name}” is no comparison."]
    fact_name, is_event = test["fact"], test["fact"].startswith(EVENT)
    fact = known.get(named(test)) if known is not None and not is_event else None
    if "." not in fact_name or (known is not None and fact is None and not is_event):
        return [f"“{fact_name}” is no fact that is known here."]
    if is_event and not of_event:
        return [f"“{fact_name}”: only a play that listens to an event can ask about it."]
    if (fact or is_event) and name not in fitting(fact):
        what = f"is {TYPES[fact.type]}" if fact else "is a fact of an event"
        return [f"“{fact_name}” {what}: “{name}” doesn’t fit."]
    problem = value_problem(name, value, fact)
    problems = [f"“{fact_name}”: “{name}” {problem}."] if problem else []
    return problems + _freshness_problems(test, known is not None, bool(fact and fact.dated_by))


def _freshness_problems(test: Test, judged: bool, dated: bool) -> list[str]:
    if "fresh_days" not in test:
        return []
    days = test["fresh_days"]
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= MOST_DAYS:
        return [f"“{test['fact']}”: “fresh_days” needs a number of days from 0 to {MOST_DAYS}."]
    return [] if dated or not judged else [f"“{test['fact']}” doesn’t say how old it is: leave “fresh_days” out."]


def tests(tree: Tree) -> Iterator[Test]:
    """Every test of the tree, groups opened."""
    for children in tree.values():
        for child in children:
            if "fact" in child:
                yield child
            else:
                yield from tests(child)


def names(tree: Tree) -> list[str]:
    """The facts that the tree asks about, each once, in the order of its tests."""
    return list(dict.fromkeys(named(test) for test in tests(tree)))


def holds(tree: Tree, facts: Facts, *, today: dt.date = NO_DAY, known: Known | None = None) -> bool:
    return first_failed(tree, facts, today=today, known=known) is None


def first_failed(tree: Tree, facts: Facts, *, today: dt.date = NO_DAY, known: Known | None = None) -> Test | None:
    """The first test that stands in the way; of an “any” group its last, since all of them failed."""
    for group, children in tree.items():
        failures = [_failure(child, facts, today, known) for child in children]
        if group == "all" and (failed := next((failure for failure in failures if failure), None)):
            return failed
        if group == "any" and all(failures):
            return failures[-1]
    return None


def in_the_way(tree: Tree, facts: Facts, *, today: dt.date = NO_DAY, known: Known | None = None) -> list[Test]:
    """The first test that failed, and of an “any” group every one: whichever held would be enough."""
    for group, children in tree.items():
        failures = [_in_the_way(child, facts, today, known) for child in children]
        if group == "all":
            return next((failed for failed in failures if failed), [])
        return [test for failed in failures for test in failed] if all(failures) else []
    return []


def _in_the_way(child: Any, facts: Facts, today: dt.date, known: Known | None) -> list[Test]:
    if "fact" not in child:
        return in_the_way(child, facts, today=today, known=known)
    return [] if passes(child, facts, today=today, known=known) else [child]


def _failure(child: Any, facts: Facts, today: dt.date, known: Known | None) -> Test | None:
    if "fact" not in child:
        return first_failed(child, facts, today=today, known=known)
    return None if passes(child, facts, today=today, known=known) else child
