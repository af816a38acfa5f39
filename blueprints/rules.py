"""Does this hold, and if not, what failed first? Conditions are data: a tree of tests, groups one level deep.

A tree is {"all": [...]} or {"any": [...]} over tests and groups of tests; {} always holds. A test is
{"fact": "event.buying_role", "is": "champion"} with one of the comparisons below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Tree = Mapping[str, Any]
Test = Mapping[str, Any]
Facts = Mapping[str, Any]

GROUPS = ("all", "any")
MOST_TESTS = 20
DEEPEST = 1


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _ordered(known: Any, wanted: Any) -> bool:
    """Numbers with numbers, and ISO dates with ISO dates; everything else has no order here."""
    return (_number(known) and _number(wanted)) or (isinstance(known, str) and isinstance(wanted, str))


COMPARISONS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "is": ("is", lambda known, wanted: known == wanted),
    "is_not": ("is not", lambda known, wanted: known != wanted),
    "in": ("is one of", lambda known, wanted: known in wanted),
    "not_in": ("is none of", lambda known, wanted: known not in wanted),
    "at_least": ("is at least", lambda known, wanted: _ordered(known, wanted) and known >= wanted),
    "at_most": ("is at most", lambda known, wanted: _ordered(known, wanted) and known <= wanted),
    "known": ("is known", lambda known, wanted: (known not in (None, "")) is wanted),
}


def validate(tree: Any, *, depth: int = 0) -> list[str]:
    """What is wrong with a tree, in words; empty when nothing is."""
    if tree == {} and depth == 0:
        return []
    if not isinstance(tree, Mapping) or len(tree) != 1 or next(iter(tree)) not in GROUPS:
        return ["A group is “all” or “any” with a list of tests."]
    children = next(iter(tree.values()))
    if not isinstance(children, list) or not children:
        return ["A group needs at least one test."]
    problems = [problem for child in children for problem in _validate_child(child, depth)]
    if depth == 0 and not problems and sum(1 for _ in tests(tree)) > MOST_TESTS:
        problems.append(f"At most {MOST_TESTS} tests.")
    return problems


def _validate_child(child: Any, depth: int) -> list[str]:
    if isinstance(child, Mapping) and any(group in child for group in GROUPS):
        return validate(child, depth=depth + 1) if depth < DEEPEST else ["Groups go one level deep."]
    return _validate_test(child)


def _validate_test(test: Any) -> list[str]:
    if not isinstance(test, Mapping) or len(test) != 2 or not isinstance(test.get("fact"), str):
        return ["A test names one fact and one comparison."]
    name, value = _comparison(test)
    if not test["fact"].startswith(("event.", "account.")):
        return [f"“{test['fact']}” is no fact: facts begin with “event.” or “account.”."]
    if name not in COMPARISONS:
        return [f"“{name}” is no comparison."]
    if name in ("in", "not_in"):
        return [] if isinstance(value, list) and value else [f"“{name}” needs a list."]
    if name == "known":
        return [] if isinstance(value, bool) else ["“known” is true or false."]
    return [] if isinstance(value, str | int | float | bool) else [f"“{name}” needs one value."]


def _comparison(test: Test) -> tuple[str, Any]:
    return next((key, value) for key, value in test.items() if key != "fact")


def tests(tree: Tree) -> Iterator[Test]:
    """Every test of the tree, groups opened."""
    for children in tree.values():
        for child in children:
            if "fact" in child:
                yield child
            else:
                yield from tests(child)


def holds(tree: Tree, facts: Facts) -> bool:
    return first_failed(tree, facts) is None


def first_failed(tree: Tree, facts: Facts) -> Test | None:
    """The first test that stands in the way; of an “any” group its last, since all of them failed."""
    for group, children in tree.items():
        failures = [_failure(child, facts) for child in children]
        if group == "all" and (failed := next((failure for failure in failures if failure), None)):
            return failed
        if group == "any" and all(failures):
            return failures[-1]
    return None


def _failure(child: Any, facts: Facts) -> Test | None:
    if "fact" not in child:
        return first_failed(child, facts)
    name, wanted = _comparison(child)
    return None if COMPARISONS[name][1](facts.get(child["fact"]), wanted) else child


def sentence(test: Test) -> str:
    """The test as a person says it: “buying role is champion”."""
    name, wanted = _comparison(test)
    label = test["fact"].split(".", 1)[1].replace("_", " ").replace(".", " ")
    if name == "known":
        return f"{label} is {'known' if wanted else 'not known'}"
    words = ", ".join(map(_plain, wanted)) if isinstance(wanted, list) else _plain(wanted)
    return f"{label} {COMPARISONS[name][0]} {words}"


def _plain(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value).replace("_", " ")
