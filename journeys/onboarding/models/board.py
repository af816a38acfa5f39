"""How long onboarding should take, by segment; and when it rests, with the reason."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from journeys.models import Journey

DEFAULT_DAYS = 30


class OnboardingTarget(TenantModel):
    """Days from the mutual commitment to First Impact. The empty segment speaks for all without a line of their own."""

    segment = models.CharField(max_length=80, blank=True, help_text="Empty: every other segment.")
    days = models.PositiveSmallIntegerField(default=DEFAULT_DAYS)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["segment"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "segment"],
                name="onboarding_target_once_per_segment",
                violation_error_message="This segment has a target already.",
            ),
            models.CheckConstraint(
                condition=models.Q(days__gte=1, days__lte=730),
                name="onboarding_target_within_reason",
                violation_error_message="A target is between 1 and 730 days.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment or 'Every other segment'}: {self.days} days"


class HoldQuerySet(TenantQuerySet["OnboardingHold"]):
    def on(self, day: dt.date) -> HoldQuerySet:
        """Those that rest on this day."""
        return self.filter(from_on__lte=day).filter(models.Q(until_on=None) | models.Q(until_on__gt=day))


class OnboardingHold(TenantModel):
    """Onboarding rests in [from_on, until_on); without an end until somebody goes on. No clock stops for it."""

    account = TenantForeignKey(Account, related_name="onboarding_holds")
    journey = TenantForeignKey(Journey, related_name="onboarding_holds")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300)
    put_at = models.DateTimeField(db_default=Now(), editable=False)
    put_by = MemberForeignKey(null=True, related_name="+", editable=False)
    lifted_by = MemberForeignKey(null=True, related_name="+", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TenantManager.from_queryset(HoldQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["-from_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "journey"],
                condition=models.Q(until_on=None),
                name="onboarding_hold_open_once",
                violation_error_message="Onboarding is on hold already.",
            ),
            models.CheckConstraint(
                condition=models.Q(until_on=None) | models.Q(until_on__gte=models.F("from_on")),
                name="onboarding_hold_ends_after_it_began",
                violation_error_message="A hold ends after it begins.",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="onboarding_hold_says_why"),
        ]
        indexes = [models.Index(fields=["tenant", "journey", "from_on"], name="onboarding_hold_by_journey")]

    def __str__(self) -> str:
        return self.reason
