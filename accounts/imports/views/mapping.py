"""Which column says what: kept as it is chosen, looked at on the page, then tried on the whole file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.forms.answers import STALE, TAKEN, WRONG, saved_at
from accounts.imports import reading
from accounts.imports.actions import columns as column_rules
from accounts.imports.actions import files, imports
from accounts.imports.forms import MappingForm
from accounts.imports.models import Import, Kind, Stage
from accounts.imports.views.columns import column_rows
from accounts.imports.views.frame import ICONS, is_part, job_or_404, onward, show
from accounts.imports.views.keeping import UNDER_A_NAME, keep
from accounts.roles import Permission

OPEN = (Stage.MAPPING, Stage.CHECKED, Stage.FAILED)
# Putting a larger workbook together only to name its sheets would keep the page waiting.
LIGHT = 50 * 1024 * 1024


@require_http_methods(["GET", "POST"])
@requires(Permission.DATA_IMPORT)
def import_map(request: MemberRequest, pk: int) -> HttpResponse:
    """`do`: read (look again), keep or replace (under a name), try (on the whole file); each keeps what is chosen."""
    job = job_or_404(pk)
    if job.stage not in OPEN or job.forgotten_at is not None:
        return onward(request, reverse("imports:import-detail", args=[pk]))
    if request.method == "GET":
        return _page(request, job, _form(job))
    form = _form(job, request.POST)
    other_columns = form.is_valid() and form.layout_changed
    kept, status = keep(request, job, form)
    if status == STALE and other_columns:
        messages.error(request, _("Somebody else changed this mapping meanwhile: this is how it stands now."))
    if other_columns and status != WRONG:
        return onward(request, reverse("imports:import-map", args=[pk]))
    return _page(request, job_or_404(pk), form, status) if kept is None else _onward(request, kept, form)


def _onward(request: MemberRequest, job: Import, form: MappingForm) -> HttpResponse:
    do, shown = request.POST.get("do"), _form(job)
    if do == "read":
        return _page(request, job, shown, others=[*shown.fields] != [*form.fields])
    if do in UNDER_A_NAME:
        name = form.cleaned_data["mapping_name"].strip()
        messages.success(request, _("Saved as “%(name)s” for the next file.") % {"name": name})
        return redirect("imports:import-map", job.pk)
    if column_rules.missing(job):
        return _page(request, job, shown, WRONG)
    imports.check(job, by=request.user)
    return redirect("imports:import-detail", job.pk)


def _form(job: Import, data: Any = None) -> MappingForm:
    names: list[str] = []
    if job.kind == Kind.XLSX and job.size <= LIGHT:
        with files.restored(job) as path:
            names = reading.sheets(path)
    return MappingForm(data, job=job, sheets=names)


def _page(
    request: MemberRequest, job: Import, form: MappingForm, status: int = TAKEN, *, others: bool = False
) -> HttpResponse:
    """Who stays on the page hears what their choice changes; `others`: also that there are other questions now."""
    part = is_part(request)
    context: dict[str, Any] = {
        "job": job,
        "rows_total": formats.number(job.rows_total),
        "form": form,
        "icon": ICONS[job.noun],  # type: ignore[index]
        "reading": form.bound("format."),
        "choices": form.bound("options."),
        "columns": column_rows(job, form),
        "missing": column_rules.missing(job),
        "tried": status in (WRONG, STALE),
        "part": part,
        "may_forget": request.membership.may(Permission.DATA_FORGET),
        "others": others,
    }
    return saved_at(show(request, f"mapping.html{'#kept' if part else ''}", context, status), request.tenant)
