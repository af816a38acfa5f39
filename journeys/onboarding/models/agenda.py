"""What nobody knew at the handoff: a point of the kickoff's agenda until somebody has asked."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel
from journeys.models import SpicedEntry
from journeys.onboarding.models.handoff import Handoff
from journeys.onboarding.questions import BY_CODE, CHOICES, Question


class AgendaStatus(models.TextChoices):
    OPEN = "open", "To ask"
    ANSWERED = "answered", "Answered"


class AgendaItem(TenantModel):
    """`entry` is where the answer went in the SPICED record; a question without a letter has none."""

    account = TenantForeignKey(Account, related_name="agenda_items")
    handoff = TenantForeignKey(Handoff, models.CASCADE, related_name="agenda_items")
    question = models.CharField(max_length=16, choices=CHOICES)
    text = models.CharField(max_length=300)
    status = models.CharField(max_length=8, choices=AgendaStatus.choices, default=AgendaStatus.OPEN, editable=False)
    answer = models.TextField(blank=True, editable=False)
    entry = TenantForeignKey(SpicedEntry, null=True, blank=True, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = MemberForeignKey(null=True, related_name="+", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "handoff", "question"], name="onboarding_agenda_once"),
            models.CheckConstraint(
                condition=models.Q(status="open", answered_at=None, answered_by=None)
                | models.Q(status="answered", answered_at__isnull=False, answered_by__isnull=False),
                name="onboarding_agenda_answered_pair",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "account", "status"], name="onboarding_agenda_by_account")]

    def __str__(self) -> str:
        return self.text

    @property
    def asks(self) -> Question:
        return BY_CODE[self.question]

    @property
    def is_open(self) -> bool:
        return self.status == AgendaStatus.OPEN
