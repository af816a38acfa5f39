"""From whom usage comes, as the sender says it, and which account that is."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet


class OriginKind(models.TextChoices):
    GROUP = "group", "Group"
    USER = "user", "Person"
    ANONYMOUS = "anonymous", "Unnamed person"


class OriginState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    MATCHED = "matched", "Matched"
    IGNORED = "ignored", "Ignored"


class OriginQuerySet(TenantQuerySet["Origin"]):
    def waiting(self) -> OriginQuerySet:
        """Nobody knows whose usage this is. A person who is in a group waits with the group."""
        return self.filter(state=OriginState.WAITING, group=None)


class Origin(TenantModel):
    """A group, or a person who is in none, under the sender's own id. A person's events count for their group."""

    kind = models.CharField(max_length=9, choices=OriginKind.choices)
    ref = models.CharField(max_length=255)
    name = models.CharField(max_length=200, blank=True)
    domain = models.CharField(max_length=253, blank=True)
    email = models.CharField(max_length=254, blank=True)
    group = TenantForeignKey("self", null=True, blank=True, related_name="+")
    grouped_at = models.DateTimeField(null=True, editable=False)
    account = TenantForeignKey(Account, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=7, choices=OriginState.choices, default=OriginState.WAITING)
    decided_by = MemberForeignKey(null=True, related_name="+", editable=False)
    first_seen_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TenantManager.from_queryset(OriginQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["-first_seen_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "ref"], name="usage_origin_once"),
            models.CheckConstraint(
                condition=models.Q(state=OriginState.MATCHED, account__isnull=False)
                | ~models.Q(state=OriginState.MATCHED) & models.Q(account=None),
                name="usage_origin_matched_to_an_account",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "id"], condition=models.Q(state="waiting", group=None), name="usage_origin_waiting"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.ref
