"""The way in: write keys of senders, and what a tenant decided and last saw of its usage."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Tenant, User
from accounts.tenancy.models import TenantModel


class WriteKey(models.Model):
    """Lets usage in and nothing out: shown once, kept hashed. Outside row-level security: it decides the tenant.

    Unlike an API key it reads nothing and acts in nobody's name, so it goes on when the person who made it leaves.
    """

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    key_hash = models.CharField(max_length=64, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Intake(TenantModel):
    """One row a tenant: how long raw events stay, what came last, and in which zone the days were counted."""

    raw_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Months for which raw events stay; empty: as this installation says."
    )
    zone = models.CharField(max_length=64, editable=False)
    last_event = models.CharField(max_length=200, blank=True, editable=False)
    last_received_at = models.DateTimeField(null=True, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="usage_intake_once"),
            models.CheckConstraint(
                condition=models.Q(raw_months=None) | models.Q(raw_months__gte=1, raw_months__lte=60),
                name="usage_intake_months",
                violation_error_message="Between 1 and 60 months.",
            ),
        ]

    def __str__(self) -> str:
        return f"intake of tenant {self.tenant_id}"
