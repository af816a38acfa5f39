"""Reports, reviews by peers, integrations and escalations: what is said about how good it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from accounts.actions.errors import Conflict, named_refusals, refuse
from accounts.actions.validity import check, check_change, only, settled
from accounts.actions.writing import change, told
from accounts.models import User
from journeys.deployments.actions.standing import locked, not_ahead, open_, tell, today_of
from journeys.deployments.models import (
    Deployment,
    Escalation,
    Finding,
    Integration,
    PeerReview,
    StatusReport,
    Verdict,
)
from journeys.deployments.outlook import outlook

REPORT = ("as_of", "schedule", "budget", "quality", "summary", "next")
REVIEW = ("reviewer", "reviewed_on", "verdict", "summary")
INTEGRATION = ("name", "system")
ESCALATION = ("what", "severity", "raised_on", "owner", "due_on")
SHOWN = 160


@transaction.atomic
def report(
    deployment: Deployment, values: Mapping[str, Any], *, by: User | None, today: dt.date | None = None,
    now: dt.datetime | None = None,
) -> StatusReport:  # fmt: skip
    """The lead's word, beside what the figures suggest that day. `values`: as_of, schedule, budget, quality, …"""
    row = open_(deployment)
    day = today_of(row, today)
    said = outlook(row, row.tenant, day)
    at = {"recorded_at": now} if now else {}
    made = StatusReport(
        deployment=row, recorded_by=by, schedule_figure=said.time.tone, budget_figure=said.budget.tone,
        quality_figure=said.quality.tone, **({"as_of": day} | only(values, REPORT)), **at,
    )  # fmt: skip
    check(made)
    not_ahead(made.as_of, day, "as_of")
    made.save(force_insert=True)
    tell(
        "deployment.reported", row, by, now=now,
        as_of=made.as_of.isoformat(), summary=made.summary[:SHOWN], report_id=made.pk,
    )  # fmt: skip
    return settled(made)


@transaction.atomic
def review(
    deployment: Deployment, values: Mapping[str, Any], findings: Iterable[str] = (), *, by: User | None,
    today: dt.date | None = None, now: dt.datetime | None = None,
) -> PeerReview:  # fmt: skip
    """By a peer, who doesn't lead it; also after the close. `values`: reviewer, reviewed_on, verdict, summary."""
    row = locked(deployment)
    at = {"recorded_at": now} if now else {}
    made = PeerReview(deployment=row, recorded_by=by, **only(values, REVIEW), **at)
    check(made)
    texts = [text.strip() for text in findings if text.strip()]
    not_ahead(made.reviewed_on, today_of(row, today), "reviewed_on")
    if made.reviewer_id == row.lead_id:
        raise refuse("reviewer", "A peer reviews it, not its lead.")
    if made.verdict != Verdict.PASSED and not texts:
        raise refuse("findings", "Say what was found, one a line.")
    with named_refusals(PeerReview):
        made.save(force_insert=True)
    for text in texts:
        finding = Finding(review=made, text=text)
        check(finding)
        finding.save(force_insert=True)
    facts = {"reviewer": str(made.reviewer), "verdict": made.get_verdict_display().lower(), "findings": len(texts)}
    tell("deployment.reviewed", row, by, now=now, review_id=made.pk, **facts)
    return settled(made)


@transaction.atomic
def settle(finding: Finding, *, by: User | None, version: int | None = None, today: dt.date | None = None) -> Finding:
    row = locked(finding.review.deployment)
    if finding.settled_on is None:
        change(finding, {"settled_on": today_of(row, today), "settled_by": by}, version=version)
        tell("deployment.finding_settled", row, by, text=finding.text)
    return finding


@transaction.atomic
def integrate(deployment: Deployment, values: Mapping[str, Any], *, by: User | None) -> Integration:
    """An integration that belongs to it. `values`: name, system."""
    row = open_(deployment)
    made = Integration(deployment=row, **only(values, INTEGRATION))
    check(made)
    made.save(force_insert=True)
    tell("integration.added", row, by, integration=made.name, integration_id=made.pk)
    return settled(made)


@transaction.atomic
def complete_integration(
    integration: Integration, *, on: dt.date | None = None, by: User | None, version: int | None = None,
    today: dt.date | None = None, now: dt.datetime | None = None,
) -> Integration:  # fmt: skip
    """It runs; completed twice it stays as it is."""
    row = locked(integration.deployment)
    if integration.completed_on is not None:
        return integration
    day = on or today_of(row, today)
    not_ahead(day, today_of(row, today), "on")
    change(integration, {"completed_on": day, "completed_by": by}, version=version)
    tell("integration.completed", row, by, now=now, integration=integration.name, on=day.isoformat())
    return integration


@transaction.atomic
def escalate(
    deployment: Deployment, values: Mapping[str, Any], *, by: User | None, today: dt.date | None = None,
    now: dt.datetime | None = None,
) -> Escalation:  # fmt: skip
    """`values`: what, severity, raised_on, owner, due_on."""
    row = locked(deployment)
    day = today_of(row, today)
    made = Escalation(deployment=row, raised_by=by, **({"raised_on": day} | only(values, ESCALATION)))
    check(made)
    not_ahead(made.raised_on, day, "raised_on")
    with named_refusals(Escalation):
        made.save(force_insert=True)
    tell("escalation.raised", row, by, now=now, **_about(made))
    return settled(made)


@transaction.atomic
def edit_escalation(
    escalation: Escalation, values: Mapping[str, Any], *, by: User | None, version: int | None = None
) -> Escalation:
    row = locked(escalation.deployment)
    if escalation.resolved_on is not None:
        raise Conflict(escalation)
    given = only(values, ESCALATION)
    check_change(escalation, given)
    not_ahead(given.get("raised_on", escalation.raised_on), today_of(row), "raised_on")
    changed = change(escalation, given, version=version)
    if changed:
        tell("escalation.edited", row, by, **(_about(escalation) | told(changed)))
    return escalation


@transaction.atomic
def resolve(
    escalation: Escalation, *, outcome: str, on: dt.date | None = None, by: User | None, version: int | None = None,
    today: dt.date | None = None, now: dt.datetime | None = None,
) -> Escalation:  # fmt: skip
    row = locked(escalation.deployment)
    if escalation.resolved_on is not None:
        raise Conflict(escalation)
    if not outcome.strip():
        raise refuse("outcome", "Say how it came out.")
    day = on or today_of(row, today)
    not_ahead(day, today_of(row, today), "on")
    if day < escalation.raised_on:
        raise refuse("on", "It can't be resolved before it was raised.")
    change(escalation, {"resolved_on": day, "resolved_by": by, "outcome": outcome.strip()}, version=version)
    tell("escalation.resolved", row, by, now=now, **(_about(escalation) | {"outcome": outcome.strip()[:SHOWN]}))
    return escalation


def _about(escalation: Escalation) -> dict[str, Any]:
    return {
        "escalation_id": escalation.pk, "what": escalation.what, "severity": escalation.get_severity_display(),
        "owner_id": escalation.owner_id, "due_on": escalation.due_on.isoformat() if escalation.due_on else "",
    }  # fmt: skip
