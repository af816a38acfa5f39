"""What is to be done in a deployment, by whom, and what it waits for."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now

from accounts.models import Contact, Task, TaskStatus
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from journeys.deployments.models.deployment import Deployment


class Side(models.TextChoices):
    US = "us", "Us"
    THEM = "them", "Them"
    JOINT = "joint", "Together"


IS_DONE = models.Q(task__status=TaskStatus.DONE) | models.Q(done_on__isnull=False) & (
    models.Q(task=None) | ~models.Q(task__status=TaskStatus.OPEN)
)


class ActivityQuerySet(TenantQuerySet["Activity"]):
    """While an activity has a task, the task says whether it is done: closed anywhere, the activity follows."""

    def done(self) -> ActivityQuerySet:
        return self.filter(IS_DONE)

    def open(self) -> ActivityQuerySet:
        return self.exclude(IS_DONE)


class Activity(TenantModel):
    """`start_on` and `due_on` follow from `not_before_on`, `days` and what it waits for; actions keep them.

    Ask `is_done` and `finished_on`, not `done_on`: a task that was closed elsewhere is known there first.
    """

    deployment = TenantForeignKey(Deployment, models.CASCADE, related_name="activities")
    title = models.CharField(max_length=200)
    side = models.CharField(max_length=5, choices=Side.choices, default=Side.US)
    our_owner = MemberForeignKey(null=True, blank=True, related_name="+")
    their_owner = TenantForeignKey(Contact, null=True, blank=True, related_name="+")
    not_before_on = models.DateField(null=True, blank=True)
    days = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(400)])
    hours = models.DecimalField(
        max_digits=7, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    start_on = models.DateField(editable=False)
    due_on = models.DateField(editable=False)
    done_on = models.DateField(null=True, editable=False)
    done_by = MemberForeignKey(null=True, related_name="+", editable=False)
    task = TenantForeignKey(Task, null=True, related_name="+", editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(ActivityQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        verbose_name_plural = "activities"
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="deployments_activity_has_title"),
            models.CheckConstraint(condition=models.Q(days__gte=1), name="deployments_activity_takes_time"),
            models.CheckConstraint(
                condition=models.Q(done_on__isnull=False) | models.Q(done_by=None),
                name="deployments_activity_done_with_day",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "deployment", "position", "id"], name="deployments_act_by_deployment"),
            models.Index(fields=["tenant", "task"], name="deployments_act_by_task"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_done(self) -> bool:
        """Read it with `select_related("task")`."""
        status = self.task.status if self.task else None
        return status == TaskStatus.DONE or (self.done_on is not None and status != TaskStatus.OPEN)

    def finished_on(self, zone: zoneinfo.ZoneInfo) -> dt.date | None:
        if not self.is_done:
            return None
        closed_at = self.task.closed_at if self.task else None
        return self.done_on or (closed_at.astimezone(zone).date() if closed_at else None)

    @property
    def is_ours(self) -> bool:
        return self.side in (Side.US, Side.JOINT)


class Dependency(TenantModel):
    """`activity` begins once `after` is done."""

    activity = TenantForeignKey(Activity, models.CASCADE, related_name="waits")
    after = TenantForeignKey(Activity, models.CASCADE, related_name="holds_up")

    class Meta(TenantModel.Meta):
        verbose_name_plural = "dependencies"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "activity", "after"], name="deployments_dependency_once"),
            models.CheckConstraint(
                condition=~models.Q(activity=models.F("after")), name="deployments_dependency_of_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity} after {self.after}"
