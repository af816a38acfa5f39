"""Imports: a file is taken in, mapped, tried, run, stopped and taken back, as on the pages."""

from __future__ import annotations

from collections.abc import Callable

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.exports import AsAsked
from accounts.api.parsers import Form, StrictJson
from accounts.api.problems import Problem
from accounts.api.resource import Readable
from accounts.downloads import download
from accounts.exports import CSV
from accounts.imports.actions import forgetting, imports
from accounts.imports.api import taking_in
from accounts.imports.api.entries import FormEntry, ImportChange, ImportEntry
from accounts.imports.api.filters import ImportFilters
from accounts.imports.api.shapes import BRIEF, WHOLE, ImportBriefShape, ImportShape
from accounts.imports.models import Import
from accounts.roles import Permission

ACTS = ("check", "run", "stop", "undo", "forget")
Act = Callable[..., Import]


@extend_schema(tags=["imports"])
@extend_schema_view(
    list=extend_schema(summary="List imports", description="Newest first.", responses=ImportBriefShape(many=True)),
    retrieve=extend_schema(summary="Read an import: its stage, figures and mapping"),
    create=extend_schema(summary="Take in a file"),
    partial_update=extend_schema(
        summary="Map an import’s columns", description="Before it runs; what was tried has to be tried anew."
    ),
)
class ImportResource(Readable):
    noun = "import"
    queryset = Import.objects.all()
    parser_classes = (StrictJson, Form)
    filterset_class = ImportFilters
    shape = ImportShape
    people = ("created_by",)
    columns = WHOLE
    entries = {"create": ImportEntry, "partial_update": ImportChange, **dict.fromkeys(ACTS, FormEntry)}
    permissions = dict.fromkeys(
        ("list", "retrieve", "create", "partial_update", *ACTS, "refused"), Permission.DATA_IMPORT
    ) | {"forget": Permission.DATA_FORGET}
    passing = ("refused",)

    def order(self, request: Request) -> tuple[str, ...]:
        return ("-id",)

    def list(self, request: Request) -> Response:
        """Without what only one import's own page needs."""
        brief = self.get_queryset().values(*BRIEF, "created_by_id")
        page = self.with_people(self.paginate_queryset(self.filter_queryset(brief)) or [])
        return self.get_paginated_response([ImportBriefShape.of(row) for row in page])

    def create(self, request: Request) -> Response:
        return self.answer(taking_in.take_in(self.said(), by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        job = self.found(pk=int(pk))
        return self.answer(taking_in.map_anew(job, values, by=self.by, version=self.version(values)).pk)

    @extend_schema(summary="Try an import: nothing is written to the book")
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: str) -> Response:  # type: ignore[override]
        return self._act(imports.check, pk)

    @extend_schema(summary="Run an import that was tried, or go on where it was stopped")
    @action(detail=True, methods=["post"])
    def run(self, request: Request, pk: str) -> Response:
        return self._act(imports.run, pk)

    @extend_schema(summary="Stop an import; what it wrote stays")
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        return self._act(imports.stop, pk)

    @extend_schema(summary="Take back what an import wrote")
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        return self._act(imports.undo, pk)

    @extend_schema(
        summary="Delete an import's file and rows",
        description="For good, within seconds. Its figures stay; it can't be taken back or run any more.",
    )
    @action(detail=True, methods=["post"])
    def forget(self, request: Request, pk: str) -> Response:
        return self._act(forgetting.forget, pk)

    @extend_schema(
        summary="Download the refused rows as CSV, each with its reason",
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    @action(detail=True, content_negotiation_class=AsAsked)
    def refused(self, request: Request, pk: str) -> StreamingHttpResponse:
        job = self.found(pk=int(pk))
        if job.forgotten_at is not None:
            raise Problem(410, forgetting.gone(job))
        head, rows = imports.refused_rows(job)
        return download(CSV.written(head, rows, ""), f"import-{job.pk}-refused.csv", CSV.media_type)

    def _act(self, act: Act, pk: str) -> Response:
        self.said()
        return self.answer(act(self.found(pk=int(pk)), by=self.by).pk)
