"""Saved mappings: which heading means what, for the same export next week."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.resource import Readable
from accounts.imports.actions import mappings
from accounts.imports.api.entries import MappingEntry, NewMappingEntry
from accounts.imports.api.filters import MappingFilters
from accounts.imports.api.shapes import MAPPING, MappingShape
from accounts.imports.models import SavedMapping
from accounts.roles import Permission


@extend_schema(tags=["imports"])
@extend_schema_view(
    list=extend_schema(summary="List saved mappings"),
    retrieve=extend_schema(summary="Read a saved mapping"),
    create=extend_schema(
        summary="Save a mapping", responses={201: MappingShape, 200: OpenApiResponse(MappingShape, "Replaced.")}
    ),
    update=extend_schema(summary="Replace a saved mapping"),
    destroy=extend_schema(summary="Forget a saved mapping"),
)
class MappingResource(Readable):
    noun = "mapping"
    queryset = SavedMapping.objects.all()
    filterset_class = MappingFilters
    shape = MappingShape
    people = ("created_by",)
    columns = MAPPING
    entries = {"create": NewMappingEntry, "update": MappingEntry}
    permissions = dict.fromkeys(("list", "retrieve", "create", "update", "destroy"), Permission.DATA_IMPORT)

    def create(self, request: Request) -> Response:
        values = self.said()
        values.pop("version", None)
        mapping, new = mappings.add(values, by=self.by, replace=values.pop("replace", False))
        return self.answer(mapping.pk, 201 if new else 200)

    def update(self, request: Request, pk: str) -> Response:
        values = self.said()
        version = self.version(values)
        whole = {"columns": {}, "options": {}} | values
        return self.answer(mappings.edit(self.found(pk=int(pk)), whole, by=self.by, version=version).pk)

    def destroy(self, request: Request, pk: str) -> Response:
        mappings.forget(self.found(pk=int(pk)), by=self.by, version=self.version({}))
        return Response(status=204)
