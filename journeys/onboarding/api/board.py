"""The onboarding board for other systems: who stands where, why, and against which target; holds with their reasons."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.fields import Day, OfAccount, Person, Text, Versioned
from accounts.api.filters import Ids
from accounts.api.resource import Readable, Resource, Shape
from accounts.calendar import local_today
from accounts.models import Account
from accounts.roles import Permission
from journeys.onboarding import board, pace
from journeys.onboarding.actions import pacing
from journeys.onboarding.models import OnboardingHold, OnboardingTarget

HOLD = ("id", "from_on", "until_on", "reason", "put_at", "version")
TARGET = ("id", "segment", "days", "version")
FIGURES = ("days", "target", "days_held", "stage", "status", "overdue_ours", "overdue_theirs", "kickoff_on")
LONGEST = 500
AFTER = OpenApiParameter("after", OpenApiTypes.INT, description="The id of the last account of the page before.")


class BoardShape(Shape):
    account = serializers.IntegerField(help_text="The account's id.")
    account_external_id = serializers.CharField(allow_null=True)
    account_name = serializers.CharField()
    stage = serializers.ChoiceField(choices=list(pace.STAGES.items()))
    status = serializers.ChoiceField(choices=list(pace.STATUSES.items()))
    reasons = serializers.ListField(child=serializers.CharField(), help_text="In words, gravest first.")
    days = serializers.IntegerField(help_text="Since the commitment; days on hold are among them.")
    target = serializers.IntegerField()
    days_held = serializers.IntegerField()
    overdue_ours = serializers.IntegerField(help_text="Steps of the plan.")
    overdue_theirs = serializers.IntegerField()
    kickoff_on = serializers.DateField(allow_null=True)


@extend_schema(tags=["onboarding"])
class BoardResource(Resource):
    noun = "account in onboarding"
    queryset = Account.objects.none()
    shape = BoardShape
    columns = ()
    filter_backends: Any = ()
    pagination_class = None
    permissions = {"list": Permission.ACCOUNT_VIEW}

    @extend_schema(
        summary="List the accounts in onboarding", parameters=[AFTER], responses=BoardShape(many=True),
        description="By id, at most 500 at once: ask for the next ones with `after`.",
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        said = request.query_params.get("after", "")
        after = int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0
        mine = Account.objects.present().visible_to(self.key).filter(pk__gt=after)
        rows = board.rows(mine, self.tenant, local_today(self.tenant)).order_by("pk")[:LONGEST]
        return Response([_shown(row) for row in rows])


def _shown(row: Any) -> dict[str, Any]:
    about = {"account": row.pk, "account_external_id": row.external_id, "account_name": row.name}
    return about | {name: getattr(row, name) for name in FIGURES} | {"reasons": pace.reasons(board.going(row))}


class HoldFilters(df.FilterSet):
    account = Ids(field_name="account_id", help_text="The id of the account.")

    class Meta:
        model = OnboardingHold
        fields: tuple[str, ...] = ()


class HoldShape(Shape):
    id = serializers.IntegerField()
    account = serializers.IntegerField(help_text="The account's id.")
    from_on = serializers.DateField()
    until_on = serializers.DateField(allow_null=True, help_text="The day it goes on; null: nobody knows yet.")
    reason = serializers.CharField()
    put_at = serializers.DateTimeField()
    put_by = Person(allow_null=True)
    lifted_by = Person(allow_null=True)
    version = serializers.IntegerField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in (*HOLD, "put_by", "lifted_by")} | {"account": row["account_id"]}


class HoldEntry(OfAccount):
    example: ClassVar[dict[str, Any]] = {"account_external_id": "001A0000", "reason": "They merge two sites."}

    reason = Text(300, required=True)
    from_on = Day(required=False, help_text="Today, if left out.")
    until_on = Day(required=False, allow_null=True)


@extend_schema(tags=["onboarding"])
@extend_schema_view(
    list=extend_schema(summary="List holds"),
    retrieve=extend_schema(summary="Read a hold"),
    create=extend_schema(summary="Put an onboarding on hold"),
)
class HoldResource(Readable):
    noun = "hold"
    queryset = OnboardingHold.objects.all()
    filterset_class = HoldFilters
    shape = HoldShape
    people = ("put_by", "lifted_by")
    columns = (*HOLD, "account_id")
    entries = {"create": HoldEntry, "lift": Versioned}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.PLAN_EDIT,
        "lift": Permission.PLAN_EDIT,
    }

    def create(self, request: Request) -> Response:
        values = self.said()
        account = values.pop("account")
        return self.answer(pacing.put_on_hold(account, **values, by=self.by).pk, 201)

    @extend_schema(summary="Onboarding goes on")
    @action(detail=True, methods=["post"])
    def lift(self, request: Request, pk: str) -> Response:
        values = self.said()
        row = self.found(pk=int(pk))
        pacing.go_on(row, by=self.by, version=self.version(values))
        return self.answer(row.pk)


class TargetShape(Shape):
    id = serializers.IntegerField()
    segment = serializers.CharField(help_text="Empty: every segment without a line of its own.")
    days = serializers.IntegerField()
    version = serializers.IntegerField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in TARGET}


class TargetFields(Versioned):
    segment = Text(80, required=False)
    days = serializers.IntegerField(min_value=1, max_value=730)


class TargetEntry(TargetFields):
    example: ClassVar[dict[str, Any]] = {"segment": "Enterprise", "days": 60}


class TargetChange(TargetFields):
    """Fields that are left out stay as they are."""


@extend_schema(tags=["onboarding"])
@extend_schema_view(
    list=extend_schema(summary="List onboarding targets"),
    retrieve=extend_schema(summary="Read an onboarding target"),
    create=extend_schema(summary="Add an onboarding target"),
    partial_update=extend_schema(summary="Change an onboarding target"),
)
class TargetResource(Readable):
    noun = "onboarding target"
    queryset = OnboardingTarget.objects.all()
    shape = TargetShape
    columns = TARGET
    filterset_class = df.FilterSet
    entries = {"create": TargetEntry, "partial_update": TargetChange}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.TARGET_EDIT,
        "partial_update": Permission.TARGET_EDIT,
    }

    def create(self, request: Request) -> Response:
        values = self.said()
        values.pop("version", None)
        return self.answer(pacing.set_target(values, by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        row = self.found(pk=int(pk))
        version = self.version(values)
        pacing.edit_target(row, values, by=self.by, version=version)
        return self.answer(row.pk)


routes: list[tuple[str, type[GenericViewSet], str]] = [
    ("onboarding/board", BoardResource, "onboarding-board"),
    ("onboarding/holds", HoldResource, "onboarding-hold"),
    ("onboarding/targets", TargetResource, "onboarding-target"),
]
