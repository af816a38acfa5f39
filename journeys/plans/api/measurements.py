"""What was measured of an objective, and the customer's word that it is reached: said once, never rewritten."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Day, Entry, Id, Person, Text
from accounts.api.filters import Ids, Instants
from accounts.api.resource import Readable, Shape
from accounts.roles import Permission
from journeys.plans.actions import objectives
from journeys.plans.api.fields import Figure, TheirPerson, TheirPersonShape, known
from journeys.plans.models import Confirmation, Measurement, Objective


class MeasurementFilters(df.FilterSet):
    objective = Ids(field_name="objective_id", help_text="The id of the objective.")
    account = Ids(field_name="objective__plan__account_id", help_text="The id of the account.")
    measured_from = df.DateFilter("measured_on", "gte", help_text="Measured on or after this day.")
    recorded_since = Instants("recorded_at", "gte")

    class Meta:
        model = Measurement
        fields: tuple[str, ...] = ()


class MeasurementShape(Shape):
    id = serializers.IntegerField()
    objective = serializers.IntegerField(help_text="The objective's id.")
    value = Figure()
    on = serializers.DateField()
    evidence = serializers.CharField()
    url = serializers.CharField()
    recorded_by = Person(allow_null=True)
    recorded_contact = TheirPersonShape(allow_null=True, help_text="The customer's person who recorded it.")
    recorded_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": row["id"],
            "objective": row["objective_id"],
            "value": f"{row['value'].normalize():f}",
            "on": row["measured_on"],
            "evidence": row["evidence"],
            "url": row["evidence_url"],
            "recorded_by": row["recorded_by"],
            "recorded_contact": TheirPersonShape.of(row, "recorded_contact"),
            "recorded_at": row["recorded_at"],
        }


class OfObjective(Entry):
    objective = Id(help_text="The objective's id.")

    def validate_objective(self, pk: int) -> Objective:
        return known(Objective, pk, "objective")


class MeasurementEntry(OfObjective):
    example: ClassVar[dict[str, Any]] = {
        "objective": 1, "value": "6.5", "on": "2026-11-02", "evidence": "The ledger of October.",
    }  # fmt: skip

    value = Figure()
    on = Day()
    evidence = Text(2000, required=False)
    url = serializers.URLField(max_length=500, required=False, allow_blank=True)


@extend_schema(tags=["plans"])
@extend_schema_view(
    list=extend_schema(summary="List measurements"),
    retrieve=extend_schema(summary="Read a measurement"),
    create=extend_schema(summary="Record a measurement of an objective"),
)
class MeasurementResource(Readable):
    noun = "measurement"
    queryset = Measurement.objects.all()
    filterset_class = MeasurementFilters
    shape = MeasurementShape
    people = ("recorded_by",)
    columns = (
        "id", "objective_id", "value", "measured_on", "evidence", "evidence_url", "recorded_at",
        "recorded_contact_id", "recorded_contact__name",
    )  # fmt: skip
    entries = {"create": MeasurementEntry}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.PLAN_EDIT,
    }

    def create(self, request: Request) -> Response:
        values = self.said()
        reading = objectives.measure(values.pop("objective"), values.pop("value"), by=self.by, **values)
        return self.answer(reading.pk, 201)


class ConfirmationFilters(df.FilterSet):
    objective = Ids(field_name="objective_id", help_text="The id of the objective.")
    account = Ids(field_name="objective__plan__account_id", help_text="The id of the account.")
    confirmed_since = Instants("confirmed_at", "gte")

    class Meta:
        model = Confirmation
        fields: tuple[str, ...] = ()


class ImpactConfirmationShape(Shape):
    id = serializers.IntegerField()
    objective = serializers.IntegerField(help_text="The objective's id.")
    contact = TheirPersonShape()
    name = serializers.CharField(help_text="As they signed.")
    statement = serializers.CharField()
    confirmed_at = serializers.DateTimeField()
    recorded_by = Person(allow_null=True, help_text="Who of the workspace noted it; null: they did themselves.")

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        plain = {name: row[name] for name in ("id", "name", "statement", "confirmed_at", "recorded_by")}
        return plain | {"objective": row["objective_id"], "contact": TheirPersonShape.of(row, "contact")}


class ConfirmationEntry(OfObjective):
    example: ClassVar[dict[str, Any]] = {"objective": 1, "contact": 1, "name": "Elena Brandt", "statement": "Yes."}

    contact = TheirPerson()
    name = Text(160, required=True)
    statement = Text(2000, required=False)


@extend_schema(tags=["plans"])
@extend_schema_view(
    list=extend_schema(summary="List confirmed impacts"),
    retrieve=extend_schema(summary="Read a confirmation"),
    create=extend_schema(summary="Note that a contact confirms an objective as reached", operation_id="confirm_impact"),
)
class ConfirmationResource(Readable):
    noun = "confirmation"
    queryset = Confirmation.objects.all()
    filterset_class = ConfirmationFilters
    shape = ImpactConfirmationShape
    people = ("recorded_by",)
    columns = ("id", "objective_id", "name", "statement", "confirmed_at", "contact_id", "contact__name")
    entries = {"create": ConfirmationEntry}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.PLAN_EDIT,
    }

    def create(self, request: Request) -> Response:
        values = self.said()
        return self.answer(objectives.confirm(values.pop("objective"), by=self.by, **values).pk, 201)
