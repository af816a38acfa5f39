"""What is said beside a plan, by either side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions.errors import Errors
from accounts.api.fields import Id, Person, Text
from accounts.api.filters import Ids, Instants
from accounts.api.resource import Readable, Shape
from accounts.roles import Permission
from journeys.plans.actions import comments
from journeys.plans.actions.comments import LONGEST
from journeys.plans.api.fields import OfPlan, TheirPersonShape, known
from journeys.plans.models import Audience, Comment, Objective, Step, Topic

ITEMS = ("objective", "step", "topic")


class CommentFilters(df.FilterSet):
    plan = Ids(field_name="plan_id", help_text="The id of the plan.")
    account = Ids(field_name="plan__account_id", help_text="The id of the account.")
    said_since = Instants("said_at", "gte")

    class Meta:
        model = Comment
        fields: tuple[str, ...] = ()


class CommentShape(Shape):
    id = serializers.IntegerField()
    plan = serializers.IntegerField(help_text="The plan's id.")
    objective = serializers.IntegerField(allow_null=True)
    step = serializers.IntegerField(allow_null=True)
    topic = serializers.IntegerField(allow_null=True)
    body = serializers.CharField()
    audience = serializers.ChoiceField(choices=Audience.choices, help_text="Who may read it.")
    author = Person(allow_null=True)
    contact = TheirPersonShape(allow_null=True, help_text="The customer's person who said it.")
    said_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: row[name] for name in ("id", "body", "audience", "author", "said_at")}
        shown |= {name: row[f"{name}_id"] for name in ("plan", *ITEMS)}
        return shown | {"contact": TheirPersonShape.of(row, "contact")}


class CommentEntry(OfPlan):
    """On the plan as a whole, or on one of its items."""

    example: ClassVar[dict[str, Any]] = {"plan": 1, "body": "Who measures it?", "audience": "internal"}

    body = Text(LONGEST, required=True)
    audience = serializers.ChoiceField(choices=Audience.choices, required=False, help_text="everyone, if left out.")
    objective = Id(required=False, help_text="The id of the objective that it is on.")
    step = Id(required=False, help_text="The id of the step that it is on.")
    topic = Id(required=False, help_text="The id of the challenge or opportunity that it is on.")

    def validate_objective(self, pk: int) -> Objective:
        return known(Objective, pk, "objective")

    def validate_step(self, pk: int) -> Step:
        return known(Step, pk, "step")

    def validate_topic(self, pk: int) -> Topic:
        return known(Topic, pk, "topic")

    def wrong(self, data: Mapping[str, Any], values: dict[str, Any]) -> Errors:
        named = [name for name in ITEMS if name in data]
        return {name: ["A comment is on one item at most."] for name in named[1:]}


@extend_schema(tags=["plans"])
@extend_schema_view(
    list=extend_schema(summary="List comments on plans"),
    retrieve=extend_schema(summary="Read a comment"),
    create=extend_schema(summary="Comment on a plan"),
)
class CommentResource(Readable):
    noun = "comment"
    queryset = Comment.objects.all()
    filterset_class = CommentFilters
    shape = CommentShape
    people = ("author",)
    columns = (
        "id", "plan_id", "objective_id", "step_id", "topic_id", "body", "audience", "said_at", "contact_id",
        "contact__name",
    )  # fmt: skip
    entries = {"create": CommentEntry}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.PLAN_EDIT,
    }

    def create(self, request: Request) -> Response:
        values = self.said()
        item = next((values.pop(name) for name in ITEMS if name in values), None)
        said = comments.say(values.pop("plan"), values.pop("body"), on=item, by=self.by, **values)
        return self.answer(said.pk, 201)
