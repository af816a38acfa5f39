"""What was agreed when: the plan's words at that instant, and who on either side said yes to them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Contact
from accounts.tenancy.constraints import AppendOnly
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel
from journeys.plans.models.plan import Plan


class PlanVersion(TenantModel):
    """`items`: [{noun, id, audience, about, …fields}] as they stood; readers see those of their audience alone."""

    plan = TenantForeignKey(Plan, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    north_star = models.TextField(blank=True)
    items = models.JSONField(default=list)
    note = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    made_by = MemberForeignKey(null=True, related_name="+", editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-number"]
        constraints = [
            AppendOnly(name="plans_planversion_append_only"),
            models.UniqueConstraint(fields=["tenant", "plan", "number"], name="plans_planversion_number_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class Agreement(TenantModel):
    """One side's yes to one version: by one of us, or by a contact."""

    plan_version = TenantForeignKey(PlanVersion, models.CASCADE, related_name="agreements")
    user = MemberForeignKey(null=True, related_name="+", editable=False)
    contact = TenantForeignKey(Contact, null=True, related_name="+", editable=False)
    name = models.CharField(max_length=160)
    agreed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["agreed_at", "id"]
        constraints = [
            AppendOnly(name="plans_agreement_append_only"),
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, contact=None) | models.Q(user=None, contact__isnull=False),
                name="plans_agreement_of_one_side",
            ),
            models.UniqueConstraint(
                fields=["tenant", "plan_version", "user", "contact"],
                nulls_distinct=False,
                name="plans_agreement_once",
                violation_error_message="You agreed to this version already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} agreed"
