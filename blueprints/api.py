"""Plays as they are switched on or off, and their runs: what started where, when and because of which event."""

from __future__ import annotations

from typing import Any

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from accounts.api.filters import Choices, Ids, Instants
from accounts.api.resource import Readable, Shape
from accounts.roles import Permission
from blueprints.models import Play, PlayState, Run
from blueprints.models.run import RunQuerySet


class RunFilters(df.FilterSet):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    play = df.CharFilter("play__code", help_text="The play's code, such as onboarding.")
    event = Ids(field_name="event_id", help_text="The id of the event that started it.")
    in_motion = df.BooleanFilter(method="by_motion", help_text="true: with open tasks; false: all of them closed.")
    started_since = Instants("started_at", "gte")
    started_before = Instants("started_at", "lt")

    class Meta:
        model = Run
        fields: tuple[str, ...] = ()

    def by_motion(self, runs: RunQuerySet, name: str, value: bool) -> RunQuerySet:
        return runs.in_motion() if value else runs.at_rest()


class RunShape(Shape):
    id = serializers.IntegerField()
    play = serializers.CharField(help_text="The play's code.")
    play_name = serializers.CharField()
    play_version = serializers.IntegerField(help_text="Which wording of the play the run follows.")
    account = serializers.IntegerField(help_text="The account's id.")
    event = serializers.IntegerField(help_text="The id of the event that started it.")
    event_kind = serializers.CharField()
    tasks_total = serializers.IntegerField()
    tasks_closed = serializers.IntegerField()
    started_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": row["id"],
            "play": row["play__code"],
            "play_name": row["play__name"],
            "play_version": row["version__number"],
            "account": row["account_id"],
            "event": row["event_id"],
            "event_kind": row["event__kind"],
            "tasks_total": row["total"],
            "tasks_closed": row["closed"],
            "started_at": row["started_at"],
        }


@extend_schema(tags=["runs"])
@extend_schema_view(
    list=extend_schema(summary="List runs", description="Newest first."),
    retrieve=extend_schema(summary="Read a run"),
)
class RunResource(Readable):
    noun = "run"
    queryset = Run.objects.with_progress()
    filterset_class = RunFilters
    shape = RunShape
    columns = (
        "id", "play__code", "play__name", "version__number", "account_id", "event_id", "event__kind", "total", "closed",
        "started_at",
    )  # fmt: skip
    permissions = {"list": Permission.PLAY_VIEW, "retrieve": Permission.PLAY_VIEW}

    def order(self, request: Request) -> tuple[str, ...]:
        return ("-started_at", "-id")


class PlayFilters(df.FilterSet):
    code = df.CharFilter()
    state = Choices(choices=PlayState.choices)
    trigger = df.CharFilter(help_text="The kind of event that the play listens to.")

    class Meta:
        model = Play
        fields: tuple[str, ...] = ()


class PlayShape(Shape):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    because = serializers.CharField(help_text="Why this is worth doing.")
    trigger = serializers.CharField(help_text="The kind of event that the play listens to.")
    state = serializers.ChoiceField(choices=PlayState.choices)
    on_since = serializers.DateTimeField(allow_null=True, help_text="Only events recorded since then start it.")

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row


@extend_schema(tags=["plays"])
@extend_schema_view(list=extend_schema(summary="List plays"), retrieve=extend_schema(summary="Read a play"))
class PlayResource(Readable):
    noun = "play"
    queryset = Play.objects.all()
    filterset_class = PlayFilters
    shape = PlayShape
    columns = ("id", "code", "name", "because", "trigger", "state", "on_since")
    permissions = {"list": Permission.PLAY_VIEW, "retrieve": Permission.PLAY_VIEW}


routes: list[tuple[str, type[GenericViewSet], str]] = [
    ("plays", PlayResource, "play"),
    ("runs", RunResource, "run"),
]
