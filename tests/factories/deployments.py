"""Deployments in each state, reached through the actions that people use. Inside a tenant's context."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from accounts.models import Account
from journeys.deployments.actions import activities, deployments, quality, use
from journeys.deployments.models import (
    Activity,
    Cost,
    Deployment,
    Escalation,
    Finding,
    Integration,
    PeerReview,
    StatusReport,
    TimeEntry,
)
from tests.factories.accounts import AccountFactory

DAY = dt.timedelta(days=1)


def today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def planned(cast: SimpleNamespace, account: Account | None = None, **values: Any) -> Deployment:
    """From today for thirty days, led by Dee."""
    given = {
        "name": "Rollout", "lead": cast.dee, "planned_start_on": today(), "planned_end_on": today() + 30 * DAY,
        "budget_hours": Decimal(80),
    } | values  # fmt: skip
    return deployments.plan(account or AccountFactory(csm=cast.cass, delivery=cast.dee), given, by=cast.dee)


def running(cast: SimpleNamespace, account: Account | None = None, *, days: int = 10, **values: Any) -> Deployment:
    """Begun ten days ago, or so many `days`."""
    begun = today() - days * DAY
    given = {"planned_start_on": begun, "planned_end_on": begun + 40 * DAY} | values
    return deployments.start(planned(cast, account, **given), on=begun, by=cast.dee)


def held(cast: SimpleNamespace, account: Account | None = None) -> Deployment:
    return deployments.hold(running(cast, account), reason="Their data isn't ready.", by=cast.dee)


def closed(cast: SimpleNamespace, account: Account | None = None, *, days: int = 60, **values: Any) -> Deployment:
    """After so many days, today."""
    return deployments.close(running(cast, account, days=days, **values), by=cast.dee)


def activity(cast: SimpleNamespace, deployment: Deployment | None = None, **values: Any) -> Activity:
    return activities.add(deployment or running(cast), {"title": "Load the data", "days": 3} | values, by=cast.dee)


def time_entry(cast: SimpleNamespace, deployment: Deployment | None = None, **values: Any) -> TimeEntry:
    given = {"user": cast.dee, "worked_on": today(), "hours": Decimal(6)} | values
    return use.log(deployment or running(cast), given, by=cast.dee)


def cost(cast: SimpleNamespace, deployment: Deployment | None = None, **values: Any) -> Cost:
    given = {"what": "Travel", "spent_on": today(), "amount_minor": 420_00} | values
    return use.spend(deployment or running(cast), given, by=cast.dee)


def report(cast: SimpleNamespace, deployment: Deployment | None = None, **values: Any) -> StatusReport:
    said = {"schedule": "green", "budget": "green", "quality": "amber", "summary": "Data is in."} | values
    return quality.report(deployment or running(cast), said, by=cast.dee)


def review(cast: SimpleNamespace, deployment: Deployment | None = None, **values: Any) -> PeerReview:
    """By Olly, with one finding."""
    said = {"reviewer": cast.olly, "reviewed_on": today(), "verdict": "findings"} | values
    return quality.review(deployment or running(cast), said, ["Name the fallback."], by=cast.olly)


def finding(cast: SimpleNamespace, deployment: Deployment | None = None) -> Finding:
    return review(cast, deployment).findings.get()


def integration(cast: SimpleNamespace, deployment: Deployment | None = None, **values: Any) -> Integration:
    said = {"name": "Payroll feed", "system": "Workday"} | values
    return quality.integrate(deployment or running(cast), said, by=cast.dee)


def escalation(cast: SimpleNamespace, deployment: Deployment | None = None, **values: Any) -> Escalation:
    said = {"what": "The export is missing half the rows.", "severity": "high", "owner": cast.lee} | values
    return quality.escalate(deployment or running(cast), said, by=cast.dee)
