"""Exports: every list, or all of them, sent while they are read."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from accounts import downloads
from accounts.actions import exports as takings
from accounts.api.resource import Resource, Shape
from accounts.exports import CSV, KINDS, XLSX, Kind
from accounts.extracts import EXTRACTS
from accounts.roles import Permission

ASKED = ("format", "archived")
PARAMETERS = [
    OpenApiParameter("format", str, enum=list(KINDS), default=CSV.code, description="The kind of file."),
    OpenApiParameter(
        "archived",
        str,
        enum=["true", "false"],
        default="false",
        description="Archived accounts and what is theirs, too.",
    ),
]
NOUN = OpenApiParameter("noun", str, OpenApiParameter.PATH, enum=list(EXTRACTS), description="Which list.")
ROWS = {"type": "array", "items": {"type": "object", "additionalProperties": True}}


class AsAsked(DefaultContentNegotiation):
    """`format` names the kind of file, whatever `Accept` says; problems are JSON."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type or ""


class NothingShape(Shape):
    """An export has no shape of its own: its rows have the headings of the list."""


@extend_schema(tags=["exports"])
class ExportResource(Resource):
    noun = "export"
    shape = NothingShape
    pagination_class = None
    filter_backends = ()
    content_negotiation_class = AsAsked
    lookup_field = "noun"
    lookup_value_regex = "[a-z]+"
    permissions = {"retrieve": Permission.DATA_EXPORT, "everything": Permission.DATA_EXPORT}

    @extend_schema(
        summary="Download a list",
        parameters=[NOUN, *PARAMETERS],
        responses={
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "The list."),
            (200, XLSX.media_type): OpenApiTypes.BINARY,
            (200, "application/json"): ROWS,
        },
    )
    def retrieve(self, request: Request, noun: str) -> StreamingHttpResponse:
        if noun not in EXTRACTS:
            raise NotFound(f"There is no such list; there are {', '.join(EXTRACTS)}.")
        kind, archived = asked(request)
        takings.note_lists([noun], kind.code, archived=archived, by=self.by)
        return downloads.list_download(self.tenant, EXTRACTS[noun], kind, archived=archived)

    @extend_schema(
        operation_id="exports_everything",
        summary="Download every list, as one ZIP",
        parameters=PARAMETERS,
        responses={(200, downloads.ZIP): OpenApiTypes.BINARY},
    )
    @action(detail=False, url_path="all")
    def everything(self, request: Request) -> StreamingHttpResponse:
        kind, archived = asked(request)
        takings.note_lists(list(EXTRACTS), kind.code, archived=archived, by=self.by)
        return downloads.whole_download(self.tenant, kind, archived=archived)


def asked(request: Request) -> tuple[Kind, bool]:
    """The kind of file, and whether archived accounts are wanted."""
    said = request.query_params
    errors = {name: ["An export can't be asked for that."] for name in said if name not in ASKED}
    kind = downloads.kind_of(said.get("format", ""))
    if kind is None:
        errors["format"] = [f"This must be one of: {', '.join(KINDS)}."]
    if said.get("archived", "false") not in ("true", "false"):
        errors["archived"] = ["This must be true or false."]
    if kind is None or errors:
        raise ValidationError(errors)
    return kind, said.get("archived") == "true"
