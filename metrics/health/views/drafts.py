"""The editor: a draft piece by piece, with what it would change today; then sign-off and publication."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, requires
from accounts.actions.errors import Conflict, Refused
from accounts.roles import Permission
from metrics.health import checking, live
from metrics.health.actions import versions
from metrics.health.forms import typed
from metrics.health.forms.around import AskForm
from metrics.health.forms.editor import Editor
from metrics.health.models import HealthVersion
from metrics.health.views.frame import digits, draft_or_404, previewed, show


@require_http_methods(["GET", "POST"])
@requires(Permission.HEALTH_EDIT)
def draft(request: MemberRequest, pk: int) -> HttpResponse:
    """Saved as a whole; `act` asks for one piece more or less, and nothing is written then."""
    row, known = draft_or_404(pk), live.inputs()
    if request.method == "GET":
        return _shown(request, row, row.definition, {})
    raw, act = typed.definition(request.POST, known, digits(request)), request.POST.get("act", "save")
    if act != "save":
        return _shown(request, row, typed.shaped(raw, act), {})
    seen = request.POST.get("version", "")
    try:
        versions.edit_draft(row, raw, note=request.POST.get("note", ""), by=request.user,
                            version=int(seen) if seen.isdigit() and len(seen) < 9 else None)  # fmt: skip
    except Refused as refused:
        return _shown(request, row, raw, refused.errors, 422)
    except Conflict as conflict:
        said = _("Somebody else saved this draft while you were editing. Save again to keep what you have here.")
        return _shown(request, conflict.current, raw, {"": [said]}, 409)
    messages.success(request, _("Draft saved."))
    return redirect("health:draft", pk)


def _shown(
    request: MemberRequest, row: Any, raw: dict[str, Any], errors: dict[str, list[str]], status: int = 200
) -> HttpResponse:
    fields = Editor(raw, live.inputs(), errors, digits(request)).built()
    context = {
        "draft": row, "editor": fields, "note": request.POST.get("note", row.note), "failed": bool(errors),
        "sign_offs": row.sign_offs.select_related("asked"), "ask": AskForm(),
    }  # fmt: skip
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        return render(request, "health/settings/_editor.html", context, status=status)
    return show(request, "draft.html", context, status)


@require_POST
@requires(Permission.HEALTH_EDIT)
def preview(request: MemberRequest, pk: int) -> HttpResponse:
    """Of what stands in the fields now, saved or not."""
    row, known = draft_or_404(pk), live.inputs()
    raw = typed.definition(request.POST, known, digits(request)) if "bands.healthy" in request.POST else row.definition
    problems = checking.check(raw, known)
    return previewed(request, row, raw, problems)


@require_POST
@requires(Permission.HEALTH_EDIT)
def publish(request: MemberRequest, pk: int) -> HttpResponse:
    row = draft_or_404(pk)
    said = _("It scores from now on; accounts follow within seconds.")
    return _done(request, row, lambda: versions.publish(row, by=request.user), said)


@require_POST
@requires(Permission.HEALTH_EDIT)
def shadow(request: MemberRequest, pk: int) -> HttpResponse:
    row, on = draft_or_404(pk), request.POST.get("on") == "yes"
    said = _("It scores beside the live version.") if on else _("It no longer scores beside the live version.")
    return _done(request, row, lambda: versions.shadow(row, on, by=request.user), said)


@require_POST
@requires(Permission.HEALTH_EDIT)
def drop(request: MemberRequest, pk: int) -> HttpResponse:
    row = draft_or_404(pk)
    return _done(request, row, lambda: versions.drop(row, by=request.user), _("Draft dropped."))


def _done(request: MemberRequest, row: HealthVersion, act: Callable[[], Any], said: str) -> HttpResponse:
    """Back to the draft with the reason, or on to the model."""
    pk = row.pk
    try:
        act()
    except Refused as refused:
        messages.error(request, refused.words)
        return redirect("health:draft", pk)
    messages.success(request, said)
    return redirect("health:model-detail", row.model_id)
