"""Handoffs for other systems."""

from journeys.onboarding.api.handoffs import routes

__all__ = ["routes"]
