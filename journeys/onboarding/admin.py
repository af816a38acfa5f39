"""Handoffs in the workspace's admin, to read."""

from accounts.admin import register
from journeys.onboarding.models import AgendaItem, Handoff, HandoffAnswer, Promise

register(Handoff, HandoffAnswer, Promise, AgendaItem)
