"""Conditions beside the values that they met, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.registry import Fact
from blueprints import rules


@dataclass(frozen=True)
class Held:
    """One condition and what the value was."""

    sentence: str
    value: str
    as_of: str


def held(
    tree: rules.Tree, facts: Mapping[str, Any], known: Mapping[str, Fact], currency: str, day: dt.date
) -> list[Held]:
    """Each condition that held on that day, with its value among these facts."""
    return [held_one(test, facts, known, currency) for test in _true(tree, facts, dict(known), day)]


def _true(tree: rules.Tree, facts: Mapping[str, Any], known: dict[str, Fact], day: dt.date) -> list[rules.Test]:
    """Where any of several is enough, those that weren't fulfilled are no reason; all of them where none is told."""
    found: list[rules.Test] = []
    for group, children in tree.items():
        for child in children:
            found += [child] if "fact" in child else _true(child, facts, known, day)
        if group == "any":
            fulfilled = [test for test in found if rules.holds({"all": [test]}, facts, today=day, known=known)]
            found = fulfilled or found
    return found


def held_one(test: rules.Test, facts: Mapping[str, Any], known: Mapping[str, Fact], currency: str) -> Held:
    name = test["fact"].replace("account.custom.", "custom.")
    fact = known.get(name)
    day = facts.get(f"@{fact.dated_by}") if fact and fact.dated_by else None
    said = rules.sentence(test, dict(known), currency=currency)
    return Held(said, rules.said(facts.get(name), fact, currency=currency), rules.said(day, None) if day else "")
