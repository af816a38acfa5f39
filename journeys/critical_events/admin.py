"""Critical events in the workspace's admin, to read."""

from accounts.admin import register
from journeys.critical_events.models import (
    CriticalEvent,
    DiscoveryAnswer,
    Nurture,
    NurtureItem,
    Stakeholder,
    TimelineStep,
)

register(CriticalEvent, TimelineStep, Stakeholder, DiscoveryAnswer, Nurture, NurtureItem)
