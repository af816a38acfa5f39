"""Deployments as a whole: planned, changed, started, held, resumed, closed, cancelled; with their three figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Amount, Day, Entry, Id, Member, Money, OfAccount, Person, Text, Versioned
from accounts.api.filters import Choices, Ids, UpdatedSince
from accounts.api.resource import Readable, Shape
from accounts.calendar import local_today
from accounts.models import Contract, Product
from journeys.deployments.actions import copying, deployments
from journeys.deployments.api.fields import EDIT, VIEW, HoursField, OnDay, known, minor, plain
from journeys.deployments.models import Deployment, Kind, Status
from journeys.deployments.outlook import Outlook, outlooks

PLAIN = (
    "id", "name", "kind", "status", "planned_start_on", "planned_end_on", "started_on", "closed_on", "close_note",
    "sow_title", "sow_number", "sow_signed_on", "sow_url", "created_at", "version", "updated_at",
)  # fmt: skip
PEOPLE = ("lead", "created_by")
TONES = [("green", "Green"), ("amber", "Amber"), ("red", "Red"), ("none", "Nothing to go by")]


class DeploymentFilters(UpdatedSince):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    lead = Ids(field_name="lead_id", help_text="The id of the lead.")
    product = Ids(field_name="product_id", help_text="The id of the product.")
    status = Choices(choices=Status.choices)
    closed_from = df.DateFilter("closed_on", "gte", help_text="Closed on this day or later.")
    closed_before = df.DateFilter("closed_on", "lt", help_text="Closed before this day.")

    class Meta:
        model = Deployment
        fields: tuple[str, ...] = ()


class DeploymentFigure(serializers.Serializer):
    tone = serializers.ChoiceField(choices=TONES)
    word = serializers.CharField()
    says = serializers.CharField(help_text="The number that it stands on.")


class DeploymentShape(Shape):
    id = serializers.IntegerField()
    account = serializers.IntegerField(help_text="The account's id.")
    account_external_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    status = serializers.ChoiceField(choices=Status.choices)
    product = serializers.IntegerField(allow_null=True, help_text="The product's id.")
    contract = serializers.IntegerField(allow_null=True, help_text="The contract's id.")
    lead = Person(allow_null=True)
    planned_start_on = serializers.DateField()
    planned_end_on = serializers.DateField(help_text="The agreed end.")
    started_on = serializers.DateField(allow_null=True)
    closed_on = serializers.DateField(allow_null=True)
    close_note = serializers.CharField()
    expected_end_on = serializers.DateField(help_text="Through what its activities wait for; or when it closed.")
    budget = Amount(allow_null=True)
    budget_hours = HoursField(allow_null=True)
    rate = Amount(allow_null=True, help_text="What an hour costs.")
    hours_used = HoursField()
    hours_expected = HoursField(help_text="At completion.")
    activities = serializers.IntegerField()
    activities_done = serializers.IntegerField()
    on_time = DeploymentFigure()
    on_budget = DeploymentFigure()
    on_quality = DeploymentFigure()
    sow_title = serializers.CharField()
    sow_number = serializers.CharField()
    sow_signed_on = serializers.DateField(allow_null=True)
    sow_url = serializers.CharField()
    created_at = serializers.DateTimeField()
    created_by = Person(allow_null=True)
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        seen: Outlook = row["seen"]
        figures = {"on_time": seen.time, "on_budget": seen.budget, "on_quality": seen.quality}
        return {name: row[name] for name in (*PLAIN, *PEOPLE)} | {
            "account": row["account_id"],
            "account_external_id": row["account__external_id"],
            "product": row["product_id"],
            "contract": row["contract_id"],
            "expected_end_on": seen.expected_end,
            "budget": Money.of(row["budget_minor"], row["currency"]),
            "budget_hours": plain(row["budget_hours"]),
            "rate": Money.of(row["rate_minor"], row["currency"]),
            "hours_used": plain(seen.hours.used),
            "hours_expected": plain(seen.hours.expected),
            "activities": seen.activities,
            "activities_done": seen.done,
            **{name: {"tone": one.tone, "word": one.word, "says": one.says} for name, one in figures.items()},
        }


class DeploymentFields(Versioned):
    name = Text(160, required=True)
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    product = Id(required=False, allow_null=True, help_text="The product's id.")
    contract = Id(required=False, allow_null=True, help_text="The contract's id.")
    lead = Member(required=False, allow_null=True)
    planned_start_on = Day()
    planned_end_on = Day()
    budget = Money(required=False, allow_null=True)
    budget_hours = HoursField(required=False, allow_null=True, min_value=0)
    rate = Money(required=False, allow_null=True)
    sow_title = Text(200, required=False)
    sow_number = Text(80, required=False)
    sow_signed_on = Day(required=False, allow_null=True)
    sow_url = serializers.URLField(max_length=500, required=False, allow_blank=True)

    def validate_product(self, pk: int | None) -> Product | None:
        return None if pk is None else known(Product, pk, "product")

    def validate_contract(self, pk: int | None) -> Contract | None:
        return None if pk is None else known(Contract, pk, "contract")


class DeploymentEntry(DeploymentFields, OfAccount):
    example: ClassVar[dict[str, Any]] = {
        "account_external_id": "001A0000", "name": "Rollout", "planned_start_on": "2026-12-01",
        "planned_end_on": "2027-02-26", "budget_hours": "160",
    }  # fmt: skip


class DeploymentChange(DeploymentFields):
    """Fields that are left out stay as they are."""


class DeploymentHolding(OnDay):
    reason = Text(300, required=True)


class DeploymentClosing(OnDay):
    note = Text(300, required=False)


class DeploymentCancelling(Versioned):
    reason = Text(300, required=True)


class PlanCopying(Entry):
    copy_from = Id(help_text="The id of the deployment whose plan is copied.")

    def validate_copy_from(self, pk: int) -> Deployment:
        return known(Deployment, pk, "deployment")


@extend_schema(tags=["deployments"])
@extend_schema_view(
    list=extend_schema(summary="List deployments"),
    retrieve=extend_schema(summary="Read a deployment"),
    create=extend_schema(summary="Plan a deployment"),
    partial_update=extend_schema(summary="Change a deployment"),
)
class DeploymentResource(Readable):
    noun = "deployment"
    queryset = Deployment.objects.all()
    filterset_class = DeploymentFilters
    shape = DeploymentShape
    people = PEOPLE
    columns = (
        *PLAIN, "account_id", "account__external_id", "product_id", "contract_id", "currency", "budget_minor",
        "budget_hours", "rate_minor",
    )  # fmt: skip
    entries = {
        "create": DeploymentEntry, "partial_update": DeploymentChange, "start": OnDay, "hold": DeploymentHolding,
        "resume": OnDay, "close": DeploymentClosing, "cancel": DeploymentCancelling, "copy_plan": PlanCopying,
    }  # fmt: skip
    permissions = {
        "list": VIEW, "retrieve": VIEW, "create": EDIT, "partial_update": EDIT, "start": EDIT, "hold": EDIT,
        "resume": EDIT, "close": EDIT, "cancel": EDIT, "copy_plan": EDIT,
    }  # fmt: skip

    def shown(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        page = self.with_people(rows)
        there = list(Deployment.objects.filter(pk__in=[row["id"] for row in page]))
        seen = outlooks(there, self.tenant, local_today(self.tenant))
        return [self.shape.of(row | {"seen": seen[row["id"]]}) for row in page]

    def create(self, request: Request) -> Response:
        values = self.said()
        values.pop("version", None)
        account = values.pop("account")
        for name in ("budget", "rate"):
            values = minor(values, name, account.currency)
        return self.answer(deployments.plan(account, values, by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        row = self.found(pk=int(pk))
        version = self.version(values)
        for name in ("budget", "rate"):
            values = minor(values, name, row.currency)
        deployments.edit(row, values, by=self.by, version=version)
        return self.answer(row.pk)

    def _do(self, pk: str, act: Any) -> Response:
        values = self.said()
        row = self.found(pk=int(pk))
        version = self.version(values)
        act(row, **values, by=self.by, version=version)
        return self.answer(row.pk)

    @extend_schema(summary="Start a deployment")
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        return self._do(pk, deployments.start)

    @extend_schema(summary="Put a deployment on hold, for a reason")
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, pk: str) -> Response:
        return self._do(pk, deployments.hold)

    @extend_schema(summary="Go on with a deployment that was on hold")
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        return self._do(pk, deployments.resume)

    @extend_schema(summary="Close a deployment; nothing in its plan may be open")
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        return self._do(pk, deployments.close)

    @extend_schema(summary="Cancel a deployment and drop its tasks")
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        return self._do(pk, deployments.cancel)

    @extend_schema(summary="Copy the plan of an earlier deployment")
    @action(detail=True, methods=["post"], url_path="copy-plan")
    def copy_plan(self, request: Request, pk: str) -> Response:
        values = self.said()
        copying.copy_plan(self.found(pk=int(pk)), values["copy_from"], by=self.by)
        return self.answer(int(pk))
