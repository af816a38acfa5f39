"""Deployments for other systems."""

from __future__ import annotations

from rest_framework.viewsets import GenericViewSet

from journeys.deployments.api.activities import ActivityResource
from journeys.deployments.api.deployments import DeploymentResource
from journeys.deployments.api.escalations import EscalationResource
from journeys.deployments.api.integrations import IntegrationResource
from journeys.deployments.api.quality import (
    FindingResource,
    ReportResource,
    ReviewResource,
)
from journeys.deployments.api.use import CostResource, TimeResource

routes: list[tuple[str, type[GenericViewSet], str]] = [
    ("deployments", DeploymentResource, "deployment"),
    ("deployment-activities", ActivityResource, "deployment-activity"),
    ("deployment-hours", TimeResource, "deployment-hour"),
    ("deployment-costs", CostResource, "deployment-cost"),
    ("deployment-reports", ReportResource, "deployment-report"),
    ("deployment-reviews", ReviewResource, "deployment-review"),
    ("deployment-findings", FindingResource, "deployment-finding"),
    ("deployment-integrations", IntegrationResource, "deployment-integration"),
    ("deployment-escalations", EscalationResource, "deployment-escalation"),
]
