"""What a tenant counts: which events, under which condition, and how."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.tenancy.models import TenantModel


class Aggregate(models.TextChoices):
    COUNT = "count", "How often"
    USERS = "users", "How many people"
    SUM = "sum", "Sum of a property"
    LAST = "last", "Last value of a property"


class Source(models.TextChoices):
    EVENTS = "events", "Events"
    POINTS = "points", "Values sent to the API"


class Metric(TenantModel):
    """Every day has count, people, sum and last; `aggregate` is the one that the metric means."""

    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=80)
    source = models.CharField(max_length=6, choices=Source.choices, default=Source.EVENTS)
    event = models.CharField(max_length=200, blank=True, help_text="Name of the event; empty for every event.")
    where_property = models.CharField(max_length=100, blank=True, verbose_name="only where property")
    where_value = models.CharField(max_length=200, blank=True, verbose_name="is")
    aggregate = models.CharField(max_length=5, choices=Aggregate.choices, default=Aggregate.COUNT)
    property = models.CharField(max_length=100, blank=True, help_text="Of sum and last value: the number’s property.")
    unit = models.CharField(max_length=30, blank=True, help_text="Such as reports or GB.")
    active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    count_from = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"],
                name="usage_metric_key_once",
                violation_error_message="Another metric has this key.",
            ),
            models.CheckConstraint(
                condition=~models.Q(aggregate__in=["sum", "last"]) | ~models.Q(property=""),
                name="usage_metric_of_a_property",
                violation_error_message="Name the property whose value is taken.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
