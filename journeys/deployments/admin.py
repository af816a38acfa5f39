"""Deployments in the workspace's admin, to read."""

from accounts.admin import register
from journeys.deployments.models import (
    Activity,
    Cost,
    Dependency,
    Deployment,
    Escalation,
    Finding,
    Hold,
    Integration,
    PeerReview,
    StatusReport,
    TimeEntry,
)

register(Deployment, Hold, Activity, Dependency, TimeEntry, Cost, StatusReport, PeerReview, Finding)
register(Integration, Escalation)
