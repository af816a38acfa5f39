"""Usage that nobody could place, for other systems."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import OfAccount, Versioned
from accounts.api.resource import Readable, Shape
from accounts.roles import Permission
from metrics.usage.actions import moving, origins
from metrics.usage.models import Origin, OriginKind, OriginState

PLAIN = ("id", "kind", "ref", "name", "domain", "email", "state", "first_seen_at", "version")


class OriginShape(Shape):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=OriginKind.choices)
    ref = serializers.CharField(help_text="The sender's own id.")
    name = serializers.CharField()
    domain = serializers.CharField()
    email = serializers.CharField()
    state = serializers.ChoiceField(choices=OriginState.choices)
    account = serializers.IntegerField(allow_null=True, help_text="The account's id, once it is matched.")
    first_seen_at = serializers.DateTimeField()
    version = serializers.IntegerField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in PLAIN} | {"account": row["account_id"]}


class MatchEntry(OfAccount, Versioned):
    """Whose usage it is."""

    example: ClassVar[dict[str, Any]] = {"account_external_id": "001A0000"}


class MoveEntry(OfAccount, Versioned):
    """Whose usage it is instead; with no account, it waits again."""

    account_optional = True
    example: ClassVar[dict[str, Any]] = {"account_external_id": "001A0000"}


class IgnoreEntry(Versioned):
    """Nothing needs to be said."""


class OriginFilters(df.FilterSet):
    ref = df.CharFilter(help_text="The sender's own id.")
    kind = df.ChoiceFilter(choices=OriginKind.choices)

    class Meta:
        model = Origin
        fields: list[str] = []


@extend_schema(tags=["usage"])
@extend_schema_view(
    list=extend_schema(summary="List groups and people whose usage has no account"),
    retrieve=extend_schema(summary="Read a group or person that usage came from"),
)
class OriginResource(Readable):
    noun = "origin"
    queryset = Origin.objects.all()
    filterset_class = OriginFilters
    shape = OriginShape
    columns = (*PLAIN, "account_id")
    entries = {"match": MatchEntry, "move": MoveEntry, "ignore": IgnoreEntry}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "match": Permission.USAGE_EDIT,
        "move": Permission.USAGE_EDIT,
        "ignore": Permission.USAGE_EDIT,
    }

    def rows(self) -> Any:
        waits = {"state": OriginState.WAITING, "group": None} if self.action == "list" else {}
        return super().rows().filter(**waits)

    @extend_schema(summary="Say whose usage it is", description="What waits is counted on its own days.")
    @action(detail=True, methods=["post"])
    def match(self, request: Request, pk: str) -> Response:
        values = self.said()
        origin = origins.match(self.found(pk=int(pk)), values["account"], by=self.by, version=self.version(values))
        return self.answer(origin.pk)

    @extend_schema(
        summary="Put a wrong match right", description="Its events move; the days of both accounts are counted anew."
    )
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        values = self.said()
        origin, account = self.found(pk=int(pk)), values.get("account")
        return self.answer(moving.move(origin, account, by=self.by, version=self.version(values)).pk)

    @extend_schema(summary="Say that it is nobody's usage", description="It is kept, and out of the list.")
    @action(detail=True, methods=["post"])
    def ignore(self, request: Request, pk: str) -> Response:
        values = self.said()
        return self.answer(origins.ignore(self.found(pk=int(pk)), by=self.by, version=self.version(values)).pk)
