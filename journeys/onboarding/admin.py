"""Onboarding in the workspace's admin, to read."""

from accounts.admin import register
from journeys.onboarding.models import (
    AgendaItem,
    FirstImpact,
    Handoff,
    HandoffAnswer,
    Kickoff,
    OnboardingHold,
    OnboardingTarget,
    Promise,
)

register(Handoff, HandoffAnswer, Promise, AgendaItem, Kickoff, FirstImpact, OnboardingHold, OnboardingTarget)
