"""Objectives: what, who, when, how measured, how far, and the customer's word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Amount, Day, Member, Person, Text, Versioned
from accounts.api.filters import Choices, Ids, UpdatedSince
from accounts.api.resource import Readable, Shape
from accounts.roles import Permission
from journeys.plans.actions import objectives
from journeys.plans.api.fields import LONGEST, Figure, Money, OfPlan, TheirPerson, TheirPersonShape, worth
from journeys.plans.models import Audience, Horizon, Measurement, Objective, ObjectiveKind, ObjectiveStatus
from journeys.plans.progress import share

PLAIN = (
    "id", "kind", "horizon", "title", "detail", "audience", "due_on", "metric", "unit", "baseline", "target",
    "status", "achieved_on", "evidence", "drop_reason", "created_at", "version", "updated_at",
)  # fmt: skip
PEOPLE = ("our_owner", "achieved_by")


class ObjectiveFilters(UpdatedSince):
    plan = Ids(field_name="plan_id", help_text="The id of the plan.")
    account = Ids(field_name="plan__account_id", help_text="The id of the account.")
    kind = Choices(choices=ObjectiveKind.choices)
    status = Choices(choices=ObjectiveStatus.choices)
    due_before = df.DateFilter("due_on", "lt", help_text="Due before this day.")

    class Meta:
        model = Objective
        fields: tuple[str, ...] = ()


class LastMeasurement(serializers.Serializer):
    value = serializers.DecimalField(max_digits=18, decimal_places=4, normalize_output=True)
    on = serializers.DateField()


class ObjectiveShape(Shape):
    id = serializers.IntegerField()
    plan = serializers.IntegerField(help_text="The plan's id.")
    account = serializers.IntegerField(help_text="The account's id.")
    kind = serializers.ChoiceField(choices=ObjectiveKind.choices)
    horizon = serializers.ChoiceField(choices=Horizon.choices)
    title = serializers.CharField()
    detail = serializers.CharField()
    audience = serializers.ChoiceField(choices=Audience.choices, help_text="Who may read it.")
    our_owner = Person(allow_null=True)
    their_owner = TheirPersonShape(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    metric = serializers.CharField(help_text="What is measured.")
    unit = serializers.CharField()
    baseline = Figure(allow_null=True)
    target = Figure(allow_null=True)
    value = Amount(allow_null=True, help_text="Worth a year.")
    last = LastMeasurement(allow_null=True, help_text="The last measurement.")
    progress = serializers.FloatField(
        allow_null=True, help_text="The share of the way from baseline to target; null where it can't be said."
    )
    status = serializers.ChoiceField(choices=ObjectiveStatus.choices)
    achieved_on = serializers.DateField(allow_null=True)
    achieved_by = Person(allow_null=True)
    evidence = serializers.CharField()
    drop_reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        """From a row of `.values()` with `last`, the row of its last measurement."""
        shown = {name: row[name] for name in (*PLAIN, *PEOPLE)}
        last = row["last"]
        part = share(row["baseline"], row["target"], last["value"] if last else None)
        shown |= {name: _plain(row[name]) for name in ("baseline", "target")}
        return shown | {
            "plan": row["plan_id"],
            "account": row["plan__account_id"],
            "their_owner": TheirPersonShape.of(row, "their_owner"),
            "value": Money.of(row["value_minor"], row["plan__currency"]),
            "last": last and {"value": _plain(last["value"]), "on": last["measured_on"]},
            "progress": part,
        }


class ObjectiveFields(Versioned):
    kind = serializers.ChoiceField(choices=ObjectiveKind.choices, required=False)
    horizon = serializers.ChoiceField(choices=Horizon.choices, required=False)
    title = Text(200, required=True)
    detail = Text(LONGEST, required=False)
    audience = serializers.ChoiceField(choices=Audience.choices, required=False)
    our_owner = Member(required=False, allow_null=True)
    their_owner = TheirPerson(required=False, allow_null=True)
    due_on = Day(required=False, allow_null=True)
    metric = Text(120, required=False)
    unit = Text(40, required=False)
    baseline = Figure(required=False, allow_null=True)
    target = Figure(required=False, allow_null=True)
    value = Money(required=False, allow_null=True, help_text="Worth a year, in the plan's currency.")


class ObjectiveEntry(ObjectiveFields, OfPlan):
    example: ClassVar[dict[str, Any]] = {
        "plan": 1, "title": "Books closed in 4 days", "metric": "Days to close", "unit": "days", "baseline": "9",
        "target": "4", "value": {"amount": "310000", "currency": "USD"}, "due_on": "2027-06-30",
    }  # fmt: skip


class ObjectiveChange(ObjectiveFields):
    """Fields that are left out stay as they are."""


class Achieving(Versioned):
    example: ClassVar[dict[str, Any]] = {"on": "2026-11-02", "evidence": "October was closed on the fourth day."}

    on = Day()
    evidence = Text(2000, required=True)


class ObjectiveDropping(Versioned):
    reason = Text(300, required=True)


@extend_schema(tags=["plans"])
@extend_schema_view(
    list=extend_schema(summary="List objectives"),
    retrieve=extend_schema(summary="Read an objective"),
    create=extend_schema(summary="Add an objective to a plan"),
    partial_update=extend_schema(summary="Change an objective"),
)
class ObjectiveResource(Readable):
    noun = "objective"
    queryset = Objective.objects.all()
    filterset_class = ObjectiveFilters
    shape = ObjectiveShape
    people = PEOPLE
    columns = (
        *PLAIN, "plan_id", "plan__account_id", "plan__currency", "value_minor", "their_owner_id", "their_owner__name",
    )  # fmt: skip
    entries = {
        "create": ObjectiveEntry, "partial_update": ObjectiveChange, "achieve": Achieving, "drop": ObjectiveDropping,
    }  # fmt: skip
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.PLAN_EDIT,
        "partial_update": Permission.PLAN_EDIT,
        "achieve": Permission.PLAN_EDIT,
        "drop": Permission.PLAN_EDIT,
    }

    def shown(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """With the last measurement of each, in one query for all."""
        page = self.with_people(rows)
        found = Measurement.objects.filter(objective__in=[row["id"] for row in page])
        newest = found.order_by("objective_id", "-measured_on", "-id").distinct("objective_id")
        last = {one["objective_id"]: one for one in newest.values("objective_id", "value", "measured_on")}
        return [self.shape.of(row | {"last": last.get(row["id"])}) for row in page]

    def create(self, request: Request) -> Response:
        values = self.said()
        plan = values.pop("plan")
        values.pop("version", None)
        return self.answer(objectives.add(plan, worth(values, plan), by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        objective = self.found(pk=int(pk))
        version = self.version(values)
        objectives.edit(objective, worth(values, objective.plan), by=self.by, version=version)
        return self.answer(objective.pk)

    @extend_schema(summary="Note an objective as achieved, with what shows it")
    @action(detail=True, methods=["post"])
    def achieve(self, request: Request, pk: str) -> Response:
        return self.do(pk, objectives.achieve)

    @extend_schema(summary="Drop an objective, with the reason")
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        return self.do(pk, objectives.drop)


def _plain(value: Any) -> str | None:
    return None if value is None else f"{value.normalize():f}"
