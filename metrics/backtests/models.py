"""A back-test: what a play would have matched over a period of the past, and what then happened."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel
from blueprints.models import Play, PlayVersion


class ReplayState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class BackTest(TenantModel):
    """One wording of a play over [start, end]; `variant` is a second tree of conditions to hold beside it.

    `result` has one entry for each variant, as figures.py describes it. Days are the tenant's; `end` is the last one.
    """

    play = TenantForeignKey(Play, related_name="+", db_index=False)
    version = TenantForeignKey(PlayVersion, related_name="+")
    variant = models.JSONField(null=True, blank=True)
    start = models.DateField()
    end = models.DateField()
    state = models.CharField(max_length=7, choices=ReplayState.choices, default=ReplayState.WAITING)
    error = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    kept = models.BooleanField(default=False, db_default=False, editable=False, help_text="Stays, however old.")
    result = models.JSONField(default=dict)
    asked_by = MemberForeignKey(null=True, blank=True, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    done_at = models.DateTimeField(null=True, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__gte=models.F("start")),
                name="backtests_backtest_period",
                violation_error_message="The period must end after it starts.",
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "play", "-created_at", "-id"], name="backtests_backtest_by_play"),
            models.Index(fields=["tenant", "id"], condition=models.Q(state="waiting"), name="backtests_waiting"),
            models.Index(fields=["tenant", "done_at"], condition=models.Q(kept=False), name="backtests_to_forget"),
        ]

    def __str__(self) -> str:
        return f"{self.version} from {self.start} to {self.end}"


class FoundMatch(TenantModel):
    """One match that the engine would have opened; the same columns name it that name a live one."""

    test = TenantForeignKey(BackTest, models.CASCADE, db_index=False, related_name="matches")
    variant = models.PositiveSmallIntegerField(default=0)
    account = TenantForeignKey(Account, models.CASCADE, related_name="+", db_index=False)
    event_id = models.BigIntegerField(null=True)
    opened_on = models.DateField()
    known_from = models.DateTimeField()
    closed_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name_plural = "found matches"
        ordering = ["opened_on", "id"]
        indexes = [
            models.Index(fields=["tenant", "test", "variant", "opened_on", "id"], name="backtests_match_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} on {self.opened_on}"
