"""Critical events for other systems."""

from __future__ import annotations

from rest_framework.viewsets import GenericViewSet

from journeys.critical_events.api.around import AnswerResource, StakeholderResource
from journeys.critical_events.api.events import CriticalEventResource
from journeys.critical_events.api.steps import TimelineStepResource

routes: list[tuple[str, type[GenericViewSet], str]] = [
    ("critical-events", CriticalEventResource, "critical-event"),
    ("critical-event-steps", TimelineStepResource, "critical-event-step"),
    ("critical-event-stakeholders", StakeholderResource, "critical-event-stakeholder"),
    ("critical-event-answers", AnswerResource, "critical-event-answer"),
]
