"""What was escalated in deployments, and how it came out."""

from __future__ import annotations

from typing import Any

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Day, Member, Person, Text, Versioned
from accounts.api.filters import Choices, Ids, UpdatedSince
from accounts.api.resource import Readable, Shape
from journeys.deployments.actions import quality
from journeys.deployments.api.fields import EDIT, LONGEST, VIEW, OfDeployment, OnDay
from journeys.deployments.models import Escalation, Severity

PLAIN = ("id", "what", "severity", "raised_on", "due_on", "resolved_on", "outcome", "version", "updated_at")
PEOPLE = ("raised_by", "owner", "resolved_by")


class EscalationFilters(UpdatedSince):
    deployment = Ids(field_name="deployment_id", help_text="The id of the deployment.")
    account = Ids(field_name="deployment__account_id", help_text="The id of the account.")
    severity = Choices(choices=Severity.choices)
    open = df.BooleanFilter("resolved_on", "isnull", help_text="true: not resolved yet.")

    class Meta:
        model = Escalation
        fields: tuple[str, ...] = ()


class EscalationShape(Shape):
    id = serializers.IntegerField()
    deployment = serializers.IntegerField(help_text="The deployment's id.")
    what = serializers.CharField()
    severity = serializers.ChoiceField(choices=Severity.choices)
    raised_on = serializers.DateField()
    raised_by = Person(allow_null=True)
    owner = Person(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    resolved_on = serializers.DateField(allow_null=True)
    resolved_by = Person(allow_null=True)
    outcome = serializers.CharField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in (*PLAIN, *PEOPLE)} | {"deployment": row["deployment_id"]}


class EscalationFields(Versioned):
    what = Text(500, required=True)
    severity = serializers.ChoiceField(choices=Severity.choices, required=False)
    raised_on = Day(required=False, help_text="Today if left out.")
    owner = Member(required=False, allow_null=True)
    due_on = Day(required=False, allow_null=True)


class EscalationEntry(EscalationFields, OfDeployment):
    pass


class EscalationChange(EscalationFields):
    """Fields that are left out stay as they are."""


class EscalationResolving(OnDay):
    outcome = Text(LONGEST, required=True)


@extend_schema(tags=["deployments"])
@extend_schema_view(
    list=extend_schema(summary="List escalations"),
    retrieve=extend_schema(summary="Read an escalation"),
    create=extend_schema(summary="Raise an escalation"),
    partial_update=extend_schema(summary="Change an escalation"),
)
class EscalationResource(Readable):
    noun = "escalation"
    queryset = Escalation.objects.all()
    filterset_class = EscalationFilters
    shape = EscalationShape
    people = PEOPLE
    columns = (*PLAIN, "deployment_id")
    entries = {"create": EscalationEntry, "partial_update": EscalationChange, "resolve": EscalationResolving}
    permissions = {"list": VIEW, "retrieve": VIEW, "create": EDIT, "partial_update": EDIT, "resolve": EDIT}

    def create(self, request: Request) -> Response:
        values = self.said()
        values.pop("version", None)
        return self.answer(quality.escalate(values.pop("deployment"), values, by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        row = self.found(pk=int(pk))
        version = self.version(values)
        quality.edit_escalation(row, values, by=self.by, version=version)
        return self.answer(row.pk)

    @extend_schema(summary="Resolve an escalation")
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        values = self.said()
        row = self.found(pk=int(pk))
        version = self.version(values)
        quality.resolve(row, **values, by=self.by, version=version)
        return self.answer(row.pk)
