"""Runs: what started where, when and why, what its steps did, and taking one back."""

from __future__ import annotations

from typing import Any

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.filters import Choices, Ids, Instants
from accounts.api.resource import Readable, Shape
from accounts.roles import Permission
from blueprints.actions import undoing
from blueprints.actions.undoing import Closed
from blueprints.models import Run, RunState, StepState
from blueprints.models.run import RunQuerySet
from blueprints.steps import KINDS


class RunFilters(df.FilterSet):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    play = df.CharFilter("play__code", help_text="The play's code, such as onboarding.")
    event = Ids(field_name="event_id", help_text="The id of the event that started it.")
    state = Choices(choices=RunState.choices)
    in_motion = df.BooleanFilter(method="by_motion", help_text="true: with open tasks; false: all of them closed.")
    started_since = Instants("started_at", "gte")
    started_before = Instants("started_at", "lt")

    class Meta:
        model = Run
        fields: tuple[str, ...] = ()

    def by_motion(self, runs: RunQuerySet, name: str, value: bool) -> RunQuerySet:
        return runs.in_motion() if value else runs.at_rest()


class RunShape(Shape):
    id = serializers.IntegerField()
    play = serializers.CharField(help_text="The play's code.")
    play_name = serializers.CharField()
    play_version = serializers.IntegerField(help_text="Which wording of the play the run follows.")
    account = serializers.IntegerField(help_text="The account's id.")
    event = serializers.IntegerField(allow_null=True, help_text="The id of the event that started it, if one did.")
    event_kind = serializers.CharField(allow_null=True)
    match = serializers.IntegerField(allow_null=True, help_text="The id of the match, which tells the facts then.")
    state = serializers.ChoiceField(choices=RunState.choices)
    tasks_total = serializers.IntegerField()
    tasks_closed = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": row["id"],
            "play": row["play__code"],
            "play_name": row["play__name"],
            "play_version": row["version__number"],
            "account": row["account_id"],
            "event": row["event_id"],
            "event_kind": row["event__kind"],
            "match": row["match_id"],
            "state": row["state"],
            "tasks_total": row["total"],
            "tasks_closed": row["closed"],
            "started_at": row["started_at"],
            "ended_at": row["ended_at"],
        }


class RunStepShape(Shape):
    number = serializers.IntegerField(help_text="Its place in the play, from 0.")
    kind = serializers.ChoiceField(choices=list(KINDS.items()))
    state = serializers.ChoiceField(choices=StepState.choices)
    did = serializers.JSONField(help_text="Ids of what it made; for a field, what stood there before and after.")
    error = serializers.CharField()
    at = serializers.DateTimeField()


class RunStepsShape(Shape):
    results = RunStepShape(many=True)


class UndoneShape(Shape):
    """What was taken back, and what couldn't be."""

    runs = serializers.IntegerField()
    tasks_dropped = serializers.ListField(child=serializers.IntegerField())
    tasks_done = serializers.ListField(child=serializers.IntegerField(), help_text="Done by then: they stay.")
    deliveries_canceled = serializers.ListField(child=serializers.IntegerField())
    deliveries_sent = serializers.ListField(child=serializers.IntegerField(), help_text="What was sent stays sent.")
    put_back = serializers.ListField(child=serializers.JSONField())
    kept = serializers.ListField(child=serializers.JSONField(), help_text="Changed by somebody since.")

    @staticmethod
    def of_closed(closed: Closed) -> dict[str, Any]:
        return {
            "runs": closed.runs, "tasks_dropped": closed.dropped, "tasks_done": closed.done,
            "deliveries_canceled": closed.canceled, "deliveries_sent": closed.sent, "put_back": closed.put_back,
            "kept": closed.kept,
        }  # fmt: skip


@extend_schema(tags=["runs"])
@extend_schema_view(
    list=extend_schema(summary="List runs", description="Newest first."),
    retrieve=extend_schema(summary="Read a run"),
)
class RunResource(Readable):
    noun = "run"
    queryset = Run.objects.with_progress()
    filterset_class = RunFilters
    shape = RunShape
    columns = (
        "id", "play__code", "play__name", "version__number", "account_id", "event_id", "event__kind", "total", "closed",
        "started_at", "ended_at", "state", "match_id",
    )  # fmt: skip
    permissions = {
        "list": Permission.PLAY_VIEW,
        "retrieve": Permission.PLAY_VIEW,
        "steps": Permission.PLAY_VIEW,
        "undo": Permission.PLAY_EDIT,
    }

    def order(self, request: Request) -> tuple[str, ...]:
        return ("-started_at", "-id")

    @extend_schema(summary="List the steps that a run has taken", filters=False, responses=RunStepsShape)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=())
    def steps(self, request: Request, pk: str) -> Response:
        run = self.found(pk=int(pk))
        rows = run.done_steps.order_by("number").values("number", "kind", "state", "did", "error", "at")
        return Response({"results": list(rows)})

    @extend_schema(
        summary="Undo a run",
        description="Open tasks are dropped, fields put back; what was sent stays sent.",
        request=None,
        responses={200: UndoneShape},
    )
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        return Response(UndoneShape.of_closed(undoing.undo(self.found(pk=int(pk)), by=self.by)))
