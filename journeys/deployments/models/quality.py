"""Whether it is good: reviews by a peer with their findings, integrations, and what was escalated."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.tenancy.constraints import AppendOnly
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel
from journeys.deployments.models.deployment import Deployment


class Verdict(models.TextChoices):
    PASSED = "passed", "Passed"
    FINDINGS = "findings", "Passed with findings"
    REWORK = "rework", "Needs rework"


class PeerReview(TenantModel):
    """By somebody who doesn't lead it; said once, the findings are settled one by one."""

    deployment = TenantForeignKey(Deployment, related_name="reviews")
    reviewer = MemberForeignKey(related_name="+")
    reviewed_on = models.DateField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    summary = models.TextField(blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    recorded_by = MemberForeignKey(null=True, related_name="+", editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-reviewed_on", "-id"]
        constraints = [AppendOnly(name="deployments_peerreview_append_only")]
        indexes = [models.Index(fields=["tenant", "deployment", "-reviewed_on"], name="deployments_review_by_day")]

    def __str__(self) -> str:
        return f"review of {self.reviewed_on}"


class Finding(TenantModel):
    review = TenantForeignKey(PeerReview, models.CASCADE, related_name="findings")
    text = models.CharField(max_length=500)
    settled_on = models.DateField(null=True, editable=False)
    settled_by = MemberForeignKey(null=True, related_name="+", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="deployments_finding_says_something"),
            models.CheckConstraint(
                condition=models.Q(settled_on__isnull=False) | models.Q(settled_by=None),
                name="deployments_finding_settled_with_day",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Integration(TenantModel):
    deployment = TenantForeignKey(Deployment, models.CASCADE, related_name="integrations")
    name = models.CharField(max_length=160)
    system = models.CharField(max_length=120, blank=True)
    completed_on = models.DateField(null=True, editable=False)
    completed_by = MemberForeignKey(null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="deployments_integration_has_name"),
            models.CheckConstraint(
                condition=models.Q(completed_on__isnull=False) | models.Q(completed_by=None),
                name="deployments_integration_completed_with_day",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "completed_on"], name="deployments_integ_by_day")]

    def __str__(self) -> str:
        return self.name


class Severity(models.TextChoices):
    LOW = "low", "Low"
    HIGH = "high", "High"
    CRITICAL = "critical", "Critical"


class Escalation(TenantModel):
    deployment = TenantForeignKey(Deployment, models.CASCADE, related_name="escalations")
    what = models.CharField(max_length=500)
    severity = models.CharField(max_length=8, choices=Severity.choices, default=Severity.HIGH)
    raised_on = models.DateField()
    raised_by = MemberForeignKey(null=True, related_name="+", editable=False)
    owner = MemberForeignKey(null=True, blank=True, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    resolved_on = models.DateField(null=True, editable=False)
    resolved_by = MemberForeignKey(null=True, related_name="+", editable=False)
    outcome = models.TextField(blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-raised_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(what=""), name="deployments_escalation_says_what"),
            models.CheckConstraint(
                condition=models.Q(resolved_on=None, resolved_by=None, outcome="")
                | models.Q(resolved_on__gte=models.F("raised_on")),
                name="deployments_escalation_resolved_with_day",
                violation_error_message="It can't be resolved before it was raised.",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "deployment", "-raised_on"], name="deployments_esc_by_day")]

    def __str__(self) -> str:
        return self.what
