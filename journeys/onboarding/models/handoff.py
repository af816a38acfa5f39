"""One deal on its way from the rep who sold it to the CSM who will keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Coalesce, Now

from accounts.models import Account, ContractLine
from accounts.roles import Reach
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from journeys.onboarding.questions import BY_CODE, CHOICES, Question, Said

if TYPE_CHECKING:
    from accounts.models import ApiKey, Membership


class HandoffStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for the CSM"
    RETURNED = "returned", "Returned"
    ACCEPTED = "accepted", "Accepted"
    DROPPED = "dropped", "Dropped"


WITH_REP = [HandoffStatus.DRAFT, HandoffStatus.RETURNED]
OPEN = [*WITH_REP, HandoffStatus.SUBMITTED]


class HandoffQuerySet(TenantQuerySet["Handoff"]):
    def visible_to(self, member: Membership | ApiKey) -> HandoffQuerySet:
        """A sales rep sees their own deals and the accounts they sell; everybody else sees all."""
        if member.reach is Reach.SOLD:
            user_id = member.user_id  # type: ignore[union-attr]
            return self.filter(models.Q(rep_id=user_id) | models.Q(account__ae_id=user_id))
        return self

    def with_arr(self) -> HandoffQuerySet:
        """Adds `arr_minor`: what the account's running contracts come to a year, also those that start later.

        A deal is handed over before its first day, when the ledger still counts nothing.
        """
        lines = ContractLine.objects.agreed().filter(
            contract__account=models.OuterRef("account"),
            contract__ended_on=None,
            contract__renewals=None,
            recurring=True,
        )
        yearly = lines.order_by().values("contract__account").annotate(sum=models.Sum("amount_minor")).values("sum")
        return self.annotate(arr_minor=models.Subquery(yearly))

    def with_progress(self) -> HandoffQuerySet:
        """Adds `answered`: how many questions have an answer, by a count of its own for each row that is read."""
        given = HandoffAnswer.objects.filter(handoff=models.OuterRef("pk")).exclude(text="", not_known=False)
        counted = given.order_by().values("handoff").annotate(n=models.Count("pk")).values("n")
        return self.annotate(answered=Coalesce(models.Subquery(counted), 0))

    def open(self) -> HandoffQuerySet:
        """Still the rep's: nobody has accepted yet, and the deal hasn't fallen through."""
        return self.filter(status__in=OPEN)


def _pair(name: str) -> models.CheckConstraint:
    both = models.Q(**{f"{name}_at": None, f"{name}_by": None})
    neither = models.Q(**{f"{name}_at__isnull": False, f"{name}_by__isnull": False})
    return models.CheckConstraint(condition=both | neither, name=f"onboarding_handoff_{name}_pair")


class Handoff(TenantModel):
    account = TenantForeignKey(Account, related_name="handoffs")
    rep = MemberForeignKey(related_name="+")
    csm = MemberForeignKey(null=True, blank=True, related_name="+", verbose_name="CSM")
    status = models.CharField(max_length=9, choices=HandoffStatus.choices, default=HandoffStatus.DRAFT, editable=False)
    committed_on = models.DateField()
    kickoff_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(db_default=Now(), editable=False)
    opened_by = MemberForeignKey(related_name="+", editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    submitted_by = MemberForeignKey(null=True, related_name="+", editable=False)
    returned_at = models.DateTimeField(null=True, editable=False)
    returned_by = MemberForeignKey(null=True, related_name="+", editable=False)
    returns = models.PositiveSmallIntegerField(default=0, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = MemberForeignKey(null=True, related_name="+", editable=False)
    dropped_at = models.DateTimeField(null=True, editable=False)
    dropped_by = MemberForeignKey(null=True, related_name="+", editable=False)
    drop_reason = models.TextField(blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(HandoffQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["committed_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "account"],
                condition=models.Q(status__in=OPEN),
                name="onboarding_handoff_open_once",
                violation_error_message="This account has an open handoff already.",
            ),
            _pair("submitted"),
            _pair("returned"),
            _pair("accepted"),
            _pair("dropped"),
            models.CheckConstraint(
                condition=models.Q(status="dropped", dropped_at__isnull=False) & ~models.Q(drop_reason="")
                | ~models.Q(status="dropped") & models.Q(dropped_at=None, drop_reason=""),
                name="onboarding_handoff_dropped_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(status="accepted", accepted_at__isnull=False, csm__isnull=False)
                | ~models.Q(status="accepted") & models.Q(accepted_at=None),
                name="onboarding_handoff_accepted_with_csm",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "dropped"]) | models.Q(submitted_at__isnull=False),
                name="onboarding_handoff_submitted_first",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "status", "committed_on", "id"], name="onboarding_handoff_by_age"),
            models.Index(fields=["tenant", "rep", "committed_on", "id"], name="onboarding_handoff_by_rep"),
            models.Index(fields=["tenant", "committed_on", "id"], name="onboarding_handoff_by_commit"),
            models.Index(fields=["tenant", "account", "-id"], name="onboarding_handoff_by_account"),
            models.Index(fields=["tenant", "-updated_at", "-id"], name="onboarding_handoff_by_change"),
        ]

    def __str__(self) -> str:
        return f"Handoff of {self.account}"

    @property
    def with_rep(self) -> bool:
        return self.status in WITH_REP

    @property
    def waits(self) -> bool:
        return self.status == HandoffStatus.SUBMITTED

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_accepted(self) -> bool:
        return self.status == HandoffStatus.ACCEPTED

    @property
    def is_dropped(self) -> bool:
        return self.status == HandoffStatus.DROPPED


class HandoffAnswer(TenantModel):
    """What the rep says to one question; all of them are laid out when the handoff is opened."""

    handoff = TenantForeignKey(Handoff, models.CASCADE, related_name="answers")
    question = models.CharField(max_length=16, choices=CHOICES)
    text = models.TextField(blank=True)
    not_known = models.BooleanField(default=False)
    due_on = models.DateField(null=True, blank=True)
    consequence = models.TextField(blank=True)
    return_reason = models.TextField(blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_by = MemberForeignKey(null=True, related_name="+", editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "handoff", "question"], name="onboarding_answer_once"),
            models.CheckConstraint(
                condition=models.Q(not_known=False) | models.Q(text="", due_on=None, consequence=""),
                name="onboarding_answer_known_or_not",
                violation_error_message="“Not known” leaves the answer empty.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.text}"

    @property
    def asks(self) -> Question:
        return BY_CODE[self.question]

    @property
    def said(self) -> Said:
        return Said(self.text, self.not_known, self.due_on, self.consequence)
