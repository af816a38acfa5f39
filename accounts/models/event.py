"""The timeline: what happened, said once and never changed, and the inbox of those who act on it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models.account import Account
from accounts.tenancy.constraints import AppendOnly
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel


class Event(TenantModel):
    """`noun.past_tense` with its facts; also the audit. Kinds are declared in each room's facts.py."""

    account = TenantForeignKey(Account, null=True, blank=True, related_name="events")
    kind = models.CharField(max_length=60)
    actor = MemberForeignKey(null=True, blank=True, related_name="+")
    facts = models.JSONField(default=dict)
    occurred_at = models.DateTimeField(db_default=Now())
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-occurred_at", "-id"]
        constraints = [AppendOnly(name="accounts_event_append_only")]
        indexes = [
            models.Index(fields=["tenant", "account", "-occurred_at", "-id"], name="accounts_event_by_account"),
            models.Index(fields=["tenant", "-occurred_at", "-id"], name="accounts_event_by_time"),
            models.Index(fields=["tenant", "-id"], name="accounts_event_by_id"),
            models.Index(
                fields=["tenant", "account", "occurred_at"],
                condition=models.Q(kind__in=["call.logged", "meeting.logged"]),
                name="accounts_event_talks",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class InboxEntry(TenantModel):
    """An event that the plays haven't looked at yet. Written with the event, removed with what it caused."""

    event = TenantForeignKey(Event, models.CASCADE, db_index=False, related_name="+")
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    followed_at = models.DateTimeField(null=True, help_text="When the facts of its account were looked at since.")

    class Meta(TenantModel.Meta):
        verbose_name_plural = "inbox entries"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "event"], name="accounts_inboxentry_once")]
        indexes = [
            models.Index(fields=["tenant", "due_at", "id"], name="accounts_inboxentry_due"),
            models.Index(
                fields=["tenant", "id"], condition=models.Q(followed_at=None), name="accounts_inboxentry_unfollowed"
            ),
        ]

    def __str__(self) -> str:
        return f"event {self.event_id} waits"
