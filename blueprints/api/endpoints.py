"""Endpoints that plays speak to, and the mails that they send."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Entry, Text, Versioned
from accounts.api.filters import Choices
from accounts.api.resource import Readable, Shape, tagged
from accounts.roles import Permission
from blueprints.actions import endpoints, templates
from blueprints.models import Endpoint, EndpointKind, MessageTemplate

EDIT = Permission.PLAY_EDIT


class EndpointFilters(df.FilterSet):
    kind = Choices(choices=EndpointKind.choices)
    active = df.BooleanFilter()

    class Meta:
        model = Endpoint
        fields: tuple[str, ...] = ()


class EndpointShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=EndpointKind.choices)
    url = serializers.CharField()
    active = serializers.BooleanField()
    failing_since = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row


class NewEndpointShape(EndpointShape):
    secret = serializers.CharField(help_text="Shown this once. Empty for a Slack-compatible one.")


class SecretShape(Shape):
    secret = serializers.CharField(help_text="Shown this once.")


class TestShape(Shape):
    delivery = serializers.IntegerField(help_text="The id of the test's delivery.")


class EndpointEntry(Entry):
    example: ClassVar[dict[str, Any]] = {"name": "Hub", "kind": "webhook", "url": "https://hooks.example.com/csom"}

    name = Text(80, required=True)
    kind = serializers.ChoiceField(choices=EndpointKind.choices)
    url = serializers.CharField(max_length=500, help_text="https only, outside of private networks.")


class EndpointChange(Versioned):
    name = Text(80, required=False, allow_blank=False)
    url = serializers.CharField(max_length=500, required=False)


@extend_schema(tags=["endpoints"])
@extend_schema_view(
    list=extend_schema(summary="List endpoints"),
    retrieve=extend_schema(summary="Read an endpoint"),
    create=extend_schema(summary="Add an endpoint", responses={201: NewEndpointShape}),
    partial_update=extend_schema(summary="Change an endpoint"),
)
class EndpointResource(Readable):
    noun = "endpoint"
    queryset = Endpoint.objects.all()
    filterset_class = EndpointFilters
    shape = EndpointShape
    columns = ("id", "name", "kind", "url", "active", "failing_since", "version")
    entries = {"create": EndpointEntry, "partial_update": EndpointChange}
    permissions = {
        "list": EDIT, "retrieve": EDIT, "create": EDIT, "partial_update": EDIT, "secret": EDIT, "test": EDIT,
        "switch_on": EDIT, "switch_off": EDIT,
    }  # fmt: skip

    def create(self, request: Request) -> Response:
        endpoint, secret = endpoints.add(self.said(), by=self.by)
        return tagged(self.one(pk=endpoint.pk) | {"secret": secret}, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        endpoint = self.found(pk=int(pk))
        endpoints.edit(endpoint, values, by=self.by, version=self.version(values))
        return self.answer(endpoint.pk)

    @extend_schema(summary="Give an endpoint a new secret", request=None, responses={200: SecretShape})
    @action(detail=True, methods=["post"])
    def secret(self, request: Request, pk: str) -> Response:
        return Response({"secret": endpoints.renew_secret(self.found(pk=int(pk)), by=self.by)})

    @extend_schema(summary="Send a test", request=None, responses={200: TestShape})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        return Response({"delivery": endpoints.try_out(self.found(pk=int(pk)), by=self.by)})

    @extend_schema(summary="Switch an endpoint on", request=None, responses={200: EndpointShape})
    @action(detail=True, methods=["post"], url_path="switch-on")
    def switch_on(self, request: Request, pk: str) -> Response:
        endpoint = self.found(pk=int(pk))
        endpoints.switch_on(endpoint, by=self.by)
        return self.answer(endpoint.pk)

    @extend_schema(summary="Switch an endpoint off", request=None, responses={200: EndpointShape})
    @action(detail=True, methods=["post"], url_path="switch-off")
    def switch_off(self, request: Request, pk: str) -> Response:
        endpoint = self.found(pk=int(pk))
        endpoints.switch_off(endpoint, by=self.by)
        return self.answer(endpoint.pk)


class MessageTemplateFilters(df.FilterSet):
    name = df.CharFilter()

    class Meta:
        model = MessageTemplate
        fields: tuple[str, ...] = ()


class MessageTemplateShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    subject = serializers.CharField()
    body = serializers.CharField()
    version = serializers.IntegerField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row


class MessageTemplateEntry(Entry):
    name = Text(80, required=True)
    subject = Text(200, required=True)
    body = Text(20_000, required=True)


class MessageTemplateChange(Versioned):
    name = Text(80, required=False, allow_blank=False)
    subject = Text(200, required=False, allow_blank=False)
    body = Text(20_000, required=False, allow_blank=False)


@extend_schema(tags=["endpoints"])
@extend_schema_view(
    list=extend_schema(summary="List mail templates"),
    retrieve=extend_schema(summary="Read a mail template"),
    create=extend_schema(summary="Add a mail template"),
    partial_update=extend_schema(summary="Change a mail template"),
)
class MessageTemplateResource(Readable):
    noun = "template"
    queryset = MessageTemplate.objects.all()
    filterset_class = MessageTemplateFilters
    shape = MessageTemplateShape
    columns = ("id", "name", "subject", "body", "version")
    entries = {"create": MessageTemplateEntry, "partial_update": MessageTemplateChange}
    permissions = {"list": EDIT, "retrieve": EDIT, "create": EDIT, "partial_update": EDIT}

    def create(self, request: Request) -> Response:
        return self.answer(templates.add(self.said(), by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        template = self.found(pk=int(pk))
        templates.edit(template, values, by=self.by, version=self.version(values))
        return self.answer(template.pk)
