"""The steps before a critical event."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Day, Member, Person, Text, Versioned
from accounts.api.filters import Ids, UpdatedSince
from accounts.api.resource import Readable, Shape
from accounts.roles import Permission
from journeys.critical_events.actions import steps
from journeys.critical_events.api.fields import OfEvent
from journeys.critical_events.models import TimelineStep
from journeys.critical_events.models.step import LONGEST
from journeys.plans.api.fields import TheirPerson, TheirPersonShape
from journeys.plans.models import Audience, Side

PLAIN = (
    "id", "title", "side", "days", "slack", "position", "start_by", "finish_by", "started_on", "done_at", "dropped_at",
    "created_at", "version", "updated_at",
)  # fmt: skip
PEOPLE = ("our_owner",)
WRITES = ("create", "partial_update", "start", "done", "reopen", "drop", "move", "push")


class StepFilters(UpdatedSince):
    critical_event = Ids(field_name="event_id", help_text="The id of the critical event.")
    account = Ids(field_name="event__account_id", help_text="The id of the account.")
    open = df.BooleanFilter(method="by_open", help_text="true: still to be done; false: done or dropped.")

    class Meta:
        model = TimelineStep
        fields: tuple[str, ...] = ()

    def by_open(self, rows: QuerySet[TimelineStep], name: str, value: bool) -> QuerySet[TimelineStep]:
        waiting = TimelineStep.objects.open().order_by().values("pk")
        return rows.filter(pk__in=waiting) if value else rows.exclude(pk__in=waiting)


class TimelineStepShape(Shape):
    id = serializers.IntegerField()
    critical_event = serializers.IntegerField(help_text="The critical event's id.")
    title = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.choices, help_text="Whose turn it is.")
    our_owner = Person(allow_null=True)
    their_owner = TheirPersonShape(allow_null=True)
    days = serializers.IntegerField(help_text="Working days that it takes.")
    slack = serializers.IntegerField(help_text="Working days of air after it.")
    position = serializers.IntegerField(help_text="0 is the last step before the event.")
    start_by = serializers.DateField(help_text="The latest day to begin on.")
    finish_by = serializers.DateField(help_text="The latest day to finish on.")
    started_on = serializers.DateField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True, help_text="Where it was ticked here; see also `done`.")
    done = serializers.BooleanField(help_text="Here, among the tasks, or in the plan.")
    plan_step = serializers.IntegerField(allow_null=True, help_text="The id of its twin in the impact plan.")
    task = serializers.IntegerField(allow_null=True, help_text="The id of the owner's task, where the step is ours.")
    dropped_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in (*PLAIN, *PEOPLE)} | {
            "critical_event": row["event_id"],
            "their_owner": TheirPersonShape.of(row, "their_owner"),
            "done": row["is_finished"],
            "plan_step": row["plan_step_id"],
            "task": row["task_id"],
        }


class TimelineStepFields(Versioned):
    title = Text(200, required=True)
    side = serializers.ChoiceField(choices=Side.choices, required=False)
    our_owner = Member(required=False, allow_null=True)
    their_owner = TheirPerson(required=False, allow_null=True)
    days = serializers.IntegerField(min_value=1, max_value=LONGEST, required=False)
    slack = serializers.IntegerField(min_value=0, max_value=LONGEST, required=False)


class TimelineStepEntry(TimelineStepFields, OfEvent):
    example: ClassVar[dict[str, Any]] = {
        "critical_event": 1,
        "title": "Shift leads trained",
        "days": 3,
        "side": "joint",
    }


class TimelineStepChange(TimelineStepFields):
    """Fields that are left out stay as they are."""


class Starting(Versioned):
    on = Day(required=False, help_text="Today, unless said otherwise.")


class Moving(Versioned):
    later = serializers.BooleanField(help_text="true: one place nearer to the event.")


class Pushing(Versioned):
    audience = serializers.ChoiceField(choices=Audience.choices, required=False, help_text="Who may read it there.")


@extend_schema(tags=["critical events"])
@extend_schema_view(
    list=extend_schema(summary="List steps before critical events"),
    retrieve=extend_schema(summary="Read a step before a critical event"),
    create=extend_schema(summary="Add the step before the ones there are"),
    partial_update=extend_schema(summary="Change a step; those before it move along"),
)
class TimelineStepResource(Readable):
    noun = "step"
    queryset = TimelineStep.objects.finished()
    filterset_class = StepFilters
    shape = TimelineStepShape
    people = PEOPLE
    columns = (*PLAIN, "event_id", "their_owner_id", "their_owner__name", "plan_step_id", "task_id", "is_finished")
    entries = {
        "create": TimelineStepEntry, "partial_update": TimelineStepChange, "start": Starting, "done": Versioned,
        "reopen": Versioned, "drop": Versioned, "move": Moving, "push": Pushing,
    }  # fmt: skip
    permissions = dict.fromkeys(("list", "retrieve"), Permission.ACCOUNT_VIEW) | dict.fromkeys(
        WRITES, Permission.PLAN_EDIT
    )

    def create(self, request: Request) -> Response:
        values = self.said()
        values.pop("version", None)
        return self.answer(steps.add(values.pop("critical_event"), values, by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        step = self.found(pk=int(pk))
        version = self.version(values)
        steps.edit(step, values, by=self.by, version=version)
        return self.answer(step.pk)

    @extend_schema(summary="Work on a step has begun")
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        return self.do(pk, steps.start)

    @extend_schema(summary="Tick a step as done, also in the plan and among the tasks")
    @action(detail=True, methods=["post"])
    def done(self, request: Request, pk: str) -> Response:
        return self.do(pk, steps.done)

    @extend_schema(summary="Open a step again, wherever it stands")
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        return self.do(pk, steps.reopen)

    @extend_schema(summary="Take a step out of the timeline")
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        return self.do(pk, steps.drop)

    @extend_schema(summary="Move a step by one place")
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        return self.do(pk, steps.move)

    @extend_schema(summary="Put a step into the account's open impact plan")
    @action(detail=True, methods=["post"])
    def push(self, request: Request, pk: str) -> Response:
        return self.do(pk, steps.push)
