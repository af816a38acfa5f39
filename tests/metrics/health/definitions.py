"""Definitions that tests score with, and the facts that they ask for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.registry import Fact, FactType

TODAY = dt.date(2026, 11, 20)

AGE = {"bad": 60, "good": 10, "counts": "age"}
KNOWN = {
    fact.name: fact
    for fact in (
        Fact("usage.active", "Active people", FactType.NUMBER, dated_by="usage.active", fresh_days=30),
        Fact("usage.share", "Share of seats", FactType.PERCENT),
        Fact("contract.arr", "ARR", FactType.MONEY),
        Fact("account.last_touch_on", "Last contact", FactType.DATE),
        Fact("contract.renewal_on", "Next renewal", FactType.DATE),
        Fact("people.champion_present", "Champion present", FactType.BOOLEAN),
        Fact("account.phase", "Phase", FactType.CHOICE, choices=(("onboarding", "O"), ("adoption", "A"))),
        Fact("judged.mood", "Mood", FactType.CHOICE, dated_by="judged.mood"),
        Fact("override.score", "Score set by hand", FactType.NUMBER),
        Fact("override.until", "Until", FactType.DATE),
    )
}


def measure(key: str, fact: str, how: dict[str, Any], weight: int = 100, **said: Any) -> dict[str, Any]:
    return {"key": key, "label": key.title(), "fact": fact, "how": how, "weight": weight} | said


def pillar(key: str, weight: int, *measures: dict[str, Any]) -> dict[str, Any]:
    return {"key": key, "label": key.title(), "weight": weight, "measures": list(measures)}


def one(fact: str, how: dict[str, Any]) -> dict[str, Any]:
    """One pillar of one measure."""
    return {"pillars": [pillar("a", 100, measure("m", fact, how))]}


def usual() -> dict[str, Any]:
    """Three pillars of one measure each, one of them judged."""
    mood = {
        "key": "mood", "label": "Mood", "weight": 100, "fresh_days": 90,
        "judged": {
            "levels": [{"key": "good", "label": "Good", "points": 100}, {"key": "bad", "label": "Bad", "points": 0}],
            "reasons": [{"key": "price", "label": "Price"}],
        },
    }  # fmt: skip
    return {
        "pillars": [
            pillar("adoption", 50, measure("active", "usage.active", {"bad": 0, "good": 20})),
            pillar("engagement", 30, measure("touch", "account.last_touch_on", AGE)),
            pillar("satisfaction", 20, mood),
        ],
        "limits": [
            {"when": {"fact": "people.champion_present", "is": False}, "cap": 60, "reason": "No champion"},
        ],
        "bands": {"healthy": 70, "symptoms": 50},
        "least_known": 50,
    }  # fmt: skip


def all_well() -> dict[str, Any]:
    return {
        "usage.active": 20, "@usage.active": "2026-11-19", "account.last_touch_on": "2026-11-15",
        "judged.mood": "good", "@judged.mood": "2026-11-01", "people.champion_present": True,
    }  # fmt: skip
