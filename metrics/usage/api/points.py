"""Values of metrics, sent by the batch."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Entry
from accounts.api.resource import Resource, Shape
from accounts.roles import Permission
from metrics.usage.actions import points
from metrics.usage.models import Metric


class PointEntry(serializers.Serializer):
    """Described for the reader; a thousand of them are read faster than one by one."""

    account = serializers.IntegerField(required=False, help_text="The account's id; or say `external_id` or `domain`.")
    external_id = serializers.CharField(required=False, help_text="The account's id in your system.")
    domain = serializers.CharField(required=False, help_text="The account's domain, if it has it alone.")
    metric = serializers.CharField(help_text="Key of a metric that counts values sent to the API.")
    day = serializers.DateField(required=False, help_text="Counts from its midnight in the workspace's zone.")
    at = serializers.DateTimeField(required=False, help_text="Or the instant.")
    value = serializers.FloatField()
    id = serializers.CharField(required=False, max_length=255, help_text="Said twice, the point counts once.")


class PointsEntry(Entry):
    """Each point names its account, its metric and its time."""

    example: ClassVar[dict[str, Any]] = {
        "points": [{"external_id": "001A0000", "metric": "seats_used", "day": "2026-03-31", "value": 42, "id": "s-1"}]
    }

    points = PointEntry(many=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        said = data.get("points") if isinstance(data, dict) else None
        if not isinstance(said, list) or set(data) != {"points"}:
            raise serializers.ValidationError({"points": ["Send {“points”: […]} and nothing else."]})
        if not 0 < len(said) <= points.MOST:
            raise serializers.ValidationError({"points": [f"Between 1 and {points.MOST:,} points."]})
        return {"points": said}


class RefusedShape(serializers.Serializer):
    index = serializers.IntegerField(help_text="Its place in the batch, from 0.")
    id = serializers.CharField(allow_null=True)
    reason = serializers.CharField()


class PointsShape(Shape):
    accepted = serializers.IntegerField(help_text="New points.")
    known = serializers.IntegerField(help_text="Points whose id was taken before.")
    refused = RefusedShape(many=True)


@extend_schema(tags=["usage"])
@extend_schema_view(
    create=extend_schema(
        summary="Send values of metrics",
        description="What can be taken is taken; the rest is named. Events go to `/v1/batch` with a write key.",
        responses={200: PointsShape},
    )
)
class PointResource(Resource):
    noun = "point"
    queryset = Metric.objects.all()
    shape = PointsShape
    entries = {"create": PointsEntry}
    permissions = {"create": Permission.USAGE_EDIT}

    def create(self, request: Request) -> Response:
        answer = points.send(self.tenant, self.said()["points"], now=timezone.now())
        refused = [{"index": r.index, "id": r.message_id or None, "reason": r.reason} for r in answer.refused]
        return Response({"accepted": answer.accepted, "known": answer.known, "refused": refused})
