"""What the engine remembers of its own work: when it heard each event, and how its last turn went."""

from __future__ import annotations

from django.db import models

from accounts.models import Event
from accounts.tenancy.models import TenantForeignKey, TenantModel


class Heard(TenantModel):
    """The instant at which plays were asked about an event: a replay tests it by what was known then."""

    event = TenantForeignKey(Event, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name_plural = "heard events"
        constraints = [models.UniqueConstraint(fields=["tenant", "event"], name="blueprints_heard_once")]

    def __str__(self) -> str:
        return f"event {self.event_id} heard at {self.at}"


class Turn(TenantModel):
    """The last turn of the workspace's engine; one row."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    followed = models.PositiveIntegerField(default=0, help_text="Accounts looked at.")
    heard = models.PositiveIntegerField(default=0, help_text="Events that left the queue.")
    started = models.PositiveIntegerField(default=0, help_text="Runs begun.")
    failed = models.PositiveIntegerField(default=0, help_text="Events and matches put off.")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="blueprints_turn_once")]

    def __str__(self) -> str:
        return f"turn of {self.began_at}"
