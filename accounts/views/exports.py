"""The page from which lists leave the workspace, one by one or all together."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import downloads
from accounts.access import MemberRequest, requires
from accounts.actions import exports as takings
from accounts.exports import KINDS
from accounts.extracts import EXTRACTS
from accounts.roles import Permission
from accounts.views.saving import show

ALL = "all"


@require_GET
@requires(Permission.DATA_EXPORT)
def export_list(request: MemberRequest) -> HttpResponse:
    archived = "archived" in request.GET
    lists = [
        {"label": extract.label, "icon": extract.icon, "links": _links(extract.noun, archived)}
        for extract in EXTRACTS.values()
    ]
    choices = [(_("Present accounts"), "?", not archived), (_("Archived ones, too"), "?archived=1", archived)]
    return show(request, "export.html", {"lists": lists, "whole": _links(ALL, archived), "choices": choices})


@require_GET
@requires(Permission.DATA_EXPORT)
def export_download(request: MemberRequest) -> HttpResponseBase:
    """?list=contacts&format=xlsx; `all` is everything in one ZIP. That it was taken out is on record."""
    kind = downloads.kind_of(request.GET.get("format", ""))
    noun, archived = request.GET.get("list", ALL), "archived" in request.GET
    if kind is None or (noun != ALL and noun not in EXTRACTS):
        raise Http404("No such export")
    takings.note_lists([noun] if noun != ALL else list(EXTRACTS), kind.code, archived=archived, by=request.user)
    if noun == ALL:
        return downloads.whole_download(request.tenant, kind, archived=archived)
    return downloads.list_download(request.tenant, EXTRACTS[noun], kind, archived=archived)


def _links(noun: str, archived: bool) -> list[dict[str, Any]]:
    """One for each kind of file."""
    address = reverse("accounts:export-download")
    asked = {"list": noun} | ({"archived": 1} if archived else {})
    return [
        {
            "label": kind.label,
            "short": kind.code.upper(),
            "href": f"{address}?{urlencode(asked | {'format': kind.code})}",
        }
        for kind in KINDS.values()
    ]
