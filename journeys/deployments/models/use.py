"""Hours and money that a deployment used: said once; what was wrong is corrected by a row of its own."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.tenancy.constraints import AppendOnly
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel
from journeys.deployments.models.activity import Activity
from journeys.deployments.models.deployment import Deployment


class TimeEntry(TenantModel):
    """The plain sum is what was worked: a correction carries the difference."""

    deployment = TenantForeignKey(Deployment, related_name="time_entries")
    activity = TenantForeignKey(Activity, models.DO_NOTHING, null=True, blank=True, related_name="+")
    user = MemberForeignKey(related_name="+")
    worked_on = models.DateField()
    hours = models.DecimalField(max_digits=6, decimal_places=2)
    note = models.CharField(max_length=300, blank=True)
    corrects = TenantForeignKey("self", null=True, blank=True, related_name="corrections")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    recorded_by = MemberForeignKey(null=True, related_name="+", editable=False)

    class Meta(TenantModel.Meta):
        verbose_name_plural = "time entries"
        ordering = ["-worked_on", "-id"]
        constraints = [
            AppendOnly(name="deployments_timeentry_append_only"),
            models.CheckConstraint(
                condition=models.Q(hours__gt=0) | models.Q(corrects__isnull=False) & ~models.Q(hours=0),
                name="deployments_timeentry_counts",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "deployment", "-worked_on"], name="deployments_time_by_day")]

    def __str__(self) -> str:
        return f"{self.hours} h on {self.worked_on}"


class Cost(TenantModel):
    """Money beside the hours, such as travel or licenses; in the deployment's currency."""

    deployment = TenantForeignKey(Deployment, related_name="costs")
    what = models.CharField(max_length=200)
    spent_on = models.DateField()
    amount_minor = models.BigIntegerField()
    corrects = TenantForeignKey("self", null=True, blank=True, related_name="corrections")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    recorded_by = MemberForeignKey(null=True, related_name="+", editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-spent_on", "-id"]
        constraints = [
            AppendOnly(name="deployments_cost_append_only"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0) | models.Q(corrects__isnull=False) & ~models.Q(amount_minor=0),
                name="deployments_cost_counts",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "deployment", "-spent_on"], name="deployments_cost_by_day")]

    def __str__(self) -> str:
        return self.what
