"""What has to happen before the event, the last step first."""

from __future__ import annotations

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now

from accounts.models import Contact, Task, TaskStatus
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from journeys.critical_events.models.event import CriticalEvent, EventStatus
from journeys.plans.models import Side
from journeys.plans.models import Step as PlanStep

LONGEST = 250

# A step that was pushed to the plan is done there; one with a task of its own, in the task; any other, or one whose
# plan is closed, here.
PLAN_DONE = models.Q(plan_step__task__status=TaskStatus.DONE) | models.Q(plan_step__done_at__isnull=False) & (
    models.Q(plan_step__task=None) | ~models.Q(plan_step__task__status=TaskStatus.OPEN)
)
OWN_DONE = models.Q(task__status=TaskStatus.DONE) | models.Q(done_at__isnull=False) & (
    models.Q(task=None) | ~models.Q(task__status=TaskStatus.OPEN)
)
IS_DONE = models.Q(plan_step__isnull=False) & PLAN_DONE | OWN_DONE


class TimelineStepQuerySet(TenantQuerySet["TimelineStep"]):
    def standing(self) -> TimelineStepQuerySet:
        return self.filter(dropped_at=None)

    def done(self) -> TimelineStepQuerySet:
        return self.standing().filter(IS_DONE)

    def finished(self) -> TimelineStepQuerySet:
        """Adds `is_finished`, for whoever reads plain values."""
        done = TimelineStep.objects.order_by().filter(IS_DONE, pk=models.OuterRef("pk"))
        return self.annotate(is_finished=models.Exists(done))

    def open(self) -> TimelineStepQuerySet:
        return self.standing().exclude(IS_DONE)

    def late(self, today: dt.date) -> TimelineStepQuerySet:
        """Of events that are ahead: should have begun, or should have been finished."""
        begun = models.Q(started_on=None, start_by__lt=today) | models.Q(finish_by__lt=today)
        return self.open().filter(begun, event__status=EventStatus.OPEN)


class TimelineStep(TenantModel):
    """`position` 0 is the last step before the event. `days`: working days of work; `slack`: of air after it.

    `start_by` and `finish_by` are the latest days that keep the event's day, laid anew with every change.
    Ask `is_done`, not `done_at`: what was closed in the plan or among the tasks is known there first.
    """

    event = TenantForeignKey(CriticalEvent, models.CASCADE, related_name="steps")
    title = models.CharField(max_length=200)
    side = models.CharField(max_length=5, choices=Side.choices, default=Side.JOINT)
    our_owner = MemberForeignKey(null=True, blank=True, related_name="+")
    their_owner = TenantForeignKey(Contact, null=True, blank=True, related_name="+")
    days = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(LONGEST)], help_text="Working days."
    )
    slack = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(LONGEST)], help_text="Working days of air after it."
    )
    position = models.PositiveIntegerField(default=0, editable=False)
    start_by = models.DateField(null=True, editable=False)
    finish_by = models.DateField(null=True, editable=False)
    started_on = models.DateField(null=True, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = MemberForeignKey(null=True, related_name="+", editable=False)
    dropped_at = models.DateTimeField(null=True, editable=False)
    plan_step = TenantForeignKey(PlanStep, null=True, related_name="+", editable=False)
    task = TenantForeignKey(Task, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(TimelineStepQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="critical_step_has_title"),
            models.CheckConstraint(
                condition=models.Q(days__gte=1, days__lte=LONGEST, slack__lte=LONGEST), name="critical_step_takes_days"
            ),
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=False) | models.Q(done_by=None),
                name="critical_step_done_with_instant",
            ),
            models.UniqueConstraint(
                fields=["tenant", "plan_step"],
                name="critical_step_plan_step_once",
                violation_error_message="This step of the plan stands in a timeline already.",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "event", "position", "id"], name="critical_step_by_event"),
            models.Index(fields=["tenant", "-updated_at", "-id"], name="critical_step_by_change"),
            models.Index(fields=["tenant", "start_by", "event"], name="critical_step_by_start"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_done(self) -> bool:
        """Read it with `select_related("task", "plan_step__task")`."""
        if self.plan_step is not None and self.plan_step.is_done:
            return True
        status = self.task.status if self.task else None
        return status == TaskStatus.DONE or (self.done_at is not None and status != TaskStatus.OPEN)

    @property
    def is_ours(self) -> bool:
        return self.side in (Side.US, Side.JOINT)
