"""A stream as the answer to a request: named, never kept by anything in between."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import StreamingHttpResponse

from accounts import calendar
from accounts.exports import KINDS, Kind
from accounts.extracts import EXTRACTS, Extract, everything, written
from accounts.models import Tenant

ZIP = "application/zip"


def download(pieces: Iterable[bytes], name: str, media_type: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def kind_of(code: str) -> Kind | None:
    """From ?format=; without one it is CSV."""
    return KINDS.get(code or "csv")


def list_download(tenant: Tenant, extract: Extract, kind: Kind, *, archived: bool) -> StreamingHttpResponse:
    return download(
        written(tenant, extract, kind, archived=archived), dated(extract.noun, tenant, kind.code), kind.media_type
    )


def whole_download(tenant: Tenant, kind: Kind, *, archived: bool) -> StreamingHttpResponse:
    pieces = everything(tenant, EXTRACTS.values(), kind, archived=archived)
    return download(pieces, dated("everything", tenant, "zip"), ZIP)


def dated(what: str, tenant: Tenant, suffix: str) -> str:
    """ "contacts-acme-2026-11-22.csv" """
    return f"{what}-{tenant.slug}-{calendar.local_today(tenant)}.{suffix}"
