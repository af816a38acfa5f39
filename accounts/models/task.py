"""One thing that one person does by one day."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models.functions import Now

from accounts.models.account import Account
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet


class TaskStatus(models.TextChoices):
    OPEN = "open", "Open"
    DONE = "done", "Done"
    DROPPED = "dropped", "Dropped"


class Outcome(models.TextChoices):
    ACHIEVED = "achieved", "Achieved"
    PARTLY = "partly", "Partly achieved"
    NOT_NEEDED = "not_needed", "Not needed"
    NO_ANSWER = "no_answer", "No answer from the customer"


class TaskQuerySet(TenantQuerySet["Task"]):
    def open(self) -> TaskQuerySet:
        return self.filter(status=TaskStatus.OPEN)

    def awake(self, today: dt.date) -> TaskQuerySet:
        return self.filter(models.Q(snoozed_until=None) | models.Q(snoozed_until__lte=today))


class Task(TenantModel):
    account = TenantForeignKey(Account, null=True, blank=True, related_name="tasks")
    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    assignee = MemberForeignKey(null=True, blank=True, related_name="+")
    due_on = models.DateField()
    status = models.CharField(max_length=7, choices=TaskStatus.choices, default=TaskStatus.OPEN, editable=False)
    source = models.CharField(max_length=20, default="manual", editable=False)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, editable=False)
    outcome_note = models.TextField(blank=True, editable=False)
    snoozed_until = models.DateField(null=True, blank=True, editable=False)
    snooze_reason = models.CharField(max_length=200, blank=True, editable=False)
    created_by = MemberForeignKey(null=True, blank=True, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_by = MemberForeignKey(null=True, blank=True, related_name="+", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(TaskQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="open", closed_at=None, closed_by=None)
                | ~models.Q(status="open") & ~models.Q(closed_at=None),
                name="accounts_task_closed_with_instant",
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "assignee", "status", "due_on", "id"], name="accounts_task_inbox"),
            models.Index(fields=["tenant", "status", "due_on", "id"], name="accounts_task_due"),
            models.Index(fields=["tenant", "account", "status", "due_on"], name="accounts_task_by_account"),
            models.Index(fields=["tenant", "-updated_at", "-id"], name="accounts_task_by_change"),
        ]

    def __str__(self) -> str:
        return self.title
