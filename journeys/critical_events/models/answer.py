"""What the customer answered when we asked for the event: said once, never rewritten."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account, Contact
from accounts.tenancy.constraints import AppendOnly
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet


@dataclass(frozen=True)
class Question:
    """`asks` is said to the customer; `tells` says to us what the answer is good for."""

    code: str
    asks: str
    tells: str


QUESTIONS = (
    Question("pains", "What hurts at the moment?", "Without a pain there is nothing to be in time for."),
    Question("recurring", "How often does it come back?", "What comes back has a next time: often that is the event."),
    Question("go_live", "By which day do you want to work with it?", "The day that everything is counted back from."),
    Question("missed", "What happens if that day goes by?", "A cost makes the day critical; without one it can slip."),
)
CHOICES = [(question.code, question.asks) for question in QUESTIONS]


class AnswerQuerySet(TenantQuerySet["DiscoveryAnswer"]):
    def standing(self) -> AnswerQuerySet:
        """The newest answer to each question of each account."""
        newer = DiscoveryAnswer.objects.filter(
            account=models.OuterRef("account"), question=models.OuterRef("question"), pk__gt=models.OuterRef("pk")
        )
        return self.exclude(models.Exists(newer))


class DiscoveryAnswer(TenantModel):
    account = TenantForeignKey(Account, related_name="critical_event_answers")
    question = models.CharField(max_length=9, choices=CHOICES)
    text = models.TextField()
    said_by = TenantForeignKey(Contact, null=True, blank=True, related_name="+")
    written_by = MemberForeignKey(null=True, blank=True, related_name="+")
    occurred_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(AnswerQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            AppendOnly(name="critical_answer_append_only"),
            models.CheckConstraint(condition=~models.Q(text=""), name="critical_answer_says_something"),
        ]
        indexes = [models.Index(fields=["tenant", "account", "question", "-id"], name="critical_answer_by_account")]

    def __str__(self) -> str:
        return self.text
