"""What came out of a meeting: decisions, and who does what by when."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Contact, Task, TaskStatus
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel
from journeys.meetings.models.meeting import Meeting
from journeys.plans.models import Step


class Decision(TenantModel):
    meeting = TenantForeignKey(Meeting, models.CASCADE, related_name="decisions")
    text = models.CharField(max_length=500)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = MemberForeignKey(null=True, related_name="+", editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="meetings_decision_says_something")]
        indexes = [models.Index(fields=["tenant", "meeting", "id"], name="meetings_decision_by_meeting")]

    def __str__(self) -> str:
        return self.text


class StepSide(models.TextChoices):
    US = "us", "Us"
    THEM = "them", "Them"


class NextStep(TenantModel):
    """Ours has a task; theirs a step of the open plan, where there is one."""

    meeting = TenantForeignKey(Meeting, models.CASCADE, related_name="next_steps")
    what = models.CharField(max_length=200)
    side = models.CharField(max_length=4, choices=StepSide.choices, default=StepSide.US)
    user = MemberForeignKey(null=True, blank=True, related_name="+")
    contact = TenantForeignKey(Contact, null=True, blank=True, related_name="+")
    due_on = models.DateField()
    task = TenantForeignKey(Task, null=True, related_name="+", editable=False)
    step = TenantForeignKey(Step, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = MemberForeignKey(null=True, related_name="+", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(what=""), name="meetings_nextstep_says_what"),
            models.CheckConstraint(
                condition=models.Q(side="us", contact=None, step=None) | models.Q(side="them", user=None, task=None),
                name="meetings_nextstep_owner_on_its_side",
                violation_error_message="The owner belongs to the other side.",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "meeting", "id"], name="meetings_nextstep_by_meeting"),
            models.Index(fields=["tenant", "task"], name="meetings_nextstep_by_task"),
            models.Index(fields=["tenant", "step"], name="meetings_nextstep_by_step"),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def owner(self) -> str:
        return str(self.user or self.contact or "")

    @property
    def is_done(self) -> bool:
        """As its task or its step of the plan says."""
        if self.task is not None:
            return bool(self.task.status == TaskStatus.DONE)
        return self.step is not None and self.step.is_done
