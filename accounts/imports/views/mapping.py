"""Which column says what: tried out on the page, kept when it is tried on the whole file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.actions.errors import Refused
from accounts.forms.answers import STALE, TAKEN, WRONG, attempt
from accounts.imports import reading
from accounts.imports.actions import columns as column_rules
from accounts.imports.actions import files, imports
from accounts.imports.forms import MappingForm
from accounts.imports.models import Import, Kind, Stage
from accounts.imports.views.columns import column_rows
from accounts.imports.views.frame import ICONS, job_or_404, show
from accounts.roles import Permission

OPEN = (Stage.MAPPING, Stage.CHECKED, Stage.FAILED)
# Putting a larger workbook together only to name its sheets would keep the page waiting.
LIGHT = 50 * 1024 * 1024


@require_http_methods(["GET", "POST"])
@requires(Permission.DATA_IMPORT)
def import_map(request: MemberRequest, pk: int) -> HttpResponse:
    """`do`: read (look again, keep nothing but the layout), keep (under a name), try (on the whole file)."""
    job = job_or_404(pk)
    if job.stage not in OPEN:
        return redirect("imports:import-detail", pk)
    if request.method == "GET":
        return _page(request, job, _form(job))
    form = _form(job, request.POST)
    if request.POST.get("do") == "read" or (form.is_valid() and form.layout_changed):
        return _read(request, job, form)
    saved, status = attempt(form, lambda: _keep(request, job, form))
    if saved is None:
        return _page(request, job, form, status)
    if request.POST.get("do") == "keep":
        return redirect("imports:import-map", pk)
    if column_rules.missing(saved):
        return _page(request, saved, _form(saved), WRONG)
    imports.check(saved, by=request.user)
    return redirect("imports:import-detail", pk)


def _form(job: Import, data: Any = None) -> MappingForm:
    names: list[str] = []
    if job.kind == Kind.XLSX and job.size <= LIGHT:
        with files.restored(job) as path:
            names = reading.sheets(path)
    return MappingForm(data, job=job, sheets=names)


def _read(request: MemberRequest, job: Import, form: MappingForm) -> HttpResponse:
    """As it would be: only another layout of the file is kept, because it makes other columns."""

    def look() -> Import:
        if form.layout_changed:
            return imports.look_again(job, form.format)
        column_rules.read(job, form.columns)
        return job

    read, status = attempt(form, look)
    if read is not None and not form.layout_changed:
        read.columns, read.format = form.columns, read.format | form.format
        read.options = read.options | form.options
    shown = form if read is None else _form(read)
    return _page(request, read or job, shown, status)


def _keep(request: MemberRequest, job: Import, form: MappingForm) -> Import:
    name = form.cleaned_data["mapping_name"].strip()
    if request.POST.get("do") == "keep" and not name:
        raise Refused({"mapping_name": [_("Give the mapping a name.")]})
    job = imports.map_columns(
        job, form.columns, by=request.user, format=form.format, options=form.options, version=form.seen_version
    )
    if request.POST.get("do") == "keep":
        column_rules.save_mapping(job, name, by=request.user)
        messages.success(request, _("Saved as “%(name)s” for the next file.") % {"name": name})
    return job


def _page(request: MemberRequest, job: Import, form: MappingForm, status: int = TAKEN) -> HttpResponse:
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
    }
    part = "#mapping" if request.htmx and not request.htmx.boosted else ""  # type: ignore[attr-defined]
    return show(request, f"mapping.html{part}", context, status)
