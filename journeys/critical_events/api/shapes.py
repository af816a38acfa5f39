"""How a critical event is answered, and what may be said about it."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from django.db.models import QuerySet
from rest_framework import serializers

from accounts.api.fields import Amount, Day, Entry, Money, OfAccount, Person, Text, Versioned
from accounts.api.filters import Choices, Ids, UpdatedSince
from accounts.api.resource import Shape
from journeys.critical_events.models import CriticalEvent, EventKind, EventStatus
from journeys.plans.api.fields import Figure, TheirPerson, TheirPersonShape

PLAIN = (
    "id", "title", "kind", "due_on", "metric", "threshold", "unit", "forecast_on", "happens_on", "consequence",
    "country", "status", "settled_at", "settled_note", "dark_since", "created_at", "version", "updated_at",
)  # fmt: skip
PEOPLE = ("settled_by",)
LONGEST = 4000


class CriticalEventFilters(UpdatedSince):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    status = Choices(choices=EventStatus.choices)
    critical = df.BooleanFilter(method="by_consequence", help_text="false: only compelling, nobody said what it costs.")
    happens_from = df.DateFilter("happens_on", "gte", help_text="On or after this day.")
    happens_before = df.DateFilter("happens_on", "lt", help_text="Before this day.")

    class Meta:
        model = CriticalEvent
        fields: tuple[str, ...] = ()

    def by_consequence(self, rows: QuerySet[CriticalEvent], name: str, value: bool) -> QuerySet[CriticalEvent]:
        return rows.exclude(consequence="") if value else rows.filter(consequence="")


class CriticalEventShape(Shape):
    id = serializers.IntegerField()
    account = serializers.IntegerField(help_text="The account's id.")
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=EventKind.choices)
    due_on = serializers.DateField(allow_null=True)
    metric = serializers.CharField()
    threshold = Figure(allow_null=True)
    unit = serializers.CharField()
    forecast_on = serializers.DateField(allow_null=True)
    happens_on = serializers.DateField(help_text="Its day, or the one for which the threshold is forecast.")
    critical = serializers.BooleanField(help_text="Whether missing it costs them something.")
    consequence = serializers.CharField()
    value = Amount(allow_null=True, help_text="What a miss costs them a year.")
    said_by = TheirPersonShape(allow_null=True)
    country = serializers.CharField(help_text="ISO 3166: whose holidays count.")
    spiced_entry = serializers.IntegerField(allow_null=True, help_text="The id of the statement that says the same.")
    meeting = serializers.IntegerField(allow_null=True, help_text="The id of the stakeholder meeting.")
    status = serializers.ChoiceField(choices=EventStatus.choices)
    settled_at = serializers.DateTimeField(allow_null=True)
    settled_by = Person(allow_null=True)
    settled_note = serializers.CharField()
    dark_since = serializers.DateField(allow_null=True, help_text="Since when they haven't answered.")
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: row[name] for name in (*PLAIN, *PEOPLE)}
        figure = row["threshold"]
        return shown | {
            "threshold": None if figure is None else f"{figure:f}".rstrip("0").rstrip("."),
            "account": row["account_id"],
            "critical": bool(row["consequence"]),
            "value": Money.of(row["value_minor"], row["currency"]),
            "said_by": TheirPersonShape.of(row, "said_by"),
            "spiced_entry": row["entry_id"],
            "meeting": row["meeting_id"],
        }


class EventFields(Versioned):
    title = Text(200, required=True)
    kind = serializers.ChoiceField(choices=EventKind.choices, required=False)
    due_on = Day(required=False, allow_null=True)
    metric = Text(80, required=False)
    threshold = Figure(required=False, allow_null=True)
    unit = Text(40, required=False)
    forecast_on = Day(required=False, allow_null=True)
    consequence = Text(LONGEST, required=False)
    value = Money(required=False, allow_null=True)
    said_by = TheirPerson(required=False, allow_null=True)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False)


class EventEntry(EventFields, OfAccount):
    example: ClassVar[dict[str, Any]] = {
        "account": 1, "title": "Peak season begins", "kind": "date", "due_on": "2027-06-01",
        "consequence": "They rent 60 temporary workers again.",
    }  # fmt: skip


class EventChange(EventFields):
    """Fields that are left out stay as they are."""


class Settling(Versioned):
    note = Text(300, required=False)


class Reopening(Versioned):
    """No fields but the version."""


class Withdrawing(Versioned):
    note = Text(300, required=True)


class Darkening(Entry):
    stories = serializers.ListField(child=Text(200, required=True), min_length=1, max_length=20)
    every_days = serializers.IntegerField(min_value=1, max_value=365, default=14)
    since = Day(required=False)


class Sending(Entry):
    subject = Text(300, required=True)
    text = Text(20_000, required=True)
    to = TheirPerson(required=False, allow_null=True)


class Nothing(Entry):
    """No fields."""


class MessageShape(serializers.Serializer):
    subject = serializers.CharField()
    text = serializers.CharField()


class PlacedStep(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=["done", "late", "running", "now", "ahead"])
    start_by = serializers.DateField(help_text="The latest day to begin on.")
    finish_by = serializers.DateField(help_text="The latest day to finish on.")
    expected_finish = serializers.DateField(help_text="When it would be finished if work went on from today.")
    room = serializers.IntegerField(help_text="Working days to spare; negative is late.")
    threatened = serializers.BooleanField(help_text="In time by itself, but pushed by what comes before it.")
    endangers = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of the steps that it pushes.")
    endangers_event = serializers.BooleanField()


class TimelineShape(serializers.Serializer):
    event_on = serializers.DateField()
    earliest_on = serializers.DateField(help_text="The event's day, or the first one that is still possible.")
    late_by = serializers.IntegerField(help_text="Working days.")
    steps = PlacedStep(many=True, help_text="Last first.")
