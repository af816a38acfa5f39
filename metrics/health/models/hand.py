"""What people say beside the figures: a judgement with its reason, and a score set by hand for a while."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account
from accounts.tenancy.constraints import AppendOnly
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel


class Judgement(TenantModel):
    """How somebody who knows the account sees one measure; the newest counts until it is too old."""

    account = TenantForeignKey(Account, models.CASCADE, db_index=False, related_name="+")
    measure = models.CharField(max_length=40)
    level = models.CharField(max_length=40)
    reason = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    judged_on = models.DateField()
    judged_by = MemberForeignKey(null=True, related_name="+", editable=False)
    judged_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-judged_at", "-id"]
        constraints = [AppendOnly(name="health_judgement_append_only")]
        indexes = [
            models.Index(fields=["tenant", "account", "measure", "-judged_on", "-id"], name="health_judgement_newest")
        ]

    def __str__(self) -> str:
        return f"{self.measure} of account {self.account_id}: {self.level}"


class Override(TenantModel):
    """A score set by hand until a day at most thirty away; the worked-out one goes on beside it."""

    account = TenantForeignKey(Account, models.CASCADE, db_index=False, related_name="+")
    score = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    until = models.DateField()
    set_by = MemberForeignKey(null=True, related_name="+", editable=False)
    set_at = models.DateTimeField(db_default=Now(), editable=False)
    lifted_by = MemberForeignKey(null=True, related_name="+", editable=False)
    lifted_at = models.DateTimeField(null=True, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-set_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "account"], condition=models.Q(lifted_at=None), name="health_override_one_at_a_time",
                violation_error_message="This account’s score is set by hand already.",
            ),
            models.CheckConstraint(
                condition=models.Q(score__gte=0, score__lte=100), name="health_override_score",
                violation_error_message="A score is between 0 and 100.",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_by=None) | ~models.Q(lifted_at=None),
                name="health_override_lifted_by_at",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"account {self.account_id} at {self.score} until {self.until}"
