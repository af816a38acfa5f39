"""What people say beside the figures, said by another system in their name."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Day, Entry, Text
from accounts.api.resource import Resource, Shape
from accounts.calendar import local_today
from accounts.roles import Permission
from metrics.health.actions import hand
from metrics.health.api.scores import account_of
from metrics.health.models import Judgement, Override


class JudgementShape(Shape):
    id = serializers.IntegerField()
    measure = serializers.CharField()
    level = serializers.CharField()
    reason = serializers.CharField()
    note = serializers.CharField()
    judged_on = serializers.DateField()
    judged_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row


class JudgementEntry(Entry):
    example: ClassVar[dict[str, Any]] = {"measure": "sentiment", "level": "content", "reason": "results"}

    measure = Text(40, required=True)
    level = Text(40, required=True)
    reason = Text(40, required=False)
    note = Text(500, required=False)


class JudgementFilters(df.FilterSet):
    measure = df.CharFilter(help_text="Key of a measure.")

    class Meta:
        model = Judgement
        fields: list[str] = []


@extend_schema(tags=["health"])
@extend_schema_view(
    list=extend_schema(summary="List an account’s judgements"),
    create=extend_schema(summary="Judge a measure of an account", description="The newest judgement counts."),
)
class JudgementResource(Resource):
    noun = "judgement"
    queryset = Judgement.objects.all()
    filterset_class = JudgementFilters
    shape = JudgementShape
    columns = ("id", "measure", "level", "reason", "note", "judged_on", "judged_at")
    entries = {"create": JudgementEntry}
    permissions = {"list": Permission.ACCOUNT_VIEW, "create": Permission.ACCOUNT_EDIT}

    def rows(self) -> QuerySet[Any]:
        return super().rows().filter(account=account_of(self))

    def list(self, request: Request, account_pk: str) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.rows()))
        return self.get_paginated_response(self.shown(page or []))

    def create(self, request: Request, account_pk: str) -> Response:
        account = account_of(self)
        row = hand.judge(account, by=self.by, today=local_today(self.tenant), **self.said())
        return self.answer(row.pk, 201)


class OverrideShape(Shape):
    id = serializers.IntegerField()
    score = serializers.IntegerField()
    reason = serializers.CharField()
    until = serializers.DateField()
    set_at = serializers.DateTimeField()
    lifted_at = serializers.DateTimeField(allow_null=True)

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row


class OverrideEntry(Entry):
    example: ClassVar[dict[str, Any]] = {"score": 30, "reason": "They gave notice by phone.", "until": "2026-12-15"}

    score = serializers.IntegerField(min_value=0, max_value=100)
    reason = Text(300, required=True)
    until = Day(help_text="At most thirty days from now.")


class OverrideFilters(df.FilterSet):
    class Meta:
        model = Override
        fields: list[str] = []


@extend_schema(tags=["health"])
@extend_schema_view(
    list=extend_schema(summary="List scores that were set by hand for an account"),
    create=extend_schema(summary="Set an account’s score by hand", description="An earlier one is lifted by it."),
    destroy=extend_schema(summary="Lift a score that was set by hand"),
)
class OverrideResource(Resource):
    noun = "override"
    queryset = Override.objects.all()
    filterset_class = OverrideFilters
    shape = OverrideShape
    columns = ("id", "score", "reason", "until", "set_at", "lifted_at")
    entries = {"create": OverrideEntry}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "create": Permission.ACCOUNT_EDIT,
        "destroy": Permission.ACCOUNT_EDIT,
    }

    def rows(self) -> QuerySet[Any]:
        return super().rows().filter(account=account_of(self))

    def list(self, request: Request, account_pk: str) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.rows()))
        return self.get_paginated_response(self.shown(page or []))

    def create(self, request: Request, account_pk: str) -> Response:
        account, today = account_of(self), local_today(self.tenant)
        return self.answer(hand.override(account, by=self.by, today=today, **self.said()).pk, 201)

    def destroy(self, request: Request, account_pk: str, pk: str) -> Response:
        account = account_of(self)
        self.one(pk=int(pk))
        hand.lift(account, by=self.by, only=int(pk))
        return Response(status=204)
