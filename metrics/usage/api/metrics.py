"""What is counted, for other systems."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Entry, NothingEntry, Text, Versioned
from accounts.api.resource import Readable, Shape
from accounts.roles import Permission
from metrics.usage.actions import metrics
from metrics.usage.models import Aggregate, Metric, Source

PLAIN = ("id", *metrics.FIELDS, "count_from", "version")


class MetricShape(Shape):
    id = serializers.IntegerField()
    key = serializers.CharField(help_text="Unique in the workspace.")
    name = serializers.CharField()
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    event = serializers.CharField(help_text="Name of the event; empty for every event.")
    where_property = serializers.CharField()
    where_value = serializers.CharField()
    aggregate = serializers.ChoiceField(choices=Aggregate.choices)
    property = serializers.CharField(help_text="Whose value is summed, or whose last value counts.")
    unit = serializers.CharField()
    active = serializers.BooleanField()
    count_from = serializers.DateField(allow_null=True, help_text="While it is counted anew: how far that came.")
    version = serializers.IntegerField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row


class MetricEntry(Entry):
    example: ClassVar[dict[str, Any]] = {
        "name": "Reports", "event": "report_downloaded", "aggregate": "count", "unit": "reports",
    }  # fmt: skip

    name = Text(80, required=True)
    key = serializers.RegexField(r"^[-a-zA-Z0-9_]+\Z", max_length=60, required=False, help_text="Made from the name.")
    source = serializers.ChoiceField(choices=Source.choices, required=False)  # type: ignore[assignment]
    event = Text(200, required=False)
    where_property = Text(100, required=False)
    where_value = Text(200, required=False)
    aggregate = serializers.ChoiceField(choices=Aggregate.choices, required=False)
    property = Text(100, required=False)
    unit = Text(30, required=False)
    active = serializers.BooleanField(required=False)


class MetricChange(MetricEntry, Versioned):
    """Fields that are left out stay as they are."""


class MetricFilters(df.FilterSet):
    active = df.BooleanFilter(help_text="In use.")

    class Meta:
        model = Metric
        fields: list[str] = []


@extend_schema(tags=["usage"])
@extend_schema_view(
    list=extend_schema(summary="List metrics"),
    retrieve=extend_schema(summary="Read a metric"),
    create=extend_schema(summary="Add a metric", description="Days whose raw events are kept are counted too."),
    partial_update=extend_schema(summary="Change a metric"),
)
class MetricResource(Readable):
    noun = "metric"
    queryset = Metric.objects.all()
    filterset_class = MetricFilters
    shape = MetricShape
    columns = PLAIN
    entries = {"create": MetricEntry, "partial_update": MetricChange, "recount": NothingEntry}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.USAGE_EDIT,
        "partial_update": Permission.USAGE_EDIT,
        "recount": Permission.USAGE_EDIT,
    }

    def create(self, request: Request) -> Response:
        return self.answer(metrics.add(self.said(), by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        metric = self.found(pk=int(pk))
        metrics.edit(metric, values, by=self.by, version=self.version(values))
        return self.answer(metric.pk)

    @extend_schema(summary="Count a metric anew, from the raw events that are kept")
    @action(detail=True, methods=["post"])
    def recount(self, request: Request, pk: str) -> Response:
        self.said()
        return self.answer(metrics.recount(self.found(pk=int(pk)), by=self.by).pk)
