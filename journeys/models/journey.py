"""One account's way through the phases, from the day of the mutual commitment."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet


class JourneyQuerySet(TenantQuerySet["Journey"]):
    def running(self) -> JourneyQuerySet:
        return self.filter(ended_at=None)


class Journey(TenantModel):
    account = TenantForeignKey(Account, related_name="journeys")
    committed_on = models.DateField()
    began_at = models.DateTimeField(db_default=Now())
    began_by = MemberForeignKey(null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TenantManager.from_queryset(JourneyQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["-began_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "account"],
                condition=models.Q(ended_at=None),
                name="journeys_journey_running_once",
                violation_error_message="This account's journey has begun already.",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("began_at")),
                name="journeys_journey_ends_after_it_began",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "account", "-began_at"], name="journeys_journey_by_account")]

    def __str__(self) -> str:
        return f"Journey of {self.account}"
