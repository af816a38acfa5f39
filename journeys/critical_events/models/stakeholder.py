"""Who at the customer gains from being in time, and what they gain."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Contact
from accounts.tenancy.models import TenantForeignKey, TenantModel
from journeys.critical_events.models.event import CriticalEvent


class Stakeholder(TenantModel):
    event = TenantForeignKey(CriticalEvent, models.CASCADE, related_name="stakeholders")
    contact = TenantForeignKey(Contact, related_name="+")
    gains = models.CharField(max_length=300, help_text="What gets better for this person.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(gains=""), name="critical_stakeholder_gains"),
            models.UniqueConstraint(
                fields=["tenant", "event", "contact"],
                name="critical_stakeholder_once",
                violation_error_message="This person is on the list already.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.contact)
