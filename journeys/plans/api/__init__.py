"""Joint Impact Plans for other systems."""

from __future__ import annotations

from rest_framework.viewsets import GenericViewSet

from journeys.plans.api.comments import CommentResource
from journeys.plans.api.links import LinkResource
from journeys.plans.api.measurements import ConfirmationResource, MeasurementResource
from journeys.plans.api.objectives import ObjectiveResource
from journeys.plans.api.plans import PlanResource
from journeys.plans.api.steps import StepResource
from journeys.plans.api.templates import TemplateResource
from journeys.plans.api.topics import TopicResource

routes: list[tuple[str, type[GenericViewSet], str]] = [
    ("plans", PlanResource, "plan"),
    ("objectives", ObjectiveResource, "objective"),
    ("measurements", MeasurementResource, "measurement"),
    ("confirmations", ConfirmationResource, "confirmation"),
    ("plan-steps", StepResource, "plan-step"),
    ("plan-topics", TopicResource, "plan-topic"),
    ("plan-comments", CommentResource, "plan-comment"),
    ("plan-links", LinkResource, "plan-link"),
    ("plan-templates", TemplateResource, "plan-template"),
]
