"""What was promised in the sale, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel
from journeys.onboarding.models.handoff import Handoff


class PromiseKind(models.TextChoices):
    PRODUCT = "product", "Product"
    PRICE = "price", "Price or terms"
    DATE = "date", "Date"
    SERVICE = "service", "Service"


class PromiseOutcome(models.TextChoices):
    OPEN = "open", "Open"
    KEPT = "kept", "Kept"
    CHANGED = "changed", "Changed"
    BROKEN = "broken", "Not kept"


class Promise(TenantModel):
    handoff = TenantForeignKey(Handoff, models.CASCADE, related_name="promises")
    text = models.CharField(max_length=300)
    kind = models.CharField(max_length=7, choices=PromiseKind.choices, default=PromiseKind.PRODUCT)
    due_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(
        max_length=7, choices=PromiseOutcome.choices, default=PromiseOutcome.OPEN, editable=False
    )
    outcome_note = models.CharField(max_length=300, blank=True, editable=False)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    made_by = MemberForeignKey(related_name="+", editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)
    settled_by = MemberForeignKey(null=True, related_name="+", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome="open", settled_at=None, settled_by=None)
                | ~models.Q(outcome="open") & models.Q(settled_at__isnull=False, settled_by__isnull=False),
                name="onboarding_promise_settled_pair",
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def tone(self) -> str:
        """How the outcome looks: kept is good, broken is not, changed is in between."""
        return {"kept": "green", "changed": "amber", "broken": "red"}.get(self.outcome, "")

    @property
    def is_open(self) -> bool:
        return self.outcome == PromiseOutcome.OPEN
