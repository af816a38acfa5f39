"""Where each resource of this room stands."""

from __future__ import annotations

from rest_framework.viewsets import GenericViewSet

from blueprints.api.approvals import ApprovalResource
from blueprints.api.deliveries import DeliveryResource
from blueprints.api.endpoints import EndpointResource, MessageTemplateResource
from blueprints.api.matches import MatchResource
from blueprints.api.plays import PlayResource
from blueprints.api.runs import RunResource
from blueprints.api.schema import PlaySchemaResource

routes: list[tuple[str, type[GenericViewSet], str]] = [
    ("plays", PlayResource, "play"),
    ("play-schema", PlaySchemaResource, "play-schema"),
    ("matches", MatchResource, "match"),
    ("runs", RunResource, "run"),
    ("approvals", ApprovalResource, "approval"),
    ("deliveries", DeliveryResource, "delivery"),
    ("endpoints", EndpointResource, "endpoint"),
    ("message-templates", MessageTemplateResource, "message-template"),
]
