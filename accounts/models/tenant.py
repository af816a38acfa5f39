"""The company that uses CSOM, and the notes that tell sweeps where its work waits."""

from __future__ import annotations

import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Now

COLOUR = RegexValidator(r"^#[0-9a-f]{6}$", "A color as #rrggbb, such as #4650c8.")
SLUG = RegexValidator(r"^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$", "Lower-case letters, digits and inner hyphens only.")


def valid_timezone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(f"“{value}” is not a time zone, such as Europe/Berlin.")


class Tenant(models.Model):
    """Outside row-level security: it is what row-level security is about."""

    slug = models.CharField(max_length=50, unique=True, validators=[SLUG])
    name = models.CharField(max_length=120)
    timezone = models.CharField(max_length=64, default="UTC", validators=[valid_timezone])
    country = models.CharField(max_length=2, default="US", help_text="ISO 3166, for public holidays.")
    currency = models.CharField(max_length=3, default="USD", help_text="ISO 4217, for new accounts and totals.")
    handoff_due_days = models.PositiveSmallIntegerField(
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="Business days from commit until a handoff should be accepted.",
    )
    accent = models.CharField(
        max_length=7, default="#4650c8", validators=[COLOUR], help_text="Of the pages that customers see, as #rrggbb."
    )
    first_impact_from = models.CharField(
        max_length=7,
        choices=[("commit", "The mutual commitment"), ("kickoff", "The kickoff")],
        default="commit",
        help_text="From which day Time to First Impact is shown first; both are kept.",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)


class TenantWork(models.Model):
    """«There is work of this kind in this tenant»: written with the work, read by sweeps, removed when none is left.

    Outside row-level security, since a sweep has no tenant yet; it carries no content.
    """

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    due_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "tenant work"
        indexes = [models.Index(fields=["kind", "due_at"], name="accounts_tenantwork_due")]

    def __str__(self) -> str:
        return f"{self.kind} of tenant {self.tenant_id}"
