"""Challenges and opportunities of a plan."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Person, Text, Versioned
from accounts.api.filters import Choices, Ids, UpdatedSince
from accounts.api.resource import Readable, Shape
from accounts.roles import Permission
from journeys.plans.actions import topics
from journeys.plans.api.fields import LONGEST, OfPlan, TheirPerson, TheirPersonShape
from journeys.plans.models import Audience, Topic, TopicKind

PLAIN = ("id", "kind", "text", "response", "audience", "settled_at", "created_at", "version", "updated_at")
PEOPLE = ("settled_by",)


class TopicFilters(UpdatedSince):
    plan = Ids(field_name="plan_id", help_text="The id of the plan.")
    account = Ids(field_name="plan__account_id", help_text="The id of the account.")
    kind = Choices(choices=TopicKind.choices)
    settled = df.BooleanFilter("settled_at", "isnull", exclude=True)

    class Meta:
        model = Topic
        fields: tuple[str, ...] = ()


class TopicShape(Shape):
    id = serializers.IntegerField()
    plan = serializers.IntegerField(help_text="The plan's id.")
    kind = serializers.ChoiceField(choices=TopicKind.choices)
    text = serializers.CharField()
    response = serializers.CharField(help_text="The mitigation, or how the opportunity is taken.")
    about = TheirPersonShape(allow_null=True, help_text="Nobody reads what is about themselves.")
    audience = serializers.ChoiceField(choices=Audience.choices, help_text="Who may read it.")
    settled_at = serializers.DateTimeField(allow_null=True)
    settled_by = Person(allow_null=True)
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: row[name] for name in (*PLAIN, *PEOPLE)}
        return shown | {"plan": row["plan_id"], "about": TheirPersonShape.of(row, "about")}


class TopicFields(Versioned):
    kind = serializers.ChoiceField(choices=TopicKind.choices, required=False)
    text = Text(LONGEST, required=True)
    response = Text(LONGEST, required=False)
    about = TheirPerson(required=False, allow_null=True)
    audience = serializers.ChoiceField(choices=Audience.choices, required=False)


class TopicEntry(TopicFields, OfPlan):
    """Only the workspace reads it, unless `audience` says otherwise."""

    example: ClassVar[dict[str, Any]] = {
        "plan": 1, "kind": "challenge", "text": "Austin fears for its own tool",
        "response": "Show them the export they rely on.",
    }  # fmt: skip


class TopicChange(TopicFields):
    """Fields that are left out stay as they are."""


@extend_schema(tags=["plans"])
@extend_schema_view(
    list=extend_schema(summary="List challenges and opportunities"),
    retrieve=extend_schema(summary="Read a challenge or an opportunity"),
    create=extend_schema(summary="Add a challenge or an opportunity to a plan"),
    partial_update=extend_schema(summary="Change a challenge or an opportunity"),
)
class TopicResource(Readable):
    noun = "topic"
    queryset = Topic.objects.all()
    filterset_class = TopicFilters
    shape = TopicShape
    people = PEOPLE
    columns = (*PLAIN, "plan_id", "about_id", "about__name")
    entries = {"create": TopicEntry, "partial_update": TopicChange, "settle": Versioned, "reopen": Versioned}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.PLAN_EDIT,
        "partial_update": Permission.PLAN_EDIT,
        "settle": Permission.PLAN_EDIT,
        "reopen": Permission.PLAN_EDIT,
    }

    def create(self, request: Request) -> Response:
        values = self.said()
        values.pop("version", None)
        return self.answer(topics.add(values.pop("plan"), values, by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        topic = self.found(pk=int(pk))
        version = self.version(values)
        topics.edit(topic, values, by=self.by, version=version)
        return self.answer(topic.pk)

    @extend_schema(summary="Settle a challenge or an opportunity")
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:
        return self.do(pk, topics.settle)

    @extend_schema(summary="Open a settled one again")
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        return self.do(pk, topics.reopen)
