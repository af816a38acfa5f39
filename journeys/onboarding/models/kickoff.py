"""The kickoff of one journey: what both sides bring to it, when it was held, and the meeting it happened in."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel
from journeys.meetings.models import Meeting
from journeys.models import Journey
from journeys.onboarding.models.handoff import Handoff


class Kickoff(TenantModel):
    """`meeting`: where it is scheduled. `held_on`: the day from which the second clock of First Impact counts."""

    account = TenantForeignKey(Account, related_name="kickoffs")
    journey = TenantForeignKey(Journey, related_name="kickoffs")
    handoff = TenantForeignKey(Handoff, null=True, blank=True, related_name="+")
    meeting = TenantForeignKey(Meeting, null=True, blank=True, related_name="+")
    our_part = models.TextField(blank=True, help_text="Who of us does what, and what they can expect from us.")
    their_part = models.TextField(blank=True, help_text="Who of them does what, and what we count on.")
    keys = models.TextField(blank=True, help_text="What made it work for others like them.")
    pitfalls = models.TextField(blank=True, help_text="Where others like them lost time.")
    first_months = models.TextField(blank=True, help_text="What the first months look like, week by week.")
    held_on = models.DateField(null=True, editable=False)
    held_by = MemberForeignKey(null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "journey"], name="onboarding_kickoff_one_per_journey"),
            models.CheckConstraint(
                condition=models.Q(held_on__isnull=False) | models.Q(held_by=None),
                name="onboarding_kickoff_held_some_day",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "account"], name="onboarding_kickoff_by_account"),
            models.Index(fields=["tenant", "meeting"], name="onboarding_kickoff_by_meeting"),
            models.Index(fields=["tenant", "-updated_at", "-id"], name="onboarding_kickoff_by_change"),
        ]

    def __str__(self) -> str:
        return f"Kickoff of {self.account}"

    @property
    def is_held(self) -> bool:
        return self.held_on is not None
