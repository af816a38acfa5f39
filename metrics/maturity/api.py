"""Maturity for other systems: what is asked, what was answered about an account, and the matrix."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.actions.errors import refuse
from accounts.api.fields import Amount, Day, Entry, Money, NothingEntry, Text, Versioned
from accounts.api.resource import Readable, Resource, Shape
from accounts.calendar import local_today
from accounts.models import Account, Phase
from accounts.roles import Permission
from metrics.maturity import actions, board, index
from metrics.maturity.models import Assessment, Matrix, MaturityTemplate

QUESTION = {
    "key": "owner", "area": "people", "text": "Who owns it?", "levels": ["Nobody", "Somebody", "A person", "A team"],
}  # fmt: skip


class QuestionShape(serializers.Serializer):
    key = serializers.CharField()
    area = serializers.ChoiceField(choices=index.AREAS)
    text = serializers.CharField()
    levels = serializers.ListField(child=serializers.CharField(), help_text="Four, the lowest first.")


class TemplateShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    questions = QuestionShape(many=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row


class TemplateEntry(Entry):
    example: ClassVar[dict[str, Any]] = {"name": "Customer maturity", "questions": [QUESTION]}

    name = Text(80, required=True)
    questions = serializers.JSONField(help_text="As an answer shows them.")


class TemplateChange(Versioned):
    """Fields that are left out stay as they are."""

    name = Text(80, required=False)
    questions = serializers.JSONField(required=False)


class TemplateFilters(df.FilterSet):
    class Meta:
        model = MaturityTemplate
        fields: list[str] = []


@extend_schema(tags=["maturity"])
@extend_schema_view(
    list=extend_schema(summary="List maturity templates"),
    retrieve=extend_schema(summary="Read a maturity template"),
    create=extend_schema(summary="Add a maturity template"),
    partial_update=extend_schema(summary="Change a maturity template"),
)
class TemplateResource(Readable):
    noun = "maturity template"
    queryset = MaturityTemplate.objects.all()
    filterset_class = TemplateFilters
    shape = TemplateShape
    columns = ("id", "name", "questions", "archived_at", "version")
    entries = {"create": TemplateEntry, "partial_update": TemplateChange, "archive": NothingEntry}
    permissions = {"list": Permission.ACCOUNT_VIEW, "retrieve": Permission.ACCOUNT_VIEW} | dict.fromkeys(
        ("create", "partial_update", "archive"), Permission.HEALTH_EDIT
    )

    def create(self, request: Request) -> Response:
        return self.answer(actions.add(self.said(), by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values, row = self.said(partial=True), self.found(pk=int(pk))
        actions.edit(row, values, by=self.by, version=self.version(values))
        return self.answer(row.pk)

    @extend_schema(summary="Archive a maturity template")
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        self.said()
        actions.archive(self.found(pk=int(pk)), by=self.by)
        return self.answer(int(pk))


class AssessmentShape(Shape):
    id = serializers.IntegerField()
    template_id = serializers.IntegerField()
    template_number = serializers.IntegerField(allow_null=True, help_text="Version of the template that was asked.")
    answers = serializers.DictField(child=serializers.IntegerField(), help_text="By question, 1 to 4.")
    score = serializers.IntegerField(help_text="0 to 100.")
    level = serializers.IntegerField(help_text="1 to 4.")
    note = serializers.CharField()
    assessed_on = serializers.DateField()
    assessed_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row


class AssessmentEntry(Entry):
    example: ClassVar[dict[str, Any]] = {"template": 1, "answers": {"owner": 3}, "note": "Asked at the review"}

    template = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    answers = serializers.JSONField(help_text="A level from 1 to 4 for each question.")
    on = Day(required=False, help_text="The day it was found on; without: today.")
    note = Text(500, required=False)


class AssessmentFilters(df.FilterSet):
    class Meta:
        model = Assessment
        fields: list[str] = []


@extend_schema(tags=["maturity"])
@extend_schema_view(
    list=extend_schema(summary="List an account’s assessments"),
    create=extend_schema(summary="Assess an account", description="The newest day counts."),
)
class AssessmentResource(Resource):
    noun = "assessment"
    queryset = Assessment.objects.all()
    filterset_class = AssessmentFilters
    shape = AssessmentShape
    columns = (
        "id", "template_id", "template_number", "answers", "score", "level", "note", "assessed_on", "assessed_at",
    )  # fmt: skip
    entries = {"create": AssessmentEntry}
    permissions = {"list": Permission.ACCOUNT_VIEW, "create": Permission.ACCOUNT_EDIT}

    @property
    def account(self) -> Account:
        accounts = Account.objects.visible_to(self.key)  # type: ignore[attr-defined]
        account: Account | None = accounts.filter(pk=int(self.kwargs["account_pk"])).first()
        if account is None:
            raise NotFound("There is no such account.")
        return account

    def rows(self) -> QuerySet[Any]:
        return super().rows().filter(account=self.account)

    def list(self, request: Request, account_pk: str) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.rows()))
        return self.get_paginated_response(self.shown(page or []))

    def create(self, request: Request, account_pk: str) -> Response:
        account, values = self.account, self.said()
        template = MaturityTemplate.objects.filter(pk=values.pop("template")).first()
        if template is None:
            raise refuse("template", "There is no such template.")
        row = actions.assess(account, template, **values, by=self.by, today=local_today(self.tenant))
        return self.answer(row.pk, 201)


class CellShape(serializers.Serializer):
    key = serializers.ChoiceField(choices=index.CELLS)
    label = serializers.CharField()  # type: ignore[assignment]
    policy = serializers.CharField()
    hours_each = serializers.IntegerField(help_text="Hours a month for one account.")
    accounts = serializers.IntegerField()
    arr = Amount(many=True, help_text="What they pay a year, by currency, the largest first.")


class MatrixShape(Shape):
    health_from = serializers.IntegerField()
    maturity_from = serializers.IntegerField()
    version = serializers.IntegerField()
    cells = CellShape(many=True)
    apart = serializers.IntegerField(help_text="Accounts of which health or maturity isn’t known.")


class MatrixEntry(Versioned):
    """What is left out stays as it is."""

    health_from = serializers.IntegerField(min_value=1, max_value=100, required=False)
    maturity_from = serializers.IntegerField(min_value=1, max_value=100, required=False)
    cells = serializers.JSONField(required=False, help_text="All four by key: label, policy, hours.")


class MatrixFilters(df.FilterSet):
    class Meta:
        model = Matrix
        fields: list[str] = []


class MatrixResource(Resource):
    """`maturity-matrix`."""

    noun = "matrix"
    queryset = Matrix.objects.all()
    columns = ("id",)
    shape = MatrixShape
    filterset_class = MatrixFilters
    pagination_class = None
    entries = {"create": MatrixEntry}
    permissions = {"list": Permission.ACCOUNT_VIEW, "create": Permission.HEALTH_EDIT}

    @extend_schema(
        tags=["maturity"],
        summary="Read the matrix of health and maturity",
        responses=forced_singular_serializer(MatrixShape),  # type: ignore[no-untyped-call]
    )
    def list(self, request: Request) -> Response:
        self.filter_queryset(self.queryset)
        return Response(self._told())

    @extend_schema(tags=["maturity"], summary="Say what the cells of the matrix mean", responses={200: MatrixShape})
    def create(self, request: Request) -> Response:
        values = self.said(partial=True)
        actions.edit_matrix(values, by=self.by, version=self.version(values))
        return Response(self._told())

    def shown_again(self, row: Any) -> dict[str, Any]:
        return self._told()

    def _told(self) -> dict[str, Any]:
        accounts = Account.objects.visible_to(self.key).exclude(phase=Phase.ENDED)  # type: ignore[attr-defined]
        found = board.board(accounts, actions.matrix())
        names = ("key", "label", "policy", "hours_each")
        cells = [
            {name: getattr(each, name) for name in names}
            | {"accounts": each.count, "arr": [Money.of(minor, currency) for minor, currency in each.sums]}
            for each in found.cells
        ]
        said = {name: getattr(found.matrix, name) for name in ("health_from", "maturity_from", "version")}
        return said | {"cells": cells, "apart": found.apart}


routes: list[tuple[str, type[GenericViewSet], str]] = [
    ("maturity-templates", TemplateResource, "maturity-template"),
    ("maturity-matrix", MatrixResource, "maturity-matrix"),
    (r"accounts/(?P<account_pk>[0-9]{1,18})/maturity", AssessmentResource, "account-maturity"),
]
