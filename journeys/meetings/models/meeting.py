"""One meeting, from its goal to the question of what comes next; and the points of its agenda."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Now

from accounts.models import Account
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet

if TYPE_CHECKING:
    from accounts.models import ApiKey, Membership

CLOSE_WITHIN = dt.timedelta(minutes=5)


class Kind(models.TextChoices):
    KICKOFF = "kickoff", "Kickoff"
    REVIEW = "review", "Review"
    CADENCE = "cadence", "Regular meeting"
    STAKEHOLDER = "stakeholder", "Stakeholder meeting"
    OTHER = "other", "Other"


class MeetingStatus(models.TextChoices):
    PLANNED = "planned", "Planned"
    RUNNING = "running", "Running"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"


class GoalMet(models.TextChoices):
    YES = "yes", "Yes"
    PARTLY = "partly", "Partly"
    NO = "no", "No"


AHEAD = [MeetingStatus.PLANNED, MeetingStatus.RUNNING]


class MeetingQuerySet(TenantQuerySet["Meeting"]):
    def visible_to(self, member: Membership | ApiKey) -> MeetingQuerySet:
        return self.filter(account__in=Account.objects.present().visible_to(member))

    def ahead(self) -> MeetingQuerySet:
        """Planned or running, also those whose time went by and nobody said what became of them."""
        return self.filter(status__in=AHEAD)

    def held(self) -> MeetingQuerySet:
        return self.filter(status=MeetingStatus.HELD)

    def between(self, start: dt.datetime, end: dt.datetime) -> MeetingQuerySet:
        return self.filter(starts_at__gte=start, starts_at__lt=end)

    def of_people(self, user_ids: list[int]) -> MeetingQuerySet:
        """Those that one of them organizes or attends."""
        there = self.model._meta.get_field("attendees").related_model.objects.filter(  # type: ignore[union-attr, attr-defined]
            meeting=models.OuterRef("pk"), user__in=user_ids
        )
        return self.filter(models.Q(organizer__in=user_ids) | models.Exists(there))


def _pair(name: str) -> models.CheckConstraint:
    neither = models.Q(**{f"{name}_at": None, f"{name}_by": None})
    both = models.Q(**{f"{name}_at__isnull": False, f"{name}_by__isnull": False})
    return models.CheckConstraint(condition=neither | both, name=f"meetings_meeting_{name}_pair")


class Meeting(TenantModel):
    """`place` is a room or an address to call. `uid` and `sequence` are what calendars know it by.

    `notes` are saved while somebody types, so they count their own versions.
    """

    account = TenantForeignKey(Account, related_name="meetings")
    kind = models.CharField(max_length=11, choices=Kind.choices, default=Kind.CADENCE)
    title = models.CharField(max_length=200)
    goal = models.CharField(max_length=400, blank=True, help_text="What is true afterwards that isn't true now.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=400, blank=True, help_text="A room, or the link of the call.")
    is_async = models.BooleanField(default=False, help_text="Answered in writing until the end, without a call.")
    organizer = MemberForeignKey(related_name="+")
    follows = TenantForeignKey("self", null=True, blank=True, related_name="followed_by")
    status = models.CharField(
        max_length=9, choices=MeetingStatus.choices, default=MeetingStatus.PLANNED, editable=False
    )
    started_at = models.DateTimeField(null=True, editable=False)
    started_by = MemberForeignKey(null=True, related_name="+", editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = MemberForeignKey(null=True, related_name="+", editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancel_reason = models.CharField(max_length=300, blank=True, editable=False)
    notes = models.TextField(blank=True, editable=False)
    notes_version = models.PositiveIntegerField(default=1, editable=False)
    goal_met = models.CharField(max_length=6, choices=GoalMet.choices, blank=True, editable=False)
    ready_to_go_on = models.BooleanField(null=True, editable=False)
    next_outcome = models.CharField(max_length=400, blank=True, editable=False)
    next_people = models.CharField(max_length=400, blank=True, editable=False)
    next_async = models.BooleanField(null=True, editable=False)
    uid = models.UUIDField(db_default=RandomUUID(), editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = MemberForeignKey(null=True, related_name="+", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(MeetingQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "uid"], name="meetings_meeting_uid_once"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="meetings_meeting_ends_after_start",
                violation_error_message="A meeting ends after it starts.",
            ),
            models.CheckConstraint(condition=~models.Q(title=""), name="meetings_meeting_has_title"),
            models.CheckConstraint(
                condition=models.Q(status__in=["planned", "cancelled"], started_at=None, ended_at=None)
                | models.Q(status="running", started_at__isnull=False, ended_at=None)
                | models.Q(status="held", started_at__isnull=False, ended_at__gte=models.F("started_at")),
                name="meetings_meeting_instants_by_status",
            ),
            _pair("started"),
            _pair("ended"),
            models.CheckConstraint(
                condition=models.Q(status="cancelled", cancelled_at__isnull=False)
                | ~models.Q(status="cancelled") & models.Q(cancelled_at=None, cancel_reason=""),
                name="meetings_meeting_cancelled_with_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(status="held") | models.Q(goal_met="", next_async=None, ready_to_go_on=None),
                name="meetings_meeting_judged_once_held",
            ),
            models.CheckConstraint(
                condition=models.Q(follows=None) | ~models.Q(follows=models.F("id")),
                name="meetings_meeting_follows_another",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "account", "-starts_at", "-id"], name="meetings_meeting_by_account"),
            models.Index(fields=["tenant", "starts_at", "id"], name="meetings_meeting_by_start"),
            models.Index(fields=["tenant", "organizer", "starts_at"], name="meetings_meeting_by_organizer"),
            models.Index(fields=["tenant", "-updated_at", "-id"], name="meetings_meeting_by_change"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_planned(self) -> bool:
        return self.status == MeetingStatus.PLANNED

    @property
    def is_running(self) -> bool:
        return self.status == MeetingStatus.RUNNING

    @property
    def is_held(self) -> bool:
        return self.status == MeetingStatus.HELD

    @property
    def is_cancelled(self) -> bool:
        return self.status == MeetingStatus.CANCELLED

    @property
    def is_ahead(self) -> bool:
        return self.status in AHEAD

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def closes_at(self) -> dt.datetime:
        """When the close begins at the latest: a short meeting keeps the last third for it."""
        return self.ends_at - min(CLOSE_WITHIN, (self.ends_at - self.starts_at) / 3)


MOST_POINTS = 30


class AgendaPoint(TenantModel):
    meeting = TenantForeignKey(Meeting, models.CASCADE, related_name="agenda")
    title = models.CharField(max_length=200)
    minutes = models.PositiveSmallIntegerField(default=10)
    position = models.PositiveSmallIntegerField()
    done_at = models.DateTimeField(null=True, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="meetings_point_has_title"),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1, minutes__lte=480),
                name="meetings_point_takes_time",
                violation_error_message="A point takes at least one minute.",
            ),
            models.UniqueConstraint(
                fields=["tenant", "meeting", "position"],
                name="meetings_point_place_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_done(self) -> bool:
        return self.done_at is not None
