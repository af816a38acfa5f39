"""What plans start with: the workspace's templates with their lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters as df
from django.db.models import Model
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Id, Text, Versioned
from accounts.api.filters import Ids
from accounts.api.resource import Readable, Shape
from accounts.models import Product
from accounts.roles import Permission
from journeys.plans.actions import templates
from journeys.plans.api.fields import LONGEST, known
from journeys.plans.models import (
    Audience,
    Horizon,
    ObjectiveKind,
    PlanTemplate,
    Side,
    TemplateLine,
    TemplateNoun,
)

PLAIN = ("id", "name", "segment", "north_star", "active", "version", "created_at", "updated_at")
LINE = (
    "id", "noun", "title", "detail", "kind", "horizon", "side", "audience", "metric", "unit", "due_days", "version",
)  # fmt: skip
NUMBER = OpenApiParameter("line", OpenApiTypes.INT, OpenApiParameter.PATH, description="The line's id.")


class TemplateFilters(df.FilterSet):
    product = Ids(field_name="product_id", help_text="The id of the product.")
    active = df.BooleanFilter("active")

    class Meta:
        model = PlanTemplate
        fields: tuple[str, ...] = ()


class TemplateLineFields(Versioned):
    """Which fields count depends on `noun`."""

    noun = serializers.ChoiceField(choices=TemplateNoun.choices, help_text="What it becomes in a plan.")
    title = Text(200, required=True)
    detail = Text(LONGEST, required=False)
    kind = serializers.ChoiceField(choices=ObjectiveKind.choices, required=False)
    horizon = serializers.ChoiceField(choices=Horizon.choices, required=False)
    side = serializers.ChoiceField(choices=Side.choices, required=False)
    audience = serializers.ChoiceField(choices=Audience.choices, required=False)
    metric = Text(120, required=False)
    unit = Text(40, required=False)
    due_days = serializers.IntegerField(
        min_value=0, max_value=3650, required=False, allow_null=True, help_text="Calendar days from the commitment."
    )


class TemplateLineShape(serializers.Serializer):
    id = serializers.IntegerField()
    noun = serializers.ChoiceField(choices=TemplateNoun.choices)
    title = serializers.CharField()
    detail = serializers.CharField()
    kind = serializers.ChoiceField(choices=ObjectiveKind.choices)
    horizon = serializers.ChoiceField(choices=Horizon.choices)
    side = serializers.ChoiceField(choices=Side.choices)
    audience = serializers.ChoiceField(choices=Audience.choices)
    metric = serializers.CharField()
    unit = serializers.CharField()
    due_days = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField()


class PlanTemplateShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    segment = serializers.CharField(help_text="Empty: of every segment.")
    product = serializers.IntegerField(allow_null=True, help_text="The product's id; null: with any product.")
    north_star = serializers.CharField()
    active = serializers.BooleanField()
    lines = TemplateLineShape(many=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in (*PLAIN, "lines")} | {"product": row["product_id"]}


class PlanTemplateFields(Versioned):
    name = Text(120, required=True)
    segment = Text(80, required=False)
    product = Id(required=False, allow_null=True, help_text="The product's id.")
    north_star = Text(LONGEST, required=False)

    def validate_product(self, pk: int | None) -> Product | None:
        return None if pk is None else known(Product, pk, "product")


class PlanTemplateEntry(PlanTemplateFields):
    example: ClassVar[dict[str, Any]] = {"name": "Retail", "segment": "Retail"}


class PlanTemplateChange(PlanTemplateFields):
    """Fields that are left out stay as they are."""


class TemplateLineEntry(TemplateLineFields):
    example: ClassVar[dict[str, Any]] = {"noun": "milestone", "title": "First store live", "due_days": 45}


class TemplateLineChange(TemplateLineFields):
    """Fields that are left out stay as they are."""


@extend_schema(tags=["plans"])
@extend_schema_view(
    list=extend_schema(summary="List plan templates"),
    retrieve=extend_schema(summary="Read a plan template"),
    create=extend_schema(summary="Add a plan template"),
    partial_update=extend_schema(summary="Change a plan template"),
)
class TemplateResource(Readable):
    noun = "plan template"
    queryset = PlanTemplate.objects.all()
    filterset_class = TemplateFilters
    shape = PlanTemplateShape
    columns = (*PLAIN, "product_id")
    entries = {
        "create": PlanTemplateEntry, "partial_update": PlanTemplateChange, "add_line": TemplateLineEntry,
        "edit_line": TemplateLineChange, "retire": Versioned, "restore": Versioned,
    }  # fmt: skip
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.PLAN_TEMPLATE_EDIT,
        "partial_update": Permission.PLAN_TEMPLATE_EDIT,
        "retire": Permission.PLAN_TEMPLATE_EDIT,
        "restore": Permission.PLAN_TEMPLATE_EDIT,
        "add_line": Permission.PLAN_TEMPLATE_EDIT,
        "edit_line": Permission.PLAN_TEMPLATE_EDIT,
        "remove_line": Permission.PLAN_TEMPLATE_EDIT,
    }

    def shown(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """With the lines of all, in one query."""
        page = self.with_people(rows)
        lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for line in TemplateLine.objects.filter(template__in=[row["id"] for row in page]).values("template_id", *LINE):
            lines[line.pop("template_id")].append(line)
        return [self.shape.of(row | {"lines": lines[row["id"]]}) for row in page]

    def shown_again(self, row: Model) -> dict[str, Any]:
        """A line is shown with its template."""
        return self.one(pk=getattr(row, "template_id", row.pk))

    def create(self, request: Request) -> Response:
        values = self.said()
        values.pop("version", None)
        return self.answer(templates.add(values, by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        row = self.found(pk=int(pk))
        version = self.version(values)
        templates.edit(row, values, by=self.by, version=version)
        return self.answer(row.pk)

    @extend_schema(summary="Retire a plan template: no plan starts with it any more")
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        values = self.said()
        row = self.found(pk=int(pk))
        templates.retire(row, by=self.by, version=self.version(values))
        return self.answer(row.pk)

    @extend_schema(summary="Use a retired plan template again")
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        values = self.said()
        row = self.found(pk=int(pk))
        templates.restore(row, by=self.by, version=self.version(values))
        return self.answer(row.pk)

    @extend_schema(summary="Add a line to a plan template", responses={201: PlanTemplateShape})
    @action(detail=True, methods=["post"], url_path="lines")
    def add_line(self, request: Request, pk: str) -> Response:
        values = self.said()
        row = self.found(pk=int(pk))
        values.pop("version", None)
        templates.add_line(row, values, by=self.by)
        return self.answer(row.pk, 201)

    @extend_schema(summary="Change a line of a plan template", parameters=[NUMBER])
    @action(detail=True, methods=["patch"], url_path="lines/(?P<line>[0-9]{1,18})")
    def edit_line(self, request: Request, pk: str, line: str) -> Response:
        values = self.said(partial=True)
        row = self._line(pk, line)
        version = self.version(values)
        templates.edit_line(row, values, by=self.by, version=version)
        return self.answer(row.template_id)

    @extend_schema(summary="Remove a line from a plan template", parameters=[NUMBER], request=None)
    @edit_line.mapping.delete
    def remove_line(self, request: Request, pk: str, line: str) -> Response:
        row = self._line(pk, line)
        templates.remove_line(row, by=self.by)
        return self.answer(int(pk))

    def _line(self, pk: str, line: str) -> TemplateLine:
        found: TemplateLine | None = (
            TemplateLine.objects.select_related("template")
            .filter(template=self.found(pk=int(pk)), pk=int(line))
            .first()
        )
        if found is None:
            raise NotFound("The template has no such line.")
        return found
