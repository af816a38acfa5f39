"""Tasks: one thing that one person does by one day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import tasks
from accounts.api.fields import Day, Entry, Member, OfAccount, Person, Text, Versioned
from accounts.api.filters import TaskFilters
from accounts.api.resource import Readable, Shape
from accounts.models import Outcome, Task, TaskStatus
from accounts.registry import task_origins
from accounts.roles import Permission

PLAIN = (
    "id", "title", "detail", "due_on", "status", "source", "outcome", "outcome_note", "snoozed_until", "snooze_reason",
    "version", "created_at", "updated_at", "closed_at",
)  # fmt: skip
PEOPLE = ("assignee", "created_by", "closed_by")
BORN = ("play", "run", "because")
LONGEST = 20_000


class TaskShape(Shape):
    id = serializers.IntegerField()
    account = serializers.IntegerField(allow_null=True, help_text="The account's id.")
    title = serializers.CharField()
    detail = serializers.CharField()
    assignee = Person(allow_null=True)
    due_on = serializers.DateField()
    status = serializers.ChoiceField(choices=TaskStatus.choices)
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="Where it came from: a person, a play or the API."
    )
    play = serializers.CharField(allow_null=True, help_text="The code of the play that gave it.")
    run = serializers.IntegerField(allow_null=True, help_text="The id of that play's run.")
    because = serializers.CharField(allow_null=True, help_text="Why the play says that it is worth doing.")
    outcome = serializers.ChoiceField(choices=Outcome.choices, allow_blank=True)
    outcome_note = serializers.CharField()
    snoozed_until = serializers.DateField(allow_null=True)
    snooze_reason = serializers.CharField()
    created_by = Person(allow_null=True)
    closed_by = Person(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: row[name] for name in PLAIN}
        shown["account"] = row["account_id"]
        for role in PEOPLE:
            shown[role] = row[role]
        return shown | {name: row.get(name) for name in BORN}


class TaskFields(Entry):
    title = Text(200, required=True)
    detail = Text(LONGEST, required=False)
    assignee = Member(required=False, allow_null=True)
    due_on = Day()


class TaskEntry(TaskFields, OfAccount):
    """A task without an account is its assignee's own."""

    example: ClassVar[dict[str, Any]] = {
        "account_external_id": "001A0000", "title": "Book the kickoff", "assignee": "maya@example.com",
        "due_on": "2026-02-06",
    }  # fmt: skip

    account_optional = True


class TaskChange(TaskFields, Versioned):
    """Fields that are left out stay as they are."""


class Completion(Versioned):
    example: ClassVar[dict[str, Any]] = {"outcome": "achieved", "note": "On Tuesday at ten."}

    outcome = serializers.ChoiceField(choices=Outcome.choices)
    note = Text(LONGEST, required=False)


class TaskDropping(Versioned):
    reason = Text(LONGEST, required=False)


class Snoozing(Versioned):
    until = Day(help_text="The day on which it is back; after today.")
    reason = Text(200, required=True)


@extend_schema(tags=["tasks"])
@extend_schema_view(
    list=extend_schema(summary="List tasks"),
    retrieve=extend_schema(summary="Read a task"),
    create=extend_schema(summary="Add a task"),
    partial_update=extend_schema(summary="Change a task"),
)
class TaskResource(Readable):
    noun = "task"
    queryset = Task.objects.all()
    filterset_class = TaskFilters
    shape = TaskShape
    people = PEOPLE
    columns = (*PLAIN, "account_id")
    entries = {
        "create": TaskEntry, "partial_update": TaskChange, "complete": Completion, "drop": TaskDropping,
        "reopen": Versioned, "snooze": Snoozing,
    }  # fmt: skip
    permissions = {
        "list": Permission.TASK_VIEW,
        "retrieve": Permission.TASK_VIEW,
        "create": Permission.TASK_EDIT,
        "partial_update": Permission.TASK_EDIT,
        "complete": Permission.TASK_EDIT,
        "drop": Permission.TASK_EDIT,
        "reopen": Permission.TASK_EDIT,
        "snooze": Permission.TASK_EDIT,
    }

    def shown(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """With what each was born from, in one query for all that a play gave."""
        page = self.with_people(rows)
        born: dict[int, Mapping[str, Any]] = {}
        for origin in task_origins():
            if ids := [row["id"] for row in page if row["source"] == origin.source]:
                born |= origin.of(ids)
        return [self.shape.of({**row, **born.get(row["id"], {})}) for row in page]

    def create(self, request: Request) -> Response:
        return self.answer(tasks.add(self.said() | {"source": "api"}, by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        task = self.found(pk=int(pk))
        tasks.edit(task, values, by=self.by, version=self.version(values))
        return self.answer(task.pk)

    @extend_schema(summary="Complete a task with its outcome")
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: str) -> Response:
        values = self.said()
        task = self.found(pk=int(pk))
        version = self.version(values)
        tasks.complete(task, **values, by=self.by, version=version)
        return self.answer(task.pk)

    @extend_schema(summary="Drop a task")
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        values = self.said()
        task = self.found(pk=int(pk))
        version = self.version(values)
        tasks.drop(task, **values, by=self.by, version=version)
        return self.answer(task.pk)

    @extend_schema(summary="Open a closed task again")
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        values = self.said()
        task = self.found(pk=int(pk))
        tasks.reopen(task, by=self.by, version=self.version(values))
        return self.answer(task.pk)

    @extend_schema(summary="Put a task off, for a reason")
    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, pk: str) -> Response:
        values = self.said()
        task = self.found(pk=int(pk))
        version = self.version(values)
        tasks.snooze(task, **values, by=self.by, version=version)
        return self.answer(task.pk)
