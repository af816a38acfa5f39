"""The event by which the impact is needed: a day, or a threshold that is forecast for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Coalesce, Now

from accounts.models import Account, Contact
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from journeys.meetings.models import Meeting
from journeys.models import SpicedEntry

if TYPE_CHECKING:
    from accounts.models import ApiKey, Membership


class EventKind(models.TextChoices):
    DATE = "date", "A date"
    THRESHOLD = "threshold", "A threshold"


class EventStatus(models.TextChoices):
    OPEN = "open", "Ahead"
    REACHED = "reached", "Reached"
    MISSED = "missed", "Missed"
    WITHDRAWN = "withdrawn", "Withdrawn"


CRITICAL = ~models.Q(consequence="")


class CriticalEventQuerySet(TenantQuerySet["CriticalEvent"]):
    def visible_to(self, member: Membership | ApiKey) -> CriticalEventQuerySet:
        return self.filter(account__in=Account.objects.present().visible_to(member))

    def open(self) -> CriticalEventQuerySet:
        return self.filter(status=EventStatus.OPEN)

    def critical(self) -> CriticalEventQuerySet:
        """Missing it costs them something."""
        return self.filter(CRITICAL)

    def compelling(self) -> CriticalEventQuerySet:
        """A day without a consequence: it can slip, and nobody minds."""
        return self.exclude(CRITICAL)


class CriticalEvent(TenantModel):
    """`happens_on`, by the database: its date, or the day for which its threshold is forecast.

    `value_minor`: what missing it costs a year, in `currency`. `entry`: the SPICED statement that says the same.
    """

    account = TenantForeignKey(Account, related_name="critical_events")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=9, choices=EventKind.choices, default=EventKind.DATE)
    due_on = models.DateField(null=True, blank=True)
    metric = models.CharField(max_length=80, blank=True, help_text="What is counted, such as subscribers.")
    threshold = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    forecast_on = models.DateField(null=True, blank=True)
    happens_on = models.GeneratedField(
        expression=Coalesce("due_on", "forecast_on"), output_field=models.DateField(), db_persist=True
    )
    consequence = models.TextField(blank=True, help_text="What happens if they miss it, in their words.")
    value_minor = models.BigIntegerField(null=True, blank=True, validators=[MinValueValidator(0)])
    currency = models.CharField(max_length=3)
    said_by = TenantForeignKey(Contact, null=True, blank=True, related_name="+")
    country = models.CharField(max_length=2, help_text="ISO 3166: whose holidays count.")
    entry = TenantForeignKey(SpicedEntry, null=True, related_name="+", editable=False)
    meeting = TenantForeignKey(Meeting, null=True, related_name="+", editable=False)
    status = models.CharField(max_length=9, choices=EventStatus.choices, default=EventStatus.OPEN, editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)
    settled_by = MemberForeignKey(null=True, related_name="+", editable=False)
    settled_note = models.CharField(max_length=300, blank=True, editable=False)
    dark_since = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = MemberForeignKey(null=True, related_name="+", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(CriticalEventQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["happens_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="critical_event_has_title"),
            models.CheckConstraint(
                condition=models.Q(kind="date", due_on__isnull=False, forecast_on=None, threshold=None, metric="")
                | models.Q(kind="threshold", due_on=None, forecast_on__isnull=False, threshold__isnull=False)
                & ~models.Q(metric=""),
                name="critical_event_day_by_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(value_minor=None) | models.Q(value_minor__gte=0),
                name="critical_event_value_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", settled_at=None, settled_by=None, settled_note="")
                | ~models.Q(status="open") & models.Q(settled_at__isnull=False),
                name="critical_event_settled_with_instant",
            ),
            models.UniqueConstraint(
                fields=["tenant", "entry"],
                name="critical_event_entry_once",
                violation_error_message="This statement has its critical event already.",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "account", "happens_on", "id"], name="critical_event_by_account"),
            models.Index(fields=["tenant", "status", "happens_on", "id"], name="critical_event_by_day"),
            models.Index(fields=["tenant", "-updated_at", "-id"], name="critical_event_by_change"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_critical(self) -> bool:
        return bool(self.consequence)

    @property
    def is_open(self) -> bool:
        return self.status == EventStatus.OPEN
