"""What has to happen on either side, and what stands in the way or opens up."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models.functions import Now

from accounts.models import Contact, Task, TaskStatus
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel
from journeys.plans.models.objective import Objective
from journeys.plans.models.plan import Audience, ItemQuerySet, Plan


class StepKind(models.TextChoices):
    MILESTONE = "milestone", "Milestone"
    ACTION = "action", "Action"


IS_DONE = models.Q(task__status=TaskStatus.DONE) | models.Q(done_at__isnull=False) & (
    models.Q(task=None) | ~models.Q(task__status=TaskStatus.OPEN)
)


class Side(models.TextChoices):
    US = "us", "Us"
    THEM = "them", "Them"
    JOINT = "joint", "Together"


class StepQuerySet(ItemQuerySet["Step"]):
    """While a step has a task, the task says whether it is done: closed or reopened anywhere, the step follows."""

    def standing(self) -> StepQuerySet:
        return self.filter(dropped_at=None)

    def done(self) -> StepQuerySet:
        return self.standing().filter(IS_DONE)

    def open(self) -> StepQuerySet:
        return self.standing().exclude(IS_DONE)


class Step(TenantModel):
    """A milestone or an action of one side. `task`: the owner's own task, where the step is ours.

    Ask `is_done` and `finished_at`, not `done_at`: a task that was closed elsewhere is known there first.
    """

    plan = TenantForeignKey(Plan, models.CASCADE, related_name="steps")
    objective = TenantForeignKey(Objective, null=True, blank=True, related_name="steps")
    kind = models.CharField(max_length=9, choices=StepKind.choices, default=StepKind.ACTION)
    side = models.CharField(max_length=5, choices=Side.choices, default=Side.JOINT)
    title = models.CharField(max_length=200)
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.EVERYONE)
    our_owner = MemberForeignKey(null=True, blank=True, related_name="+")
    their_owner = TenantForeignKey(Contact, null=True, blank=True, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = MemberForeignKey(null=True, related_name="+", editable=False)
    done_contact = TenantForeignKey(Contact, null=True, related_name="+", editable=False)
    dropped_at = models.DateTimeField(null=True, editable=False)
    task = TenantForeignKey(Task, null=True, related_name="+", editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(StepQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["due_on", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=False) | models.Q(done_by=None, done_contact=None),
                name="plans_step_done_with_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(done_at=None) | models.Q(dropped_at=None), name="plans_step_done_or_dropped"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "plan", "due_on", "id"], name="plans_step_by_plan"),
            models.Index(fields=["tenant", "task"], name="plans_step_by_task"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_done(self) -> bool:
        """Read it with `select_related("task")`."""
        status = self.task.status if self.task else None
        return status == TaskStatus.DONE or (self.done_at is not None and status != TaskStatus.OPEN)

    @property
    def finished_at(self) -> dt.datetime | None:
        if not self.is_done:
            return None
        return self.done_at or (self.task.closed_at if self.task else None)

    @property
    def is_ours(self) -> bool:
        return self.side in (Side.US, Side.JOINT)


class TopicKind(models.TextChoices):
    CHALLENGE = "challenge", "Challenge"
    OPPORTUNITY = "opportunity", "Opportunity"


class Topic(TenantModel):
    """A challenge with what is done against it, or an opportunity. Nobody reads what is `about` themselves."""

    plan = TenantForeignKey(Plan, models.CASCADE, related_name="topics")
    kind = models.CharField(max_length=11, choices=TopicKind.choices, default=TopicKind.CHALLENGE)
    text = models.TextField()
    response = models.TextField(blank=True, help_text="The mitigation, or how the opportunity is taken.")
    about = TenantForeignKey(Contact, null=True, blank=True, related_name="+")
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.INTERNAL)
    settled_at = models.DateTimeField(null=True, editable=False)
    settled_by = MemberForeignKey(null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(ItemQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="plans_topic_says_something"),
            models.CheckConstraint(
                condition=models.Q(settled_at__isnull=False) | models.Q(settled_by=None),
                name="plans_topic_settled_with_instant",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "plan", "id"], name="plans_topic_by_plan")]

    def __str__(self) -> str:
        return self.text
