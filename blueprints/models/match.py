"""A match: the stretch in which an account fulfills a play's conditions, or the one event that did."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account, Event
from accounts.tenancy.models import TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from blueprints.models.play import Play, PlayVersion


class Fate(models.TextChoices):
    """What became of a match. Back-tests count matches, whatever became of them."""

    WAITING = "waiting", "Waits for its turn"
    STARTED = "started", "Run started"
    LOGGED = "logged", "Logged in the shadow"
    HELD_OUT = "held_out", "Left alone for comparison"
    COOLING = "cooling", "Too soon after the last one"
    TRIPPED = "tripped", "Stopped by the circuit breaker"
    BEFORE = "before", "Held already when the play was switched on"
    LAPSED = "lapsed", "Over before its turn came"
    DROPPED = "dropped", "Dropped by a person"
    EXPIRED = "expired", "Over while the circuit breaker held it"


class MatchQuerySet(TenantQuerySet["Match"]):
    def open(self) -> MatchQuerySet:
        return self.filter(closed_at=None, event=None)

    def waiting(self) -> MatchQuerySet:
        return self.filter(fate=Fate.WAITING)


class Match(TenantModel):
    """Opens on the rising edge and closes on the falling one. One of an event is closed as it opens.

    `opened_on` is the tenant's day and `known_from` the beginning of the version of facts that was looked at: together
    they name the point at which a back-test finds the same match. `facts` are those that the conditions name, as known
    then.
    """

    play = TenantForeignKey(Play, related_name="matches", db_index=False)
    version = TenantForeignKey(PlayVersion, related_name="+")
    account = TenantForeignKey(Account, related_name="+", db_index=False)
    event = TenantForeignKey(Event, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()
    opened_on = models.DateField()
    known_from = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    facts = models.JSONField(default=dict)
    fate = models.CharField(max_length=8, choices=Fate.choices, default=Fate.WAITING)
    due_at = models.DateTimeField(db_default=Now(), help_text="While it waits: not before.")
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)

    objects = TenantManager.from_queryset(MatchQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        verbose_name_plural = "matches"
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "account", "play"],  # a sweep looks them up for each account
                condition=models.Q(closed_at=None, event=None),
                name="blueprints_match_one_open",
            ),
            models.UniqueConstraint(fields=["tenant", "play", "event"], name="blueprints_match_once_per_event"),
        ]
        indexes = [
            models.Index(fields=["tenant", "play", "-opened_at", "-id"], name="blueprints_match_by_play"),
            models.Index(fields=["tenant", "account", "-opened_at", "-id"], name="blueprints_match_by_account"),
            models.Index(fields=["tenant", "id"], condition=models.Q(fate="waiting"), name="blueprints_match_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.play} matches {self.account}"
