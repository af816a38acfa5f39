"""What every page of imports stands in: the frame of the settings, and the job that the address names."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import MemberRequest
from accounts.imports.models import Import, Noun, Stage
from accounts.views.settings_map import tabs

TONES = {
    Stage.MAPPING: "", Stage.CHECKING: "accent", Stage.CHECKED: "accent", Stage.RUNNING: "accent", Stage.DONE: "green",
    Stage.STOPPED: "amber", Stage.UNDOING: "accent", Stage.UNDONE: "", Stage.FAILED: "red",
}  # fmt: skip
# Words and icons of what a row can stand for, in the order that a newcomer needs them.
ICONS = {
    Noun.ACCOUNT: "building-2", Noun.CONTACT: "contact-round", Noun.PRODUCT: "package", Noun.CONTRACT: "file-text",
    Noun.NOTE: "sticky-note",
}  # fmt: skip


def show(request: MemberRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"imports/{template}", {"tabs": tabs(request)} | context, status=status)


def is_part(request: MemberRequest) -> bool:
    """Asked for by a page that stays where it is."""
    return bool(request.htmx and not request.htmx.boosted)  # type: ignore[attr-defined]


def onward(request: MemberRequest, url: str) -> HttpResponse:
    """A part of a page can't follow a redirect: the page has to."""
    if not is_part(request):
        return redirect(url)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = url
    return response


def job_or_404(pk: int) -> Import:
    job = Import.objects.select_related("created_by", "mapping").filter(pk=pk).first()
    if job is None:
        raise Http404("No such import")
    return job
