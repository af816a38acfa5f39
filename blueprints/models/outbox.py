"""What leaves the house: where to, what was said, how often it was tried; and what people are told inside."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from blueprints.models.run import Run


class EndpointKind(models.TextChoices):
    WEBHOOK = "webhook", "Webhook"
    SLACK = "slack", "Slack-compatible"


class Endpoint(TenantModel):
    """An address of another system. `secret` signs as Standard Webhooks say; a Slack-compatible one has none.

    It is kept sealed: the database and its copies don't give it away.
    """

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=7, choices=EndpointKind.choices)
    url = models.URLField(max_length=500)
    secret = models.CharField(max_length=300, blank=True, editable=False)
    active = models.BooleanField(default=True)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    resume_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="Nothing is sent there before.")
    created_by = MemberForeignKey(null=True, blank=True, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="blueprints_endpoint_name_once",
                violation_error_message="Another endpoint has this name.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class MessageTemplate(TenantModel):
    """A mail that plays send; variables as in texts.py."""

    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="blueprints_messagetemplate_name_once",
                violation_error_message="Another template has this name.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    WEBHOOK = "webhook", "Webhook"
    SLACK = "slack", "Slack-compatible"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    DEAD = "dead", "Given up"
    CANCELED = "canceled", "Canceled"


class DeliveryQuerySet(TenantQuerySet["Delivery"]):
    def dead(self) -> DeliveryQuerySet:
        return self.filter(state=DeliveryState.DEAD)


class Delivery(TenantModel):
    """One thing to send. `uid` is the same at every try, so that a receiver who remembers ids takes it once.

    Claimed under a lease with a token of its own: whoever lost the lease can't say that it was sent.
    """

    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    run = TenantForeignKey(Run, null=True, blank=True, related_name="deliveries", db_index=False)
    step = models.PositiveSmallIntegerField(default=0)
    place = models.PositiveSmallIntegerField(default=0, help_text="Among several of one step.")
    account = TenantForeignKey(Account, null=True, blank=True, related_name="+", db_index=False)
    channel = models.CharField(max_length=7, choices=Channel.choices)
    endpoint = TenantForeignKey(Endpoint, null=True, blank=True, related_name="deliveries")
    to = models.CharField(max_length=254, blank=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="What the other side last answered.")
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    sent_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(DeliveryQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        verbose_name_plural = "deliveries"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "run", "step", "place"], name="blueprints_delivery_once"),
            models.UniqueConstraint(fields=["tenant", "uid"], name="blueprints_delivery_uid_once"),
        ]
        indexes = [
            models.Index(
                # By endpoint, since a turn takes a few for each: one that hangs must not hide the others.
                fields=["tenant", "endpoint", "due_at", "id"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="blueprints_delivery_open",
            ),
            models.Index(fields=["tenant", "-created_at", "-id"], name="blueprints_delivery_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.uid}"


class Notice(TenantModel):
    """A word to one person, shown in the product until it was seen."""

    recipient = MemberForeignKey(related_name="+")
    account = TenantForeignKey(Account, null=True, blank=True, related_name="+", db_index=False)
    run = TenantForeignKey(Run, null=True, blank=True, related_name="notices")
    text = models.CharField(max_length=500)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    seen_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["tenant", "recipient", "-created_at", "-id"],
                condition=models.Q(seen_at=None),
                name="blueprints_notice_unseen",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]
