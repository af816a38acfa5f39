"""What came in: raw events by month, the ids of all messages ever taken, what waits to be counted, what was refused."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from accounts.tenancy.models import TenantModel


class UsageEvent(TenantModel):
    """One thing that one person did. Partitioned by month, without keys to other tables: it is written by the thousand.

    `origin_id` says from whom it came, `account_id` whose usage it is; null while nobody knows. The migration has the
    table itself: no unique key stands here, since a month can't know what another month holds (see Message).
    """

    id = models.UUIDField(primary_key=True)  # type: ignore[assignment]
    type = models.CharField(max_length=6)
    name = models.CharField(max_length=200)
    person = models.CharField(max_length=255, blank=True)
    origin_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()
    properties = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        db_table = "usage_event"
        ordering = ["-occurred_at"]

    def __str__(self) -> str:
        return f"{self.name} by {self.person}"


class Message(TenantModel):
    """«This message was taken.» The one place that decides whether an event is new: (tenant, id), over all months.

    A replay may carry another time than the first sending (the sender's clock is set right by when it was sent), so
    neither its day nor its instant may be part of the key. Rows go when events of that age are refused anyway.
    """

    id = models.UUIDField(  # type: ignore[assignment]
        primary_key=True, help_text="128 bits of BLAKE2 over what the sender calls the message."
    )
    received_on = models.DateField()

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.id)


class Arrival(TenantModel):
    """What one call touched, written with it: accounts and days in pairs to be counted anew, origins to be resolved."""

    accounts = ArrayField(models.BigIntegerField(), default=list)
    days = ArrayField(models.DateField(), default=list)
    origins = ArrayField(models.BigIntegerField(), default=list)
    moved_from = models.BigIntegerField(null=True, help_text="Account whose events of this origin go elsewhere.")
    events = models.PositiveIntegerField(default=0)
    last_name = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.events} events received {self.received_at}"


class Refusal(TenantModel):
    """An event that couldn't be taken, and why; kept for two weeks, for whoever wonders where it went."""

    message_id = models.CharField(max_length=255, blank=True)
    type = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300)
    received_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        ordering = ["-received_at", "-id"]
        indexes = [models.Index(fields=["tenant", "-received_at", "-id"], name="usage_refusal_by_time")]

    def __str__(self) -> str:
        return self.reason
