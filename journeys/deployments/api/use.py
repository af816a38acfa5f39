"""Hours and costs of deployments: said once, corrected by rows of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Amount, Day, Entry, Id, Member, Money, Person, Text
from accounts.api.filters import Ids, Instants
from accounts.api.resource import Readable, Shape
from journeys.deployments.actions import use
from journeys.deployments.api.fields import EDIT, VIEW, HoursField, OfDeployment, known, minor, plain
from journeys.deployments.models import Activity, Cost, TimeEntry


class TimeFilters(df.FilterSet):
    deployment = Ids(field_name="deployment_id", help_text="The id of the deployment.")
    account = Ids(field_name="deployment__account_id", help_text="The id of the account.")
    user = Ids(field_name="user_id", help_text="The id of whoever worked.")
    recorded_since = Instants("recorded_at", "gte")

    class Meta:
        model = TimeEntry
        fields: tuple[str, ...] = ()


class TimeShape(Shape):
    id = serializers.IntegerField()
    deployment = serializers.IntegerField(help_text="The deployment's id.")
    activity = serializers.IntegerField(allow_null=True, help_text="The activity's id.")
    user = Person()
    worked_on = serializers.DateField()
    hours = HoursField(help_text="A correction carries the difference, so that the plain sum is right.")
    note = serializers.CharField()
    corrects = serializers.IntegerField(allow_null=True, help_text="The id of the entry that it corrects.")
    recorded_by = Person(allow_null=True)
    recorded_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: row[name] for name in ("id", "user", "worked_on", "note", "recorded_by", "recorded_at")}
        named = {name: row[f"{name}_id"] for name in ("deployment", "activity", "corrects")}
        return shown | named | {"hours": plain(row["hours"])}


class TimeLogging(OfDeployment):
    example: ClassVar[dict[str, Any]] = {
        "deployment": 1, "user": "dee@example.com", "worked_on": "2026-11-02", "hours": "6.5",
    }  # fmt: skip

    user = Member()
    worked_on = Day()
    hours = HoursField()
    activity = Id(required=False, allow_null=True, help_text="The activity's id.")
    note = Text(300, required=False)

    def validate_activity(self, pk: int | None) -> Activity | None:
        return None if pk is None else known(Activity, pk, "activity")


class TimeCorrecting(Entry):
    hours = HoursField(help_text="What the entry should say.")
    note = Text(300, required=True)


@extend_schema(tags=["deployments"])
@extend_schema_view(
    list=extend_schema(summary="List hours worked on deployments"),
    retrieve=extend_schema(summary="Read a time entry"),
    create=extend_schema(summary="Log hours"),
)
class TimeResource(Readable):
    noun = "time entry"
    queryset = TimeEntry.objects.all()
    filterset_class = TimeFilters
    shape = TimeShape
    people = ("user", "recorded_by")
    columns = ("id", "deployment_id", "activity_id", "corrects_id", "worked_on", "hours", "note", "recorded_at")
    entries = {"create": TimeLogging, "correct": TimeCorrecting}
    permissions = {"list": VIEW, "retrieve": VIEW, "create": EDIT, "correct": EDIT}

    def create(self, request: Request) -> Response:
        values = self.said()
        return self.answer(use.log(values.pop("deployment"), values, by=self.by).pk, 201)

    @extend_schema(summary="Correct hours by a row beside them")
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        values = self.said()
        return self.answer(use.correct(self.found(pk=int(pk)), **values, by=self.by).pk, 201)


class CostFilters(df.FilterSet):
    deployment = Ids(field_name="deployment_id", help_text="The id of the deployment.")
    account = Ids(field_name="deployment__account_id", help_text="The id of the account.")
    recorded_since = Instants("recorded_at", "gte")

    class Meta:
        model = Cost
        fields: tuple[str, ...] = ()


class CostShape(Shape):
    id = serializers.IntegerField()
    deployment = serializers.IntegerField(help_text="The deployment's id.")
    what = serializers.CharField()
    spent_on = serializers.DateField()
    amount = Amount(help_text="A correction carries the difference, so that the plain sum is right.")
    corrects = serializers.IntegerField(allow_null=True, help_text="The id of the cost that it corrects.")
    recorded_by = Person(allow_null=True)
    recorded_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: row[name] for name in ("id", "what", "spent_on", "recorded_by", "recorded_at")}
        amount = Money.of(row["amount_minor"], row["deployment__currency"])
        return shown | {"deployment": row["deployment_id"], "corrects": row["corrects_id"], "amount": amount}


class CostNoting(OfDeployment):
    what = Text(200, required=True)
    spent_on = Day()
    amount = Money()


class CostCorrecting(Entry):
    amount = Money(help_text="What it really came to.")
    note = Text(200, required=True)


@extend_schema(tags=["deployments"])
@extend_schema_view(
    list=extend_schema(summary="List costs of deployments"),
    retrieve=extend_schema(summary="Read a cost"),
    create=extend_schema(summary="Note a cost"),
)
class CostResource(Readable):
    noun = "cost"
    queryset = Cost.objects.all()
    filterset_class = CostFilters
    shape = CostShape
    people = ("recorded_by",)
    columns = (
        "id", "deployment_id", "deployment__currency", "what", "spent_on", "amount_minor", "corrects_id", "recorded_at",
    )  # fmt: skip
    entries = {"create": CostNoting, "correct": CostCorrecting}
    permissions = {"list": VIEW, "retrieve": VIEW, "create": EDIT, "correct": EDIT}

    def shown(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [self.shape.of(row) for row in self.with_people(rows)]

    def create(self, request: Request) -> Response:
        values = self.said()
        deployment = values.pop("deployment")
        return self.answer(use.spend(deployment, minor(values, "amount", deployment.currency), by=self.by).pk, 201)

    @extend_schema(summary="Correct a cost by a row beside it")
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        cost = self.found(pk=int(pk))
        values = minor(self.said(), "amount", cost.deployment.currency)
        return self.answer(use.correct_cost(cost, **values, by=self.by).pk, 201)
