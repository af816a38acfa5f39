"""The nouns of onboarding: handoff, promises, what to ask at the kickoff, the kickoff, First Impact; targets, holds."""

from journeys.onboarding.models.agenda import AgendaItem, AgendaStatus
from journeys.onboarding.models.board import DEFAULT_DAYS, OnboardingHold, OnboardingTarget
from journeys.onboarding.models.first_impact import FirstImpact, ReachedHow
from journeys.onboarding.models.handoff import Handoff, HandoffAnswer, HandoffStatus
from journeys.onboarding.models.kickoff import Kickoff
from journeys.onboarding.models.promise import Promise, PromiseKind, PromiseOutcome

__all__ = [
    "DEFAULT_DAYS",
    "AgendaItem",
    "AgendaStatus",
    "FirstImpact",
    "Handoff",
    "HandoffAnswer",
    "HandoffStatus",
    "Kickoff",
    "OnboardingHold",
    "OnboardingTarget",
    "Promise",
    "PromiseKind",
    "PromiseOutcome",
    "ReachedHow",
]
