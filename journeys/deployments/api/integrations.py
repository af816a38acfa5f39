"""What a deployment connects, and since when."""

from __future__ import annotations

from typing import Any

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Text
from accounts.api.filters import Ids, UpdatedSince
from accounts.api.resource import Readable, Shape
from journeys.deployments.actions import quality
from journeys.deployments.api.fields import EDIT, VIEW, OfDeployment, OnDay
from journeys.deployments.models import Integration

PLAIN = ("id", "name", "system", "completed_on", "created_at", "version", "updated_at")


class IntegrationFilters(UpdatedSince):
    deployment = Ids(field_name="deployment_id", help_text="The id of the deployment.")
    account = Ids(field_name="deployment__account_id", help_text="The id of the account.")
    completed_from = df.DateFilter("completed_on", "gte", help_text="Completed on this day or later.")
    completed_before = df.DateFilter("completed_on", "lt", help_text="Completed before this day.")

    class Meta:
        model = Integration
        fields: tuple[str, ...] = ()


class IntegrationShape(Shape):
    id = serializers.IntegerField()
    deployment = serializers.IntegerField(help_text="The deployment's id.")
    name = serializers.CharField()
    system = serializers.CharField()
    completed_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in PLAIN} | {"deployment": row["deployment_id"]}


class Integrating(OfDeployment):
    name = Text(160, required=True)
    system = Text(120, required=False)


@extend_schema(tags=["deployments"])
@extend_schema_view(
    list=extend_schema(summary="List integrations"),
    retrieve=extend_schema(summary="Read an integration"),
    create=extend_schema(summary="Add an integration to a deployment"),
)
class IntegrationResource(Readable):
    noun = "integration"
    queryset = Integration.objects.all()
    filterset_class = IntegrationFilters
    shape = IntegrationShape
    columns = (*PLAIN, "deployment_id")
    entries = {"create": Integrating, "complete": OnDay}
    permissions = {"list": VIEW, "retrieve": VIEW, "create": EDIT, "complete": EDIT}

    def create(self, request: Request) -> Response:
        values = self.said()
        return self.answer(quality.integrate(values.pop("deployment"), values, by=self.by).pk, 201)

    @extend_schema(summary="Complete an integration")
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: str) -> Response:
        values = self.said()
        row = self.found(pk=int(pk))
        version = self.version(values)
        quality.complete_integration(row, **values, by=self.by, version=version)
        return self.answer(row.pk)
