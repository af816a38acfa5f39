"""Back-tests for other systems: ask for one, read its figures, page through the matches."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.fields import Entry
from accounts.api.resource import Readable, Resource, Shape
from accounts.calendar import local_today
from accounts.roles import Permission
from blueprints.models import Play
from metrics.backtests import actions
from metrics.backtests.models import BackTest, FoundMatch, ReplayState


class BackTestShape(Shape):
    id = serializers.IntegerField()
    play = serializers.IntegerField()
    version = serializers.IntegerField(help_text="Number of the wording that was replayed.")
    variant = serializers.JSONField(allow_null=True, help_text="The conditions that were held beside it.")
    start = serializers.DateField()
    end = serializers.DateField(help_text="The last day of the period.")
    state = serializers.ChoiceField(choices=ReplayState.choices)
    error = serializers.CharField()
    result = serializers.JSONField(
        help_text="`variants`: for each wording count, accounts, weeks, load by CSM, days ahead of churn, overlap with "
        "other plays, and what happened `after` 30, 90 and 180 days, as shares with their 95 % interval."
    )

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row | {"play": row["play_id"], "version": row["version__number"]}


class BackTestEntry(Entry):
    example: ClassVar[dict[str, Any]] = {"play": 1, "start": "2026-01-01", "end": "2026-06-30"}

    play = serializers.IntegerField(help_text="Id of the play; its newest wording is replayed.")
    start = serializers.DateField()
    end = serializers.DateField()
    variant = serializers.JSONField(required=False, allow_null=True, help_text="Conditions to hold beside the play's.")


class BackTestFilters(df.FilterSet):
    play = df.NumberFilter("play_id", help_text="Of this play.")
    state = df.ChoiceFilter(choices=ReplayState.choices)

    class Meta:
        model = BackTest
        fields: list[str] = []


class FoundMatchFilters(df.FilterSet):
    variant = df.NumberFilter(help_text="0: the play's own conditions, 1: the variant's.")
    account = df.NumberFilter("account_id", help_text="At this account.")

    class Meta:
        model = FoundMatch
        fields: list[str] = []


class FoundMatchShape(Shape):
    variant = serializers.IntegerField(help_text="0: the play's own conditions, 1: the variant's.")
    account = serializers.IntegerField()
    event = serializers.IntegerField(allow_null=True)
    opened_on = serializers.DateField()
    known_from = serializers.DateTimeField(help_text="When the version of facts that was looked at began to hold.")
    closed_on = serializers.DateField(allow_null=True)

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row | {"account": row["account_id"], "event": row["event_id"]}


@extend_schema(tags=["plays"])
@extend_schema_view(
    list=extend_schema(summary="List back-tests"),
    retrieve=extend_schema(summary="Read a back-test"),
    create=extend_schema(summary="Ask for a back-test", description="Worked out within seconds; read it until done."),
)
class BackTestResource(Readable):
    noun = "back-test"
    queryset = BackTest.objects.all()
    filterset_class = BackTestFilters
    shape = BackTestShape
    columns = ("id", "play_id", "version__number", "variant", "start", "end", "state", "error", "result")
    entries = {"create": BackTestEntry}
    permissions = {"list": Permission.PLAY_VIEW, "retrieve": Permission.PLAY_VIEW, "create": Permission.PLAY_EDIT}

    def create(self, request: Request) -> Response:
        said = self.said()
        play = Play.objects.filter(pk=said["play"]).first()
        if play is None:
            raise ValidationError({"play": ["Nothing in this workspace has this id."]})
        test = actions.ask(
            play, start=said["start"], end=said["end"], variant=said.get("variant"),
            today=local_today(self.tenant), by=self.by,
        )  # fmt: skip
        return self.answer(test.pk, 201)


@extend_schema(tags=["plays"])
@extend_schema_view(list=extend_schema(summary="List what a back-test would have matched"))
class FoundMatchResource(Resource):
    noun = "back-test match"
    queryset = FoundMatch.objects.all()
    filterset_class = FoundMatchFilters
    shape = FoundMatchShape
    columns = ("id", "variant", "account_id", "event_id", "opened_on", "known_from", "closed_on")
    permissions = {"list": Permission.PLAY_VIEW}

    def order(self, request: Request) -> tuple[str, ...]:
        return ("variant", "opened_on", "id")

    def rows(self) -> QuerySet[Any]:
        test = BackTest.objects.filter(pk=int(self.kwargs["test_pk"])).first()
        if test is None:
            raise NotFound("There is no such back-test.")
        return super().rows().filter(test=test)

    def list(self, request: Request, test_pk: str) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.rows()))
        return self.get_paginated_response(self.shown(page or []))


routes: list[tuple[str, type[GenericViewSet], str]] = [
    ("back-tests", BackTestResource, "back-test"),
    (r"back-tests/(?P<test_pk>[0-9]{1,18})/matches", FoundMatchResource, "back-test-match"),
]
