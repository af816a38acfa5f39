"""Two models to begin with: one metric a pillar for everybody, and another question for those who are being onboarded.

Each measure names the facts that would do, the best first: a workspace knows some and not others.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from metrics.health.definitions import balanced

MOOD = {
    "key": "sentiment", "label": "How they feel about us", "weight": 100, "missing": "reweigh", "fresh_days": 90,
    "judged": {
        "levels": [
            {"key": "advocate", "label": "Would recommend us", "points": 100},
            {"key": "content", "label": "Content", "points": 75},
            {"key": "reserved", "label": "Reserved", "points": 40},
            {"key": "unhappy", "label": "Unhappy", "points": 0},
        ],
        "reasons": [
            {"key": "results", "label": "Results"}, {"key": "product", "label": "Product"},
            {"key": "support", "label": "Support"}, {"key": "price", "label": "Price"},
            {"key": "people", "label": "People changed"},
        ],
    },
}  # fmt: skip
YES_NO = {"yes": 100, "no": 0}


def _any(key: str, label: str, *choices: tuple[str, dict[str, Any]], **said: Any) -> dict[str, Any]:
    return {"key": key, "label": label, "weight": 100, "missing": "reweigh", "choices": choices} | said


IMPACT = _any(
    "impact_confirmed", "Impact confirmed lately",
    ("plan.impact_confirmed_on", {"bad": 180, "good": 30, "counts": "age"}),
    ("onboarding.first_impact_on", {"bad": 365, "good": 90, "counts": "age"}),
    missing="neutral",
)  # fmt: skip
ADOPTION = _any(
    "active_people", "People who use it",
    ("usage.active_users.change_28d", {"bad": -40, "good": 0}),
    ("usage.active_users.seat_share", {"bad": 20, "good": 80}),
    ("usage.events.change_28d", {"bad": -40, "good": 0}),
)  # fmt: skip
TALK = _any("last_contact", "Last contact", ("account.last_touch_on", {"bad": 60, "good": 14, "counts": "age"}),
            missing="zero")  # fmt: skip
PROGRESS = _any(
    "first_impact_ahead", "Days until First Impact is due",
    ("onboarding.first_impact_due_on", {"bad": -30, "good": 14, "counts": "until"}),
    ("account.phase_since", {"bad": 120, "good": 45, "counts": "age"}),
)  # fmt: skip
CHAMPION = _any("champion", "Champion present", ("people.champion_present", YES_NO))
LIMITS = (
    {"when": {"fact": "people.champion_present", "is": False}, "cap": 60, "reason": "No champion"},
    {"when": {"fact": "task.overdue", "at_least": 5}, "cap": 69, "reason": "Five or more tasks overdue"},
)
PILLARS = (
    ("impact", "Impact", 35, IMPACT), ("adoption", "Adoption", 30, ADOPTION), ("engagement", "Engagement", 20, TALK),
    ("satisfaction", "Satisfaction", 15, MOOD),
)  # fmt: skip
YOUNG = (
    ("impact", "Impact", 40, PROGRESS), ("adoption", "Adoption", 20, ADOPTION), ("engagement", "Engagement", 25, TALK),
    ("satisfaction", "Satisfaction", 15, CHAMPION),
)  # fmt: skip
MODELS = (
    ("onboarding", "Onboarding", {"all": [{"fact": "account.phase", "in": ["commit", "onboarding"]}]}, YOUNG),
    ("general", "General", {"all": [{"fact": "account.phase", "is_not": "ended"}]}, PILLARS),
)


def definition(pillars: Iterable[tuple[str, str, int, Mapping[str, Any]]], known: Iterable[str]) -> dict[str, Any]:
    """With the facts that this workspace knows; a pillar of which it knows nothing is left out."""
    facts = set(known)
    chosen = [(key, label, weight, found) for key, label, weight, each in pillars if (found := _chosen(each, facts))]
    weights = [weight for _key, _label, weight, _measure in chosen]
    if sum(weights) != 100:
        weights = balanced(len(chosen))
    rows = zip(chosen, weights, strict=True)
    return {
        "pillars": [
            {"key": key, "label": label, "weight": weight, "measures": [measure]}
            for (key, label, _weight, measure), weight in rows
        ],
        "limits": [copy.deepcopy(limit) for limit in LIMITS if limit["when"]["fact"] in facts],  # type: ignore[index]
        "bands": {"healthy": 70, "symptoms": 50},
        "least_known": 50,
    }


def _chosen(measure: Mapping[str, Any], facts: set[str]) -> dict[str, Any] | None:
    found = copy.deepcopy(dict(measure))
    if "judged" in found:
        return found
    for fact, how in found.pop("choices"):
        if fact in facts:
            return found | {"fact": fact, "how": how}
    return None
