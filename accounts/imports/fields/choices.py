"""The values of closed lists, each with the words that other products have for it."""

from __future__ import annotations

PHASES = {
    "commit": ("committed", "closed won", "sold"),
    "onboarding": ("implementation", "launching", "kickoff", "new"),
    "adoption": ("live", "active", "customer", "adopted"),
    "expansion": ("growing", "growth", "evangelist"),
    "ended": ("former", "churned", "churn", "lost", "inactive", "cancelled", "canceled", "former customer"),
}
TOUCHES = {
    "high": ("high touch", "enterprise touch", "named"),
    "low": ("low touch", "pooled", "medium touch", "mid touch"),
    "tech": ("tech touch", "digital", "digital touch", "scaled"),
}
BUYING_ROLES = {
    "initiator": (),
    "user": ("end user", "business user", "power user"),
    "champion": (),
    "decider": ("decision maker", "decision-maker", "business decision maker"),
    "executive_buyer": ("executive buyer", "executive sponsor", "budget holder", "economic buyer", "sponsor"),
    "gatekeeper": ("blocker", "legal & compliance", "procurement", "legal", "it"),
    "influencer": ("evaluator", "technical buyer", "economic decision maker's adviser"),
}
STANCES = {
    "advocate": ("promoter", "supporter", "positive", "fan"),
    "neutral": ("passive", "indifferent"),
    "detractor": ("critic", "negative", "opponent"),
}
INFLUENCES = {"0": ("unknown",), "1": ("low",), "2": ("medium", "mid"), "3": ("high",)}
NOTE_KINDS = {
    "note": ("comment", "other", "task", "to do", "todo"),
    "call": ("phone", "phone call"),
    "email": ("e-mail", "mail", "incoming email", "outgoing email"),
    "meeting": ("event", "visit", "demo", "appointment", "qbr"),
}
