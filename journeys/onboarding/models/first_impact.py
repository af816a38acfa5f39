"""The first tangible impact of one journey: defined at the kickoff, reached on one day, its days counted."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from journeys.models import Journey
from journeys.plans.models import Objective


class ReachedHow(models.TextChoices):
    CONFIRMED = "confirmed", "Confirmed by the customer"
    EVIDENCE = "evidence", "Shown by the CSM"
    USAGE = "usage", "Seen in usage"


class FirstImpactQuerySet(TenantQuerySet["FirstImpact"]):
    def open(self) -> FirstImpactQuerySet:
        return self.filter(reached_on=None, journey__ended_at=None)


class FirstImpact(TenantModel):
    """One per journey. `event`, `times`, `users`: reached by itself once so many people did it so many times."""

    account = TenantForeignKey(Account, related_name="first_impacts")
    journey = TenantForeignKey(Journey, related_name="first_impacts")
    objective = TenantForeignKey(Objective, null=True, blank=True, related_name="+")
    # Empty until somebody says more than the objective's title does.
    definition = models.CharField(max_length=300, blank=True)
    event = models.CharField(
        max_length=120, blank=True, help_text="Name of the usage event, such as report_downloaded."
    )
    times = models.PositiveIntegerField(default=1)
    users = models.PositiveIntegerField(default=1)
    committed_on = models.DateField()
    kickoff_on = models.DateField(null=True, blank=True)
    reached_on = models.DateField(null=True, editable=False)
    reached_how = models.CharField(max_length=9, choices=ReachedHow.choices, blank=True, editable=False)
    reached_by = MemberForeignKey(null=True, related_name="+", editable=False)
    evidence = models.TextField(blank=True, editable=False)
    recorded_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TenantManager.from_queryset(FirstImpactQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["-committed_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "journey"], name="onboarding_firstimpact_one_per_journey"),
            models.CheckConstraint(
                condition=models.Q(reached_on=None, reached_how="", recorded_at=None)
                | ~models.Q(reached_how="") & models.Q(reached_on__isnull=False, recorded_at__isnull=False),
                name="onboarding_firstimpact_reached_somehow",
            ),
            models.CheckConstraint(
                condition=models.Q(users__gte=1, times__gte=models.F("users")),
                name="onboarding_firstimpact_criterion_can_be_met",
                violation_error_message="So many people need at least as many times.",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "account"], name="onboarding_fi_by_account"),
            models.Index(fields=["tenant", "event"], condition=models.Q(reached_on=None), name="onboarding_fi_waiting"),
        ]

    def __str__(self) -> str:
        return self.words or f"First Impact of {self.account}"

    @property
    def words(self) -> str:
        """What it is; read it with `select_related("objective")`."""
        return self.definition or (self.objective.title if self.objective else "")

    def days(self, today: dt.date, *, since: str = "commit") -> int | None:
        """From commit, or from the kickoff (None: there was none yet), to the impact or to today."""
        start = self.committed_on if since == "commit" else self.kickoff_on
        return None if start is None else ((self.reached_on or today) - start).days
