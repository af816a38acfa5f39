"""Plans as a whole: drafted, worded, agreed, reviewed, closed; and what was agreed when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Day, Entry, OfAccount, Person, Text, Versioned
from accounts.api.filters import Choices, Ids, UpdatedSince
from accounts.api.resource import Readable, Shape
from accounts.currencies import CODES, UNKNOWN
from accounts.roles import Permission
from journeys.plans.actions import plans
from journeys.plans.api.fields import LONGEST, TheirPerson
from journeys.plans.models import Agreement, Plan, PlanStatus, PlanVersion

PLAIN = (
    "id", "north_star", "status", "currency", "review_weeks", "next_review_on", "reviewed_on", "created_at",
    "closed_at", "version", "updated_at",
)  # fmt: skip
PEOPLE = ("created_by", "closed_by")


class PlanFilters(UpdatedSince):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    status = Choices(choices=PlanStatus.choices)
    review_before = df.DateFilter("next_review_on", "lt", help_text="To be reviewed before this day.")

    class Meta:
        model = Plan
        fields: tuple[str, ...] = ()


class AgreementShape(serializers.Serializer):
    side = serializers.ChoiceField(choices=[("us", "Us"), ("them", "Them")])
    name = serializers.CharField()
    contact = serializers.IntegerField(allow_null=True, help_text="The contact's id, where it is their yes.")
    agreed_at = serializers.DateTimeField()


class PlanVersionShape(serializers.Serializer):
    number = serializers.IntegerField()
    north_star = serializers.CharField()
    items = serializers.ListField(
        child=serializers.DictField(),
        help_text="What the plan said: noun, id, audience, about, and the item's own fields.",
    )
    note = serializers.CharField()
    made_at = serializers.DateTimeField()
    agreements = AgreementShape(many=True)


class PlanVersionsShape(serializers.Serializer):
    results = PlanVersionShape(many=True)


class PlanShape(Shape):
    id = serializers.IntegerField()
    account = serializers.IntegerField(help_text="The account's id.")
    account_external_id = serializers.CharField(allow_null=True)
    account_name = serializers.CharField()
    north_star = serializers.CharField()
    status = serializers.ChoiceField(choices=PlanStatus.choices)
    currency = serializers.CharField(help_text="ISO 4217; of every value in the plan.")
    review_weeks = serializers.IntegerField(help_text="Weeks from one review to the next.")
    next_review_on = serializers.DateField(allow_null=True)
    reviewed_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    created_by = Person(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = Person(allow_null=True)
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: row[name] for name in (*PLAIN, *PEOPLE)}
        shown["account"] = row["account_id"]
        shown["account_external_id"] = row["account__external_id"]
        shown["account_name"] = row["account__name"]
        return shown


class PlanEntry(OfAccount):
    """An account that has an open plan answers with that one."""

    example: ClassVar[dict[str, Any]] = {"account_external_id": "001A0000"}


class PlanChange(Versioned):
    north_star = Text(LONGEST, required=False)
    currency = serializers.ChoiceField(
        choices=sorted(CODES), required=False, error_messages={"invalid_choice": UNKNOWN}
    )
    review_weeks = serializers.IntegerField(min_value=1, max_value=520, required=False)
    next_review_on = Day(required=False, allow_null=True)


class Agreeing(Entry):
    """The yes of `contact` where one is named; else of whoever made the key."""

    contact = TheirPerson(required=False, allow_null=True)
    name = Text(160, required=False, help_text="As they signed; their name if left out.")
    note = Text(300, required=False)


class Reviewing(Versioned):
    example: ClassVar[dict[str, Any]] = {"on": "2026-11-02", "note": "On track; next is the rollout in Austin."}

    on = Day()
    note = Text(2000, required=True)


class PlanClosing(Versioned):
    reason = Text(300, required=False)


@extend_schema(tags=["plans"])
@extend_schema_view(
    list=extend_schema(summary="List Joint Impact Plans"),
    retrieve=extend_schema(summary="Read a Joint Impact Plan"),
    create=extend_schema(
        summary="Draft an account's Joint Impact Plan", description="Out of its SPICED record and the fitting template."
    ),
    partial_update=extend_schema(summary="Change a plan's north star and rhythm"),
)
class PlanResource(Readable):
    noun = "plan"
    queryset = Plan.objects.all()
    filterset_class = PlanFilters
    shape = PlanShape
    people = PEOPLE
    columns = (*PLAIN, "account_id", "account__external_id", "account__name")
    entries = {
        "create": PlanEntry, "partial_update": PlanChange, "agree": Agreeing, "review": Reviewing,
        "close": PlanClosing,
    }  # fmt: skip
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "versions": Permission.ACCOUNT_VIEW,
        "create": Permission.PLAN_EDIT,
        "partial_update": Permission.PLAN_EDIT,
        "agree": Permission.PLAN_EDIT,
        "review": Permission.PLAN_EDIT,
        "close": Permission.PLAN_EDIT,
    }

    def create(self, request: Request) -> Response:
        return self.answer(plans.draft(self.said()["account"], by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        plan = self.found(pk=int(pk))
        version = self.version(values)
        plans.edit(plan, values, by=self.by, version=version)
        return self.answer(plan.pk)

    @extend_schema(
        summary="Agree to a plan as it stands", description="Keeps its words as a version where they are new."
    )
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, pk: str) -> Response:
        values = self.said()
        plan = self.found(pk=int(pk))
        plans.agree(plan, by=self.by, **values)
        return self.answer(plan.pk)

    @extend_schema(summary="Note a review of a plan")
    @action(detail=True, methods=["post"])
    def review(self, request: Request, pk: str) -> Response:
        values = self.said()
        plan = self.found(pk=int(pk))
        version = self.version(values)
        plans.review(plan, **values, by=self.by, version=version)
        return self.answer(plan.pk)

    @extend_schema(summary="Close a plan")
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        values = self.said()
        plan = self.found(pk=int(pk))
        version = self.version(values)
        plans.close(plan, **values, by=self.by, version=version)
        return self.answer(plan.pk)

    @extend_schema(summary="Read what was agreed when", request=None, responses=PlanVersionsShape)
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def versions(self, request: Request, pk: str) -> Response:
        plan = self.found(pk=int(pk))
        kept = PlanVersion.objects.filter(plan=plan).values("id", "number", "north_star", "items", "note", "made_at")
        return Response({"results": _with_agreements(kept)})


def _with_agreements(kept: Iterable[Any]) -> list[dict[str, Any]]:
    rows = list(kept)
    said: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in Agreement.objects.filter(plan_version__in=[row["id"] for row in rows]):
        side = "them" if one.contact_id else "us"
        shown = {"side": side, "name": one.name, "contact": one.contact_id, "agreed_at": one.agreed_at}
        said[one.plan_version_id].append(shown)
    return [{name: row[name] for name in row if name != "id"} | {"agreements": said[row["id"]]} for row in rows]
