"""Deliveries: what left the house, what waits, and what was given up."""

from __future__ import annotations

from typing import Any

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.filters import Choices, Ids, Instants
from accounts.api.resource import Readable, Shape
from accounts.roles import Permission
from blueprints.actions import deliveries
from blueprints.models import Channel, Delivery, DeliveryState


class DeliveryFilters(df.FilterSet):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    run = Ids(field_name="run_id")
    endpoint = Ids(field_name="endpoint_id")
    state = Choices(choices=DeliveryState.choices, help_text="dead: given up.")
    channel = Choices(choices=Channel.choices)
    created_since = Instants("created_at", "gte")
    created_before = Instants("created_at", "lt")

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()


class DeliveryShape(Shape):
    id = serializers.IntegerField()
    uid = serializers.UUIDField(help_text="The same at every try: what a receiver remembers.")
    run = serializers.IntegerField(allow_null=True)
    account = serializers.IntegerField(allow_null=True)
    endpoint = serializers.IntegerField(allow_null=True)
    channel = serializers.ChoiceField(choices=Channel.choices)
    to = serializers.CharField()
    payload = serializers.JSONField()
    state = serializers.ChoiceField(choices=DeliveryState.choices)
    attempts = serializers.IntegerField()
    due_at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True, help_text="What the other side last answered.")
    last_error = serializers.CharField()
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row | {name: row.pop(f"{name}_id") for name in ("run", "account", "endpoint")}


@extend_schema(tags=["deliveries"])
@extend_schema_view(
    list=extend_schema(summary="List deliveries", description="Newest first."),
    retrieve=extend_schema(summary="Read a delivery"),
)
class DeliveryResource(Readable):
    noun = "delivery"
    queryset = Delivery.objects.all()
    filterset_class = DeliveryFilters
    shape = DeliveryShape
    columns = (
        "id", "uid", "run_id", "account_id", "endpoint_id", "channel", "to", "payload", "state", "attempts", "due_at",
        "status", "last_error", "created_at", "sent_at",
    )  # fmt: skip
    permissions = {
        "list": Permission.PLAY_VIEW,
        "retrieve": Permission.PLAY_VIEW,
        "send_again": Permission.PLAY_EDIT,
    }

    def order(self, request: Request) -> tuple[str, ...]:
        return ("-created_at", "-id")

    @extend_schema(summary="Send once more what was given up", request=None, responses={200: DeliveryShape})
    @action(detail=True, methods=["post"], url_path="send-again")
    def send_again(self, request: Request, pk: str) -> Response:
        delivery = self.found(pk=int(pk))
        deliveries.send_again(delivery, by=self.by)
        return self.answer(delivery.pk)
