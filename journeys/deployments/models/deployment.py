"""A project of the services team at one account, and the times in which it stood still."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now

from accounts.models import Account, Contract, Product
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet

if TYPE_CHECKING:
    from accounts.models import ApiKey, Membership


class Kind(models.TextChoices):
    INITIAL = "initial", "Initial"
    ADDON = "addon", "Add-on"


class Status(models.TextChoices):
    PLANNED = "planned", "Planned"
    RUNNING = "running", "Running"
    ON_HOLD = "on_hold", "On hold"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


OVER = (Status.CLOSED, Status.CANCELLED)


class DeploymentQuerySet(TenantQuerySet["Deployment"]):
    def visible_to(self, member: Membership | ApiKey) -> DeploymentQuerySet:
        return self.filter(account__in=Account.objects.present().visible_to(member))

    def open(self) -> DeploymentQuerySet:
        return self.exclude(status__in=OVER)

    def late(self, today: dt.date) -> DeploymentQuerySet:
        """Past the agreed end, with an activity that should be done by now, or foreseen to end after what was agreed.

        A forecast only moves by what is done, planned or overdue; what is overdue is asked for by itself.
        """
        behind = models.Q(activities__done_on=None, activities__due_on__lt=today)
        late = self.filter(
            models.Q(planned_end_on__lt=today) | models.Q(forecast_end_on__gt=models.F("planned_end_on"))
        )
        overdue = self.filter(behind).order_by().values("pk")
        return self.open().filter(models.Q(pk__in=late.order_by().values("pk")) | models.Q(pk__in=overdue))

    def over(self) -> DeploymentQuerySet:
        return self.filter(status__in=OVER)


class Deployment(TenantModel):
    """It outlives onboarding. `planned_end_on` is what was agreed; what is expected comes out of the activities."""

    account = TenantForeignKey(Account, related_name="deployments")
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.INITIAL)
    product = TenantForeignKey(Product, null=True, blank=True, related_name="+")
    contract = TenantForeignKey(Contract, null=True, blank=True, related_name="+")
    lead = MemberForeignKey(null=True, blank=True, related_name="+")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PLANNED, editable=False)
    planned_start_on = models.DateField()
    planned_end_on = models.DateField()
    started_on = models.DateField(null=True, editable=False)
    closed_on = models.DateField(null=True, editable=False)
    close_note = models.CharField(max_length=300, blank=True, editable=False)
    # What the plan's longest way says, as of the last change to it: the working days of a way can't be counted in SQL.
    forecast_end_on = models.DateField(null=True, editable=False)
    currency = models.CharField(max_length=3, default="USD")
    budget_minor = models.BigIntegerField(null=True, blank=True, validators=[MinValueValidator(0)])
    budget_hours = models.DecimalField(
        max_digits=8, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    rate_minor = models.BigIntegerField(null=True, blank=True, validators=[MinValueValidator(0)])
    sow_title = models.CharField(max_length=200, blank=True)
    sow_number = models.CharField(max_length=80, blank=True)
    sow_signed_on = models.DateField(null=True, blank=True)
    sow_url = models.URLField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = MemberForeignKey(null=True, related_name="+", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(DeploymentQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["planned_end_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="deployments_deployment_has_name"),
            models.CheckConstraint(
                condition=models.Q(planned_end_on__gte=models.F("planned_start_on")),
                name="deployments_deployment_ends_after_start",
                violation_error_message="It can't end before it starts.",
            ),
            models.CheckConstraint(
                condition=models.Q(status="planned", started_on=None, closed_on=None)
                | models.Q(status__in=["running", "on_hold"], started_on__isnull=False, closed_on=None)
                | models.Q(status="closed", started_on__isnull=False, closed_on__gte=models.F("started_on"))
                | models.Q(status="cancelled", closed_on__isnull=False),
                name="deployments_deployment_days_by_status",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "account", "-id"], name="deployments_dep_by_account"),
            models.Index(fields=["tenant", "status", "planned_end_on", "id"], name="deployments_dep_by_status"),
            models.Index(fields=["tenant", "lead", "status"], name="deployments_dep_by_lead"),
            models.Index(fields=["tenant", "closed_on"], name="deployments_dep_by_close"),
            models.Index(fields=["tenant", "-updated_at", "-id"], name="deployments_dep_by_change"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def begins_on(self) -> dt.date:
        return self.started_on or self.planned_start_on

    @property
    def days(self) -> int | None:
        """From its start to its close, in calendar days."""
        return (self.closed_on - self.started_on).days if self.closed_on and self.started_on else None


class Hold(TenantModel):
    """It stood still from `from_on` until `to_on`, for a reason; one at a time."""

    deployment = TenantForeignKey(Deployment, models.CASCADE, related_name="holds")
    reason = models.CharField(max_length=300)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    held_by = MemberForeignKey(null=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["from_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="deployments_hold_has_reason"),
            models.CheckConstraint(
                condition=models.Q(to_on=None) | models.Q(to_on__gte=models.F("from_on")),
                name="deployments_hold_ends_after_start",
                violation_error_message="It can't go on before it was put on hold.",
            ),
            models.UniqueConstraint(
                fields=["tenant", "deployment"], condition=models.Q(to_on=None), name="deployments_one_open_hold"
            ),
        ]

    def __str__(self) -> str:
        return self.reason
