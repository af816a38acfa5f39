"""Write keys, for other systems: which there are, a new one, one that lets nothing in any more."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Entry, NothingEntry, Text
from accounts.api.resource import Readable, Shape
from accounts.roles import Permission
from metrics.usage.actions import write_keys
from metrics.usage.models import WriteKey

PLAIN = ("id", "name", "prefix", "created_at", "last_used_at", "revoked_at")


class WriteKeyShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="How the key begins.")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    write_key = serializers.CharField(required=False, help_text="The key itself, in the first answer alone.")

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row


class WriteKeyEntry(Entry):
    example: ClassVar[dict[str, Any]] = {"name": "Web app"}

    name = Text(80, required=True)


class WriteKeyFilters(df.FilterSet):
    name = df.CharFilter(help_text="Its name.")

    class Meta:
        model = WriteKey
        fields: list[str] = []


@extend_schema(tags=["usage"])
@extend_schema_view(
    list=extend_schema(summary="List write keys"),
    retrieve=extend_schema(summary="Read what is known of a write key"),
    create=extend_schema(
        summary="Make a write key",
        description="It is shown in this answer and never again: a repeated request is told so in its place.",
    ),
)
class WriteKeyResource(Readable):
    noun = "write key"
    queryset = WriteKey.objects.all()
    filterset_class = WriteKeyFilters
    shape = WriteKeyShape
    columns = PLAIN
    secrets = ("write_key",)
    entries = {"create": WriteKeyEntry, "revoke": NothingEntry}
    permissions = dict.fromkeys(("list", "retrieve", "create", "revoke"), Permission.USAGE_EDIT)

    def get_queryset(self) -> QuerySet[WriteKey]:
        """Outside row-level security, so the tenant is said."""
        return super().get_queryset().filter(tenant=self.tenant)

    def rows(self) -> QuerySet[Any]:
        return super().rows().filter(tenant=self.tenant)

    def create(self, request: Request) -> Response:
        key, secret = write_keys.create(self.tenant, self.said()["name"], self.by)
        return Response(self.one(pk=key.pk) | {"write_key": secret}, 201)

    @extend_schema(summary="Revoke a write key for good")
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        self.said()
        key = self.found(pk=int(pk))
        write_keys.revoke(key, by=self.by)
        return self.answer(key.pk)
