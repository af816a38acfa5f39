"""The nouns of critical events: the event, its steps in reverse, who gains, what was answered, what goes on."""

from journeys.critical_events.models.answer import QUESTIONS, DiscoveryAnswer, Question
from journeys.critical_events.models.event import CriticalEvent, CriticalEventQuerySet, EventKind, EventStatus
from journeys.critical_events.models.nurture import Nurture, NurtureItem
from journeys.critical_events.models.stakeholder import Stakeholder
from journeys.critical_events.models.step import TimelineStep, TimelineStepQuerySet

__all__ = [
    "QUESTIONS",
    "CriticalEvent",
    "CriticalEventQuerySet",
    "DiscoveryAnswer",
    "EventKind",
    "EventStatus",
    "Nurture",
    "NurtureItem",
    "Question",
    "Stakeholder",
    "TimelineStep",
    "TimelineStepQuerySet",
]
