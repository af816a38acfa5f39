"""Matches: where and since when conditions hold, by which facts, and what became of it."""

from __future__ import annotations

from typing import Any

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.filters import Choices, Ids, Instants
from accounts.api.resource import Readable, Shape
from accounts.roles import Permission
from blueprints.models import Fate, Match
from blueprints.models.match import MatchQuerySet


class MatchFilters(df.FilterSet):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    play = df.CharFilter("play__code", help_text="The play's code.")
    fate = Choices(choices=Fate.choices)
    open = df.BooleanFilter(method="by_open", help_text="true: still holds; false: over, or of an event.")
    opened_since = Instants("opened_at", "gte")
    opened_before = Instants("opened_at", "lt")

    class Meta:
        model = Match
        fields: tuple[str, ...] = ()

    def by_open(self, matches: MatchQuerySet, name: str, value: bool) -> MatchQuerySet:
        return matches.open() if value else matches.exclude(closed_at=None)


class MatchShape(Shape):
    id = serializers.IntegerField()
    play = serializers.CharField(help_text="The play's code.")
    account = serializers.IntegerField(help_text="The account's id.")
    event = serializers.IntegerField(allow_null=True)
    opened_at = serializers.DateTimeField()
    opened_on = serializers.DateField()
    closed_at = serializers.DateTimeField(allow_null=True)
    facts = serializers.JSONField(help_text="What the conditions asked for, as it was known then.")
    fate = serializers.ChoiceField(choices=Fate.choices)
    last_error = serializers.CharField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        renamed = {"play": row.pop("play__code"), "account": row.pop("account_id"), "event": row.pop("event_id")}
        return row | renamed


@extend_schema(tags=["runs"])
@extend_schema_view(
    list=extend_schema(summary="List matches", description="Newest first."),
    retrieve=extend_schema(summary="Read a match"),
)
class MatchResource(Readable):
    noun = "match"
    queryset = Match.objects.all()
    filterset_class = MatchFilters
    shape = MatchShape
    columns = (
        "id", "play__code", "account_id", "event_id", "opened_at", "opened_on", "closed_at", "facts", "fate",
        "last_error",
    )  # fmt: skip
    permissions = {"list": Permission.PLAY_VIEW, "retrieve": Permission.PLAY_VIEW}

    def order(self, request: Request) -> tuple[str, ...]:
        return ("-opened_at", "-id")
