"""The nouns of deployment projects."""

from journeys.deployments.models.activity import Activity, ActivityQuerySet, Dependency, Side
from journeys.deployments.models.deployment import Deployment, DeploymentQuerySet, Hold, Kind, Status
from journeys.deployments.models.quality import Escalation, Finding, Integration, PeerReview, Severity, Verdict
from journeys.deployments.models.reports import StatusReport, Tone
from journeys.deployments.models.use import Cost, TimeEntry

__all__ = [
    "Activity",
    "ActivityQuerySet",
    "Cost",
    "Dependency",
    "Deployment",
    "DeploymentQuerySet",
    "Escalation",
    "Finding",
    "Hold",
    "Integration",
    "Kind",
    "PeerReview",
    "Severity",
    "Side",
    "Status",
    "StatusReport",
    "TimeEntry",
    "Tone",
    "Verdict",
]
