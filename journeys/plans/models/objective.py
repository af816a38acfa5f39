"""What both sides want to reach, how far they are, and the customer's word that they are there."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Contact
from accounts.tenancy.constraints import AppendOnly
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel
from journeys.models import SpicedEntry
from journeys.plans.models.plan import Audience, ItemQuerySet, Plan


class ObjectiveKind(models.TextChoices):
    FIRST_IMPACT = "first_impact", "First Impact"
    ADOPTION = "adoption", "Adoption"
    ORGANIZATION = "organization", "Their organization"
    IMPACT = "impact", "Impact"


class Horizon(models.TextChoices):
    SHORT = "short", "Short term"
    LONG = "long", "Long term"


class ObjectiveStatus(models.TextChoices):
    OPEN = "open", "Open"
    ACHIEVED = "achieved", "Achieved, to be confirmed"
    CONFIRMED = "confirmed", "Confirmed by the customer"
    DROPPED = "dropped", "Dropped"


OPEN = [ObjectiveStatus.OPEN, ObjectiveStatus.ACHIEVED]


class ObjectiveQuerySet(ItemQuerySet["Objective"]):
    def standing(self) -> ObjectiveQuerySet:
        return self.exclude(status=ObjectiveStatus.DROPPED)


class Objective(TenantModel):
    """What, who, when, how measured. `value_minor`: worth a year, in minor units of the plan's currency."""

    plan = TenantForeignKey(Plan, models.CASCADE, related_name="objectives")
    kind = models.CharField(max_length=12, choices=ObjectiveKind.choices, default=ObjectiveKind.IMPACT)
    horizon = models.CharField(max_length=5, choices=Horizon.choices, default=Horizon.SHORT)
    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.EVERYONE)
    our_owner = MemberForeignKey(null=True, blank=True, related_name="+")
    their_owner = TenantForeignKey(Contact, null=True, blank=True, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    metric = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    baseline = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    target = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    value_minor = models.BigIntegerField(null=True, blank=True)
    status = models.CharField(
        max_length=9, choices=ObjectiveStatus.choices, default=ObjectiveStatus.OPEN, editable=False
    )
    achieved_on = models.DateField(null=True, editable=False)
    achieved_by = MemberForeignKey(null=True, related_name="+", editable=False)
    evidence = models.TextField(blank=True, editable=False)
    drop_reason = models.CharField(max_length=300, blank=True, editable=False)
    source = TenantForeignKey(SpicedEntry, null=True, related_name="+", editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(ObjectiveQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "plan"],
                condition=models.Q(kind="first_impact") & ~models.Q(status="dropped"),
                name="plans_objective_first_impact_once",
                violation_error_message="The plan has its First Impact already; there is one first.",
            ),
            models.CheckConstraint(
                condition=models.Q(target=None) | models.Q(baseline=None) | ~models.Q(target=models.F("baseline")),
                name="plans_objective_target_differs",
                violation_error_message="The target is where they are today: say what should change.",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "dropped"]) | models.Q(achieved_on__isnull=False),
                name="plans_objective_achieved_some_day",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "plan", "position", "id"], name="plans_objective_by_plan"),
            models.Index(fields=["tenant", "status", "due_on"], name="plans_objective_by_due"),
            models.Index(fields=["tenant", "-updated_at", "-id"], name="plans_objective_by_change"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def measurable(self) -> bool:
        return bool(self.metric) and self.baseline is not None and self.target is not None


def _said_by_one(name: str) -> models.CheckConstraint:
    ours = models.Q(recorded_by__isnull=False, recorded_contact=None)
    theirs = models.Q(recorded_by=None)
    return models.CheckConstraint(condition=ours | theirs, name=name)


class Measurement(TenantModel):
    """One reading of an objective's metric: by one of us, by the customer, or (neither) by another system."""

    objective = TenantForeignKey(Objective, models.CASCADE, related_name="measurements")
    value = models.DecimalField(max_digits=18, decimal_places=4)
    measured_on = models.DateField()
    evidence = models.TextField(blank=True)
    evidence_url = models.URLField(max_length=500, blank=True)
    recorded_by = MemberForeignKey(null=True, related_name="+", editable=False)
    recorded_contact = TenantForeignKey(Contact, null=True, related_name="+", editable=False)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["measured_on", "id"]
        constraints = [
            AppendOnly(name="plans_measurement_append_only"),
            _said_by_one("plans_measurement_said_by_one"),
        ]
        indexes = [models.Index(fields=["tenant", "objective", "measured_on", "id"], name="plans_measurement_course")]

    def __str__(self) -> str:
        return f"{self.value} on {self.measured_on}"


class Confirmation(TenantModel):
    """The customer's word that an objective is reached: a name and an instant, for good."""

    objective = TenantForeignKey(Objective, models.CASCADE, related_name="confirmations")
    contact = TenantForeignKey(Contact, related_name="+")
    name = models.CharField(max_length=160, help_text="As they signed.")
    statement = models.TextField(blank=True)
    confirmed_at = models.DateTimeField(db_default=Now(), editable=False)
    recorded_by = MemberForeignKey(null=True, related_name="+", editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["confirmed_at", "id"]
        constraints = [
            AppendOnly(name="plans_confirmation_append_only"),
            models.UniqueConstraint(
                fields=["tenant", "objective"],
                name="plans_confirmation_once",
                violation_error_message="This impact has been confirmed already.",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="plans_confirmation_signed"),
        ]

    def __str__(self) -> str:
        return f"confirmed by {self.name}"
