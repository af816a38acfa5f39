"""The rows of an import: what each says, what becomes of it, and why not."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.problems import Problem
from accounts.api.resource import Resource
from accounts.imports.actions import forgetting
from accounts.imports.api.filters import RowFilters
from accounts.imports.api.shapes import ROW, RowShape
from accounts.imports.models import Import, Record
from accounts.roles import Permission

IMPORT = OpenApiParameter("import_id", int, OpenApiParameter.PATH, description="The import's id.")


@extend_schema(tags=["imports"])
class RowResource(Resource):
    noun = "row"
    queryset = Record.objects.all()
    filterset_class = RowFilters
    shape = RowShape
    columns = (*ROW, "target_id")
    permissions = {"list": Permission.DATA_IMPORT}
    passing = ("list",)

    def order(self, request: Request) -> tuple[str, ...]:
        return ("number",)

    @extend_schema(
        summary="List an import's rows",
        description="Of the noun that it is about, or of another that its rows speak of, in the order of the file.",
        parameters=[IMPORT],
    )
    def list(self, request: Request, import_id: str) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self._rows_of(int(import_id))))
        return self.get_paginated_response(self.shown(page or []))

    def _rows_of(self, import_id: int) -> QuerySet[Any]:
        job = Import.objects.filter(pk=import_id).first()
        if job is None:
            raise NotFound("There is no such import.")
        if job.forgotten_at is not None:
            raise Problem(410, forgetting.gone(job))
        rows = self.rows().filter(job=job)
        return rows if self.request.query_params.get("noun") else rows.filter(noun=job.noun)
