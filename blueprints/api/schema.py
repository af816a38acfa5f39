"""What a play may be in this workspace, as JSON Schema."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.resource import Resource, Shape
from accounts.registry import known_facts
from accounts.roles import Permission
from blueprints.models import Play
from blueprints.steps import play_schema


class SchemaShape(Shape):
    schema = serializers.JSONField()


class PlaySchemaResource(Resource):
    noun = "schema"
    queryset = Play.objects.none()
    shape = SchemaShape
    pagination_class = None
    filter_backends = ()
    permissions = {"list": Permission.PLAY_VIEW}

    @extend_schema(
        tags=["plays"],
        operation_id="play_schema_read",
        summary="Read the JSON Schema of a play",
        description="With the facts that conditions may ask about here, and what fits each.",
        responses={200: OpenApiTypes.OBJECT},
    )
    def list(self, request: Request) -> Response:
        return Response(play_schema(known_facts()))
