"""Differences between versions in words: which field, what stood there, what stands there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from accounts import formats
from journeys.plans.differences import ADDED, CHANGED, REMOVED, Difference
from journeys.plans.models import Audience, Horizon, ObjectiveKind, ObjectiveStatus, Side, StepKind, TopicKind

LABELS = {
    "title": "What", "text": "What", "detail": "How we will know", "response": "What is done about it",
    "kind": "Kind", "horizon": "Horizon", "due_on": "By when", "metric": "What is measured", "unit": "Unit",
    "baseline": "Today", "target": "Target", "value_minor": "Worth a year", "our_owner": "Who of us",
    "their_owner": "Who of them", "status": "Status", "side": "Whose turn", "objective": "For which objective",
    "audience": "Who may read it", "about": "About whom", "north_star": "North star",
}  # fmt: skip
CHOICES: dict[str, dict[Any, Any]] = {
    "kind": dict([*ObjectiveKind.choices, *StepKind.choices, *TopicKind.choices]),
    "horizon": dict(Horizon.choices),
    "status": dict(ObjectiveStatus.choices),
    "side": dict(Side.choices),
    "audience": dict(Audience.choices),
}
WHAT = {ADDED: ("Added", "green"), REMOVED: ("Removed", "red"), CHANGED: ("Changed", "accent")}
NOUNS = {"objective": "Objective", "step": "Step", "topic": "Challenge or opportunity", "plan": "Plan"}
NOTHING = "–"


@dataclass(frozen=True)
class Told:
    what: str
    tone: str
    noun: str
    title: str
    audience: str
    changes: list[tuple[str, str, str]]


def told(one: Difference, currency: str) -> Told:
    what, tone = WHAT[one.what]
    changes = [
        (LABELS.get(change.field, change.field), said(change.field, change.before, currency),
         said(change.field, change.after, currency))
        for change in one.changes
    ]  # fmt: skip
    audience = str(CHOICES["audience"].get(one.item.get("audience"), ""))
    return Told(what, tone, NOUNS.get(one.noun, one.noun), one.title, audience, changes)


def said(field: str, value: Any, currency: str) -> str:
    """As the plan's page says it."""
    if value in (None, ""):
        return NOTHING
    if field == "value_minor":
        return formats.money(value, currency)
    if field.endswith("_on"):
        return formats.date(dt.date.fromisoformat(value))
    if field == "about":
        return "Somebody"
    return str(CHOICES.get(field, {}).get(value, value))
