"""A customer who stopped answering: what others reached goes on to them, piece by piece, until they are back."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now

from accounts.models import Task
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel
from journeys.critical_events.models.event import CriticalEvent


class Nurture(TenantModel):
    """One at a time for an event. The next piece is given to the CSM on `next_on`; a word from them ends it."""

    event = TenantForeignKey(CriticalEvent, models.CASCADE, related_name="nurtures")
    every_days = models.PositiveSmallIntegerField(
        default=14, validators=[MinValueValidator(1), MaxValueValidator(365)], help_text="Days from one to the next."
    )
    next_on = models.DateField(null=True, editable=False)
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    started_by = MemberForeignKey(null=True, related_name="+", editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = MemberForeignKey(null=True, related_name="+", editable=False)
    answered = models.BooleanField(default=False, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "event"],
                condition=models.Q(ended_at=None),
                name="critical_nurture_running_once",
                violation_error_message="Stories go out for this event already.",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=False) | models.Q(ended_by=None, answered=False),
                name="critical_nurture_ended_with_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(started_at__isnull=False) | models.Q(started_by=None),
                name="critical_nurture_started_with_instant",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "next_on"], condition=models.Q(ended_at=None), name="critical_nurture_running"
            )
        ]

    def __str__(self) -> str:
        return f"stories for {self.event}"


class NurtureItem(TenantModel):
    """One story or piece of education; with its task once its turn has come."""

    nurture = TenantForeignKey(Nurture, models.CASCADE, related_name="items")
    title = models.CharField(max_length=200)
    position = models.PositiveIntegerField()
    task = TenantForeignKey(Task, null=True, related_name="+", editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="critical_nurtureitem_has_title"),
            models.UniqueConstraint(fields=["tenant", "nurture", "position"], name="critical_nurtureitem_in_order"),
        ]

    def __str__(self) -> str:
        return self.title
