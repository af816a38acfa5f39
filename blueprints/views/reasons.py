"""Conditions beside the values that they met, in words."""

from __future__ import annotations

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


def held(tree: rules.Tree, facts: Mapping[str, Any], known: Mapping[str, Fact], currency: str) -> list[Held]:
    """Each condition with its value among these facts."""
    return [held_one(test, facts, known, currency) for test in rules.tests(tree)]


def held_one(test: rules.Test, facts: Mapping[str, Any], known: Mapping[str, Fact], currency: str) -> Held:
    name = test["fact"].replace("account.custom.", "custom.")
    fact = known.get(name)
    day = facts.get(f"@{fact.dated_by}") if fact and fact.dated_by else None
    said = rules.sentence(test, dict(known), currency=currency)
    return Held(said, rules.said(facts.get(name), fact, currency=currency), rules.said(day, None) if day else "")
