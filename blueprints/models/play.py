"""A play: if this holds, then these steps, because of that; every wording of it is kept."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.tenancy.constraints import AppendOnly
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet


class PlayState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SHADOW = "shadow", "Shadow"
    ON = "on", "On"
    PAUSED = "paused", "Paused"


class PlayKind(models.TextChoices):
    RISK = "risk", "Risk"
    OPPORTUNITY = "opportunity", "Opportunity"
    ROUTINE = "routine", "Routine"


class PlayQuerySet(TenantQuerySet["Play"]):
    def on(self) -> PlayQuerySet:
        return self.filter(state=PlayState.ON)

    def watching(self) -> PlayQuerySet:
        """Those that open matches: on, or in the shadow, where they log and do nothing."""
        return self.filter(state__in=[PlayState.ON, PlayState.SHADOW])


class Play(TenantModel):
    """What stays the same while the wording changes: runs are unique by play, so that an edit fires nothing twice."""

    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=11, choices=PlayKind.choices, default=PlayKind.ROUTINE)
    because = models.TextField(help_text="Why this is worth doing when it happens.")
    state = models.CharField(max_length=6, choices=PlayState.choices, default=PlayState.DRAFT, editable=False)
    on_since = models.DateTimeField(null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(
        null=True, blank=True, editable=False,
        help_text="When a person last said that it may start wherever its conditions hold already.",
    )  # fmt: skip
    stopped_because = models.CharField(max_length=300, blank=True, editable=False)
    trigger = models.CharField(
        max_length=60, blank=True, editable=False,
        help_text="The kind of event that the play listens to; empty: it watches facts.",
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(PlayQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "code"],
                name="blueprints_play_code_once",
                violation_error_message="Another play has this code.",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["on", "shadow"]) | models.Q(on_since__isnull=False),
                name="blueprints_play_on_since",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "trigger"],
                condition=models.Q(state__in=["on", "shadow"]),
                name="blueprints_play_listening",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def current(self) -> PlayVersion:
        """The wording that runs started now will follow."""
        return self.versions.order_by("-number")[0]


class PlayVersion(TenantModel):
    """One wording, never rewritten: runs of last month still show the steps that they followed.

    `conditions` and `exit` are trees as in rules; `steps` a list as in steps.py; `guards` an object as in guards.py.
    """

    play = TenantForeignKey(Play, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    conditions = models.JSONField(default=dict)
    exit = models.JSONField(default=dict, blank=True)
    steps = models.JSONField(default=list)
    guards = models.JSONField(default=dict, blank=True)
    created_by = MemberForeignKey(null=True, blank=True, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "play", "number"], name="blueprints_playversion_number_once"),
            AppendOnly(name="blueprints_playversion_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.play} v{self.number}"
