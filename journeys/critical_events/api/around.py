"""Who gains from a critical event, and the answers that found it."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Day, OfAccount, Person, Text, Versioned
from accounts.api.filters import Choices, Ids, UpdatedSince
from accounts.api.resource import Readable, Shape
from accounts.calendar import local_today
from accounts.roles import Permission
from journeys.critical_events.actions import answers, stakeholders
from journeys.critical_events.api.fields import OfEvent
from journeys.critical_events.models import QUESTIONS, DiscoveryAnswer, Stakeholder
from journeys.plans.api.fields import TheirPerson, TheirPersonShape

ASKED = [(question.code, question.asks) for question in QUESTIONS]


class StakeholderFilters(UpdatedSince):
    critical_event = Ids(field_name="event_id", help_text="The id of the critical event.")

    class Meta:
        model = Stakeholder
        fields: tuple[str, ...] = ()


class StakeholderShape(Shape):
    id = serializers.IntegerField()
    critical_event = serializers.IntegerField(help_text="The critical event's id.")
    contact = TheirPersonShape()
    gains = serializers.CharField(help_text="What gets better for this person.")
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        named = ("id", "gains", "created_at", "version", "updated_at")
        about = {"critical_event": row["event_id"], "contact": TheirPersonShape.of(row, "contact")}
        return {name: row[name] for name in named} | about


class StakeholderEntry(OfEvent):
    contact = TheirPerson()
    gains = Text(300, required=True)
    example: ClassVar[dict[str, Any]] = {"critical_event": 1, "contact": 1, "gains": "No more nights on the phone."}


class StakeholderChange(Versioned):
    gains = Text(300, required=True)


@extend_schema(tags=["critical events"])
@extend_schema_view(
    list=extend_schema(summary="List who gains from critical events"),
    retrieve=extend_schema(summary="Read who gains"),
    create=extend_schema(summary="Name somebody who gains from a critical event"),
    partial_update=extend_schema(summary="Change what somebody gains"),
    destroy=extend_schema(summary="Take somebody off the list of those who gain"),
)
class StakeholderResource(Readable):
    noun = "stakeholder"
    queryset = Stakeholder.objects.all()
    filterset_class = StakeholderFilters
    shape = StakeholderShape
    columns = ("id", "event_id", "contact_id", "contact__name", "gains", "created_at", "version", "updated_at")
    entries = {"create": StakeholderEntry, "partial_update": StakeholderChange}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.PLAN_EDIT,
        "partial_update": Permission.PLAN_EDIT,
        "destroy": Permission.PLAN_EDIT,
    }

    def create(self, request: Request) -> Response:
        values = self.said()
        row = stakeholders.name(values["critical_event"], values["contact"], values["gains"], by=self.by)
        return self.answer(row.pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said()
        row = self.found(pk=int(pk))
        stakeholders.edit(row, values["gains"], by=self.by, version=self.version(values))
        return self.answer(row.pk)

    def destroy(self, request: Request, pk: str) -> Response:
        stakeholders.remove(self.found(pk=int(pk)), by=self.by)
        return Response(status=204)


class AnswerFilters(df.FilterSet):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    question = Choices(choices=ASKED)

    class Meta:
        model = DiscoveryAnswer
        fields: tuple[str, ...] = ()


class CriticalEventAnswerShape(Shape):
    id = serializers.IntegerField()
    account = serializers.IntegerField(help_text="The account's id.")
    question = serializers.ChoiceField(choices=ASKED)
    text = serializers.CharField()
    said_by = TheirPersonShape(allow_null=True)
    written_by = Person(allow_null=True)
    occurred_on = serializers.DateField()
    recorded_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        named = ("id", "question", "text", "written_by", "occurred_on", "recorded_at")
        about = {"account": row["account_id"], "said_by": TheirPersonShape.of(row, "said_by")}
        return {name: row[name] for name in named} | about


class CriticalEventAnswerEntry(OfAccount):
    question = serializers.ChoiceField(choices=ASKED)
    text = Text(answers.LONGEST, required=True)
    said_by = TheirPerson(required=False, allow_null=True)
    occurred_on = Day(required=False, help_text="Today, unless said otherwise.")
    example: ClassVar[dict[str, Any]] = {"account": 1, "question": "missed", "text": "They pay overtime for 60 people."}


@extend_schema(tags=["critical events"])
@extend_schema_view(
    list=extend_schema(summary="List answers to the questions that find a critical event"),
    retrieve=extend_schema(summary="Read an answer"),
    create=extend_schema(summary="Keep an answer; earlier ones stay"),
)
class AnswerResource(Readable):
    noun = "answer"
    queryset = DiscoveryAnswer.objects.all()
    filterset_class = AnswerFilters
    shape = CriticalEventAnswerShape
    people = ("written_by",)
    columns = ("id", "account_id", "question", "text", "said_by_id", "said_by__name", "occurred_on", "recorded_at")
    entries = {"create": CriticalEventAnswerEntry}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.SPICED_WRITE,
    }

    def create(self, request: Request) -> Response:
        values = self.said()
        on = values.get("occurred_on") or local_today(self.tenant)
        said_by = values.get("said_by")
        row = answers.say(values["account"], values["question"], values["text"], on=on, by=self.by, said_by=said_by)
        return self.answer(row.pk, 201)
