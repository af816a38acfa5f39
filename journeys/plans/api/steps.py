"""Milestones and actions of both sides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Day, Id, Member, Person, Text, Versioned
from accounts.api.filters import Choices, Ids, UpdatedSince
from accounts.api.resource import Readable, Shape
from accounts.models import TaskStatus
from accounts.roles import Permission
from journeys.plans.actions import steps
from journeys.plans.api.fields import OfPlan, TheirPerson, TheirPersonShape, known
from journeys.plans.models import Audience, Objective, Side, Step, StepKind

PLAIN = ("id", "kind", "side", "title", "audience", "due_on", "dropped_at", "created_at", "version", "updated_at")
PEOPLE = ("our_owner", "done_by")


class StepFilters(UpdatedSince):
    plan = Ids(field_name="plan_id", help_text="The id of the plan.")
    account = Ids(field_name="plan__account_id", help_text="The id of the account.")
    side = Choices(choices=Side.choices)
    open = df.BooleanFilter(method="by_open", help_text="true: still to be done; false: done or dropped.")

    class Meta:
        model = Step
        fields: tuple[str, ...] = ()

    def by_open(self, rows: QuerySet[Step], name: str, value: bool) -> QuerySet[Step]:
        waiting = Step.objects.open().order_by().values("pk")
        return rows.filter(pk__in=waiting) if value else rows.exclude(pk__in=waiting)


class StepShape(Shape):
    id = serializers.IntegerField()
    plan = serializers.IntegerField(help_text="The plan's id.")
    objective = serializers.IntegerField(allow_null=True, help_text="The id of the objective that it is for.")
    task = serializers.IntegerField(allow_null=True, help_text="The id of the owner's task, where the step is ours.")
    kind = serializers.ChoiceField(choices=StepKind.choices)
    side = serializers.ChoiceField(choices=Side.choices, help_text="Whose turn it is.")
    title = serializers.CharField()
    audience = serializers.ChoiceField(choices=Audience.choices, help_text="Who may read it.")
    our_owner = Person(allow_null=True)
    their_owner = TheirPersonShape(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    done = serializers.BooleanField(help_text="While it has a task, the task says so.")
    done_at = serializers.DateTimeField(allow_null=True)
    done_by = Person(allow_null=True)
    done_contact = TheirPersonShape(allow_null=True)
    dropped_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: row[name] for name in (*PLAIN, *PEOPLE)}
        status = row["task__status"]
        done = status == TaskStatus.DONE or (row["done_at"] is not None and status != TaskStatus.OPEN)
        return shown | {
            "plan": row["plan_id"],
            "objective": row["objective_id"],
            "task": row["task_id"],
            "their_owner": TheirPersonShape.of(row, "their_owner"),
            "done": done,
            "done_at": (row["done_at"] or row["task__closed_at"]) if done else None,
            "done_contact": TheirPersonShape.of(row, "done_contact"),
        }


class StepFields(Versioned):
    kind = serializers.ChoiceField(choices=StepKind.choices, required=False)
    side = serializers.ChoiceField(choices=Side.choices, required=False)
    title = Text(200, required=True)
    audience = serializers.ChoiceField(choices=Audience.choices, required=False)
    our_owner = Member(required=False, allow_null=True)
    their_owner = TheirPerson(required=False, allow_null=True)
    due_on = Day(required=False, allow_null=True)
    objective = Id(required=False, allow_null=True, help_text="The id of the objective that it is for.")

    def validate_objective(self, pk: int | None) -> Objective | None:
        return None if pk is None else known(Objective, pk, "objective")


class StepEntry(StepFields, OfPlan):
    example: ClassVar[dict[str, Any]] = {
        "plan": 1, "title": "Give access to the ledger", "side": "them", "due_on": "2026-12-01",
    }  # fmt: skip


class StepChange(StepFields):
    """Fields that are left out stay as they are."""


class StepDropping(Versioned):
    reason = Text(300, required=False)


@extend_schema(tags=["plans"])
@extend_schema_view(
    list=extend_schema(summary="List a plan's steps"),
    retrieve=extend_schema(summary="Read a step"),
    create=extend_schema(summary="Add a milestone or an action to a plan"),
    partial_update=extend_schema(summary="Change a step"),
)
class StepResource(Readable):
    noun = "step"
    queryset = Step.objects.all()
    filterset_class = StepFilters
    shape = StepShape
    people = PEOPLE
    columns = (
        *PLAIN, "plan_id", "objective_id", "task_id", "task__status", "task__closed_at", "their_owner_id",
        "their_owner__name", "done_at", "done_contact_id", "done_contact__name",
    )  # fmt: skip
    entries = {
        "create": StepEntry, "partial_update": StepChange, "done": Versioned, "reopen": Versioned,
        "drop": StepDropping,
    }  # fmt: skip
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.PLAN_EDIT,
        "partial_update": Permission.PLAN_EDIT,
        "done": Permission.PLAN_EDIT,
        "reopen": Permission.PLAN_EDIT,
        "drop": Permission.PLAN_EDIT,
    }

    def shown(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [self.shape.of(row) for row in self.with_people(rows)]

    def create(self, request: Request) -> Response:
        values = self.said()
        values.pop("version", None)
        return self.answer(steps.add(values.pop("plan"), values, by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        step = self.found(pk=int(pk))
        version = self.version(values)
        steps.edit(step, values, by=self.by, version=version)
        return self.answer(step.pk)

    @extend_schema(summary="Tick a step as done, and its task with it")
    @action(detail=True, methods=["post"])
    def done(self, request: Request, pk: str) -> Response:
        return self.do(pk, steps.done)

    @extend_schema(summary="Open a step again, and its task with it")
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        return self.do(pk, steps.reopen)

    @extend_schema(summary="Drop a step, and its task with it")
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        return self.do(pk, steps.drop)
