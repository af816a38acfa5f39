"""What is to be done in a deployment, by whom, and what it waits for."""

from __future__ import annotations

from collections import defaultdict
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
from accounts.api.filters import Ids, UpdatedSince
from accounts.api.resource import Readable, Shape
from accounts.models import TaskStatus
from journeys.deployments.actions import activities
from journeys.deployments.api.fields import EDIT, VIEW, HoursField, OfDeployment, OnDay, TheirPerson, plain
from journeys.deployments.models import Activity, Dependency, Side

PLAIN = ("id", "title", "side", "days", "not_before_on", "start_on", "due_on", "created_at", "version", "updated_at")


class ActivityFilters(UpdatedSince):
    deployment = Ids(field_name="deployment_id", help_text="The id of the deployment.")
    account = Ids(field_name="deployment__account_id", help_text="The id of the account.")
    open = df.BooleanFilter(method="by_open", help_text="true: still to be done.")

    class Meta:
        model = Activity
        fields: tuple[str, ...] = ()

    def by_open(self, rows: QuerySet[Activity], name: str, value: bool) -> QuerySet[Activity]:
        waiting = Activity.objects.open().order_by().values("pk")  # type: ignore[attr-defined]
        return rows.filter(pk__in=waiting) if value else rows.exclude(pk__in=waiting)


class ActivityShape(Shape):
    id = serializers.IntegerField()
    deployment = serializers.IntegerField(help_text="The deployment's id.")
    task = serializers.IntegerField(allow_null=True, help_text="The id of the owner's task, where it is ours.")
    title = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.choices, help_text="Whose turn it is.")
    our_owner = Person(allow_null=True)
    their_owner = serializers.IntegerField(allow_null=True, help_text="The contact's id.")
    days = serializers.IntegerField(help_text="Working days.")
    hours = HoursField(allow_null=True, help_text="Estimated.")
    not_before_on = serializers.DateField(allow_null=True)
    after = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of those that it waits for.")
    start_on = serializers.DateField(help_text="First day, as the plan says.")
    due_on = serializers.DateField(help_text="Last day, as the plan says.")
    done = serializers.BooleanField(help_text="While it has a task, the task says so.")
    done_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        status, closed_at = row["task__status"], row["task__closed_at"]
        done = status == TaskStatus.DONE or (row["done_on"] is not None and status != TaskStatus.OPEN)
        closed_on = closed_at.date() if closed_at else None
        return {name: row[name] for name in (*PLAIN, "our_owner", "after")} | {
            "deployment": row["deployment_id"],
            "task": row["task_id"],
            "their_owner": row["their_owner_id"],
            "hours": plain(row["hours"]),
            "done": done,
            "done_on": (row["done_on"] or closed_on) if done else None,
        }


class ActivityFields(Versioned):
    title = Text(200, required=True)
    side = serializers.ChoiceField(choices=Side.choices, required=False)
    our_owner = Member(required=False, allow_null=True)
    their_owner = TheirPerson(required=False, allow_null=True)
    days = serializers.IntegerField(min_value=1, max_value=400, required=False)
    hours = HoursField(required=False, allow_null=True, min_value=0)
    not_before_on = Day(required=False, allow_null=True)
    after = serializers.ListField(
        child=Id(), required=False, max_length=100, help_text="Ids of those that it waits for."
    )

    def validate_after(self, ids: list[int]) -> list[Activity]:
        found = list(Activity.objects.filter(pk__in=ids))
        if len(found) != len(set(ids)):
            raise serializers.ValidationError("No activity in this workspace has one of these ids.")
        return found


class ActivityEntry(ActivityFields, OfDeployment):
    example: ClassVar[dict[str, Any]] = {"deployment": 1, "title": "Load the data", "side": "us", "days": 3}


class ActivityChange(ActivityFields):
    """Fields that are left out stay as they are."""


@extend_schema(tags=["deployments"])
@extend_schema_view(
    list=extend_schema(summary="List the activities of deployments"),
    retrieve=extend_schema(summary="Read an activity"),
    create=extend_schema(summary="Add an activity to a deployment's plan"),
    partial_update=extend_schema(
        summary="Change an activity", description="What waits for it moves along. A circle is refused by its names."
    ),
    destroy=extend_schema(summary="Take an activity out of the plan", responses={204: None}),
)
class ActivityResource(Readable):
    noun = "activity"
    queryset = Activity.objects.all()
    filterset_class = ActivityFilters
    shape = ActivityShape
    people = ("our_owner",)
    columns = (
        *PLAIN, "deployment_id", "task_id", "task__status", "task__closed_at", "their_owner_id", "hours", "done_on",
    )  # fmt: skip
    entries = {
        "create": ActivityEntry, "partial_update": ActivityChange, "done": OnDay, "reopen": Versioned,
    }  # fmt: skip
    permissions = {
        "list": VIEW, "retrieve": VIEW, "create": EDIT, "partial_update": EDIT, "done": EDIT, "reopen": EDIT,
        "destroy": EDIT,
    }  # fmt: skip

    def shown(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        page = self.with_people(rows)
        waits: dict[int, list[int]] = defaultdict(list)
        links = Dependency.objects.filter(activity__in=[row["id"] for row in page]).order_by("after_id")
        for activity_id, after_id in links.values_list("activity_id", "after_id"):
            waits[activity_id].append(after_id)
        return [self.shape.of(row | {"after": waits[row["id"]]}) for row in page]

    def create(self, request: Request) -> Response:
        values = self.said()
        values.pop("version", None)
        return self.answer(activities.add(values.pop("deployment"), values, by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        row = self.found(pk=int(pk))
        version = self.version(values)
        activities.edit(row, values, by=self.by, version=version)
        return self.answer(row.pk)

    def destroy(self, request: Request, pk: str) -> Response:
        activities.remove(self.found(pk=int(pk)), by=self.by)
        return Response(status=204)

    @extend_schema(summary="Tick an activity as done, and its task with it")
    @action(detail=True, methods=["post"])
    def done(self, request: Request, pk: str) -> Response:
        values = self.said()
        row = self.found(pk=int(pk))
        version = self.version(values)
        activities.done(row, **values, by=self.by, version=version)
        return self.answer(row.pk)

    @extend_schema(summary="Open an activity again, and its task with it")
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        values = self.said()
        row = self.found(pk=int(pk))
        activities.reopen(row, by=self.by, version=self.version(values))
        return self.answer(row.pk)
