"""One page for an import from its try to its end: how far it is, what would happen, what was done, what stayed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.actions.errors import Refused
from accounts.imports.actions import forgetting, imports
from accounts.imports.models import BUSY, Import, Stage
from accounts.imports.views import progress, results
from accounts.imports.views.frame import ICONS, TONES, is_part, job_or_404, onward, show
from accounts.roles import Permission


@require_GET
@requires(Permission.DATA_IMPORT)
def import_detail(request: MemberRequest, pk: int) -> HttpResponse:
    job = job_or_404(pk)
    asked_again = is_part(request)
    if job.stage == Stage.MAPPING and job.forgotten_at is None:
        return onward(request, reverse("imports:import-map", args=[pk]))
    context = _head(request, job)
    if job.stage in BUSY:
        context |= progress.context(request, job)
    else:
        context |= results.context(request, job)
    if asked_again and request.htmx.target == "rows":  # type: ignore[attr-defined]
        return show(request, "_rows.html", context)
    return show(request, "job.html#job" if asked_again else "job.html", context)


def forgotten(request: MemberRequest, job: Import) -> HttpResponse:
    """What was asked for is gone; the page says so."""
    return show(request, "job.html", _head(request, job) | results.context(request, job), status=410)


def _head(request: MemberRequest, job: Import) -> dict[str, Any]:
    return {
        "job": job,
        "gone": forgetting.gone(job) if job.forgotten_at else "",
        "may_forget": not job.forgotten_at and request.membership.may(Permission.DATA_FORGET),
        "busy": job.stage in BUSY,
        "icon": ICONS[job.noun],  # type: ignore[index]
        "tone": TONES[job.stage],  # type: ignore[index]
        "rows_total": formats.number(job.rows_total),
        "when": formats.ago(job.created_at, timezone.localtime()),
    }


@require_POST
@requires(Permission.DATA_IMPORT)
def import_run(request: MemberRequest, pk: int) -> HttpResponse:
    return _act(request, pk, imports.run)


@require_POST
@requires(Permission.DATA_IMPORT)
def import_stop(request: MemberRequest, pk: int) -> HttpResponse:
    return _act(request, pk, imports.stop, _("Stopped. What was written stands until it is taken back."))


@require_POST
@requires(Permission.DATA_IMPORT)
def import_undo(request: MemberRequest, pk: int) -> HttpResponse:
    return _act(request, pk, imports.undo)


@require_POST
@requires(Permission.DATA_FORGET)
def import_forget(request: MemberRequest, pk: int) -> HttpResponse:
    return _act(request, pk, forgetting.forget, _("Deleted: the file and its rows. The figures stay."))


def _act(request: MemberRequest, pk: int, act: Callable[..., Import], done: str = "") -> HttpResponse:
    """What can't be done at this stage any more is said, and the page shows what stands now."""
    try:
        act(job_or_404(pk), by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if done:
            messages.success(request, done)
    return redirect("imports:import-detail", pk)
