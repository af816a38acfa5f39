"""How a deployment stood on a day: what the figures said, and the lead's word. Never rewritten."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.tenancy.constraints import AppendOnly
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel
from journeys.deployments.models.deployment import Deployment


class Tone(models.TextChoices):
    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"


class StatusReport(TenantModel):
    """`*_figure` is what the rows suggested that day, "none" where there was nothing to go by."""

    deployment = TenantForeignKey(Deployment, related_name="reports")
    as_of = models.DateField()
    schedule = models.CharField(max_length=5, choices=Tone.choices)
    budget = models.CharField(max_length=5, choices=Tone.choices)
    quality = models.CharField(max_length=5, choices=Tone.choices)
    schedule_figure = models.CharField(max_length=5, editable=False)
    budget_figure = models.CharField(max_length=5, editable=False)
    quality_figure = models.CharField(max_length=5, editable=False)
    summary = models.TextField()
    next = models.TextField(blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    recorded_by = MemberForeignKey(null=True, related_name="+", editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-as_of", "-id"]
        constraints = [
            AppendOnly(name="deployments_statusreport_append_only"),
            models.CheckConstraint(condition=~models.Q(summary=""), name="deployments_statusreport_says_something"),
        ]
        indexes = [models.Index(fields=["tenant", "deployment", "-as_of", "-id"], name="deployments_report_by_day")]

    def __str__(self) -> str:
        return f"as of {self.as_of}"
