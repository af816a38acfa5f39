"""The nouns of onboarding: the handoff with its answers, the promises made in the sale, what to ask at the kickoff, First Impact."""

from journeys.onboarding.models.agenda import AgendaItem, AgendaStatus
from journeys.onboarding.models.first_impact import FirstImpact, ReachedHow
from journeys.onboarding.models.handoff import Handoff, HandoffAnswer, HandoffStatus
from journeys.onboarding.models.promise import Promise, PromiseKind, PromiseOutcome

__all__ = [
    "AgendaItem",
    "AgendaStatus",
    "FirstImpact",
    "Handoff",
    "HandoffAnswer",
    "HandoffStatus",
    "Promise",
    "PromiseKind",
    "PromiseOutcome",
    "ReachedHow",
]
