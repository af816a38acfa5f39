"""Who was asked to agree to a version before it scores anybody, and what they said."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Task
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel
from metrics.health.models.model import HealthVersion


class SignRole(models.TextChoices):
    LEADERSHIP = "leadership", "Leadership"
    PRODUCT = "product", "Product"


class Decision(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SIGNED = "signed", "Signed"
    DECLINED = "declined", "Declined"


class SignOff(TenantModel):
    """One person's answer. A draft that is changed afterwards asks everybody again."""

    of = TenantForeignKey(HealthVersion, models.CASCADE, db_index=False, related_name="sign_offs")
    asked = MemberForeignKey(related_name="+")
    role = models.CharField(max_length=10, choices=SignRole.choices, default=SignRole.LEADERSHIP)
    decision = models.CharField(max_length=8, choices=Decision.choices, default=Decision.WAITING)
    note = models.CharField(max_length=300, blank=True)
    task = TenantForeignKey(Task, null=True, related_name="+", editable=False)
    asked_by = MemberForeignKey(null=True, related_name="+", editable=False)
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "of", "asked"],
                name="health_signoff_once",
                violation_error_message="This person has been asked already.",
            ),
            models.CheckConstraint(
                condition=models.Q(decision="waiting", decided_at=None)
                | ~models.Q(decision="waiting") & models.Q(decided_at__isnull=False),
                name="health_signoff_decided_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.decision} for version {self.of_id}"
