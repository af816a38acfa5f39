"""First Impacts and kickoffs for other systems."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.contacts import contact_of
from accounts.api.fields import Day, Id, OfAccount, Person, Text, Versioned
from accounts.api.filters import Ids
from accounts.api.resource import Readable, Shape
from accounts.models import Contact
from accounts.roles import Permission
from journeys.onboarding.actions import first_impact, kickoffs
from journeys.onboarding.models import FirstImpact, Kickoff, ReachedHow
from journeys.plans.models import Objective

IMPACT = (
    "id", "definition", "event", "times", "users", "committed_on", "kickoff_on", "reached_on", "reached_how",
    "evidence", "version",
)  # fmt: skip
TEXTS = ("our_part", "their_part", "keys", "pitfalls", "first_months")
KICKOFF = ("id", *TEXTS, "held_on", "version", "updated_at")


class ImpactFilters(df.FilterSet):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    reached = df.BooleanFilter(
        "reached_on", lookup_expr="isnull", exclude=True, help_text="True: those that are there."
    )

    class Meta:
        model = FirstImpact
        fields: tuple[str, ...] = ()


class FirstImpactShape(Shape):
    id = serializers.IntegerField()
    account = serializers.IntegerField(help_text="The account's id.")
    objective = serializers.IntegerField(allow_null=True, help_text="The objective's id in the Joint Impact Plan.")
    definition = serializers.CharField()
    event = serializers.CharField(help_text="The usage event by which it is seen; empty: by a person's word alone.")
    times = serializers.IntegerField()
    users = serializers.IntegerField()
    committed_on = serializers.DateField(help_text="Its days count from here,")
    kickoff_on = serializers.DateField(allow_null=True, help_text="and from here as well.")
    reached_on = serializers.DateField(allow_null=True)
    reached_how = serializers.ChoiceField(choices=ReachedHow.choices, allow_blank=True)
    reached_by = Person(allow_null=True)
    evidence = serializers.CharField()
    version = serializers.IntegerField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: row[name] for name in (*IMPACT, "reached_by")}
        shown["definition"] = row["definition"] or row["objective__title"] or ""
        return shown | {"account": row["account_id"], "objective": row["objective_id"]}


class Definition(Versioned):
    """Fields that are left out stay as they are."""

    definition = Text(300, required=False, help_text="Beyond a log-in: what is better for them that day.")
    objective = Id(required=False, allow_null=True, help_text="The objective of the plan that comes first.")
    event = Text(120, required=False)
    times = serializers.IntegerField(min_value=1, required=False)
    users = serializers.IntegerField(min_value=1, required=False)

    def validate_objective(self, pk: int | None) -> Objective | None:
        found = None if pk is None else Objective.objects.select_related("plan").filter(pk=pk).first()
        if pk is not None and found is None:
            raise serializers.ValidationError("No plan in this workspace has an objective with this id.")
        return found


class Arrival(Versioned):
    example: ClassVar[dict[str, Any]] = {"on": "2026-12-01", "evidence": "Their June close took 4 days."}

    on = Day()
    evidence = Text(2000, required=False, help_text="Needed unless a contact confirmed it.")
    contact = Id(required=False, allow_null=True, help_text="The id of the contact who confirmed it.")

    def validate_contact(self, pk: int | None) -> Contact | None:
        return contact_of(pk)


@extend_schema(tags=["onboarding"])
@extend_schema_view(
    list=extend_schema(summary="List First Impacts"),
    retrieve=extend_schema(summary="Read a First Impact"),
    partial_update=extend_schema(summary="Define a First Impact"),
)
class FirstImpactResource(Readable):
    noun = "First Impact"
    queryset = FirstImpact.objects.all()
    filterset_class = ImpactFilters
    shape = FirstImpactShape
    people = ("reached_by",)
    columns = (*IMPACT, "account_id", "objective_id", "objective__title")
    entries = {"partial_update": Definition, "reach": Arrival}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "partial_update": Permission.PLAN_EDIT,
        "reach": Permission.PLAN_EDIT,
    }

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        row = self.found(pk=int(pk))
        version = self.version(values)
        first_impact.define(row, values, by=self.by, version=version)
        return self.answer(row.pk)

    @extend_schema(summary="It is there: the clock stops, onboarding is over")
    @action(detail=True, methods=["post"])
    def reach(self, request: Request, pk: str) -> Response:
        values = self.said()
        row = self.found(pk=int(pk))
        version = self.version(values)
        how = ReachedHow.CONFIRMED if values.get("contact") else ReachedHow.EVIDENCE
        first_impact.reach(row, **values, how=how, by=self.by, version=version)
        return self.answer(row.pk)


class KickoffFilters(df.FilterSet):
    account = Ids(field_name="account_id", help_text="The id of the account.")

    class Meta:
        model = Kickoff
        fields: tuple[str, ...] = ()


class KickoffShape(Shape):
    id = serializers.IntegerField()
    account = serializers.IntegerField(help_text="The account's id.")
    handoff = serializers.IntegerField(allow_null=True, help_text="The id of the handoff that it was prepared from.")
    meeting = serializers.IntegerField(allow_null=True, help_text="The id of the meeting.")
    our_part = serializers.CharField()
    their_part = serializers.CharField()
    keys = serializers.CharField(help_text="Keys to success.")
    pitfalls = serializers.CharField()
    first_months = serializers.CharField()
    held_on = serializers.DateField(allow_null=True)
    held_by = Person(allow_null=True)
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: row[name] for name in (*KICKOFF, "held_by")}
        return shown | {name: row[f"{name}_id"] for name in ("account", "handoff", "meeting")}


class KickoffEntry(OfAccount):
    example: ClassVar[dict[str, Any]] = {"account_external_id": "001A0000"}


class KickoffChange(Versioned):
    """Fields that are left out stay as they are."""

    our_part = Text(10_000, required=False)
    their_part = Text(10_000, required=False)
    keys = Text(10_000, required=False)
    pitfalls = Text(10_000, required=False)
    first_months = Text(10_000, required=False)


class KickoffDay(Versioned):
    example: ClassVar[dict[str, Any]] = {"on": "2026-12-01"}

    on = Day()


@extend_schema(tags=["onboarding"])
@extend_schema_view(
    list=extend_schema(summary="List kickoffs"),
    retrieve=extend_schema(summary="Read a kickoff"),
    create=extend_schema(summary="Prepare the kickoff of an account"),
    partial_update=extend_schema(summary="Change what both sides bring to it"),
)
class KickoffResource(Readable):
    noun = "kickoff"
    queryset = Kickoff.objects.all()
    filterset_class = KickoffFilters
    shape = KickoffShape
    people = ("held_by",)
    columns = (*KICKOFF, "account_id", "handoff_id", "meeting_id")
    entries = {"create": KickoffEntry, "partial_update": KickoffChange, "hold": KickoffDay}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.MEETING_EDIT,
        "partial_update": Permission.MEETING_EDIT,
        "hold": Permission.MEETING_EDIT,
    }

    def create(self, request: Request) -> Response:
        return self.answer(kickoffs.prepare(self.said()["account"], by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        row = self.found(pk=int(pk))
        version = self.version(values)
        kickoffs.edit(row, values, by=self.by, version=version)
        return self.answer(row.pk)

    @extend_schema(summary="The kickoff was held: the second clock of First Impact counts from here")
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, pk: str) -> Response:
        values = self.said()
        row = self.found(pk=int(pk))
        version = self.version(values)
        kickoffs.hold(row, on=values["on"], by=self.by, version=version)
        return self.answer(row.pk)


routes: list[tuple[str, type[GenericViewSet], str]] = [
    ("first-impacts", FirstImpactResource, "first-impact"),
    ("kickoffs", KickoffResource, "kickoff"),
]
