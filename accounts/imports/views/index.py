"""The imports of a workspace, a new one, the empty file to fill in, and the mappings that are kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import exports, formats
from accounts.access import MemberRequest, requires
from accounts.forms.answers import TAKEN, attempt
from accounts.imports.actions import imports, mappings
from accounts.imports.fields import FIELDS
from accounts.imports.forms import UploadForm
from accounts.imports.models import Import, Noun, SavedMapping
from accounts.imports.views.frame import ICONS, TONES, show
from accounts.roles import Permission

SIZE = 50
SAYS = {
    Noun.ACCOUNT: gettext_lazy("A company per row, with its owners and, if you like, its contract."),
    Noun.CONTACT: gettext_lazy("A person per row, with the account they belong to."),
    Noun.PRODUCT: gettext_lazy("Something you sell per row, as contracts will name it."),
    Noun.CONTRACT: gettext_lazy("A term per row, each with its own id or none: past ones give you the history of ARR."),
    Noun.NOTE: gettext_lazy("A note, call, e-mail or meeting per row, on the day it happened."),
}
# What an empty file of a noun doesn't need: other ways to say the same, and what only exports know.
SPARE = {"contact.first_name", "contact.last_name", "contract.total", "contract.last_day", "contract.stage",
         "contract.term_months"}  # fmt: skip
ACRONYMS = {"arr": "ARR", "csm": "CSM", "ae": "AE"}


@require_GET
@requires(Permission.DATA_IMPORT)
def import_list(request: MemberRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    found = Import.objects.select_related("created_by").defer("sample", "headings", "columns")
    if before.isdecimal():
        found = found.filter(pk__lt=int(before))
    jobs = list(found[: SIZE + 1])
    context = {
        "rows": [_row(job, timezone.localtime()) for job in jobs[:SIZE]],
        "next": jobs[SIZE - 1].pk if len(jobs) > SIZE else None,
        "mappings": [
            {"mapping": each, "mapped": sum(bool(path) for path in each.columns.values())}
            for each in SavedMapping.objects.all()[:SIZE]
        ],
    }
    return show(request, "list.html", context)


def _row(job: Import, now: dt.datetime) -> dict[str, Any]:
    return {
        "job": job,
        "icon": ICONS[Noun(job.noun)],
        "tone": TONES[job.stage],  # type: ignore[index]
        "rows": formats.number(job.rows_total),
        "when": formats.ago(job.created_at, now),
    }


@require_http_methods(["GET", "POST"])
@requires(Permission.DATA_IMPORT)
def import_new(request: MemberRequest) -> HttpResponse:
    """The file is kept and its beginning read; what is wrong with it is said on the same page."""
    first = {"noun": request.GET.get("noun", Noun.ACCOUNT)}
    form = UploadForm(request.POST or None, request.FILES or None, initial=first)
    status = TAKEN
    if request.method == "POST":
        job, status = attempt(form, lambda: _open(request, form))
        if job:
            return redirect("imports:import-map", job.pk)
    chosen = form["noun"].value()
    nouns = [{"noun": noun, "icon": ICONS[noun], "says": SAYS[noun], "chosen": noun == chosen} for noun in ICONS]
    return show(request, "new.html", {"form": form, "nouns": nouns}, status)


def _open(request: MemberRequest, form: UploadForm) -> Import:
    said = form.cleaned_data
    return imports.open(
        said["file"].name, said["file"].chunks(), noun=said["noun"], by=request.user, mapping=said["mapping"]
    )


@require_GET
@requires(Permission.DATA_IMPORT)
def import_template(request: MemberRequest) -> HttpResponse | StreamingHttpResponse:
    """An empty file with headings that are understood."""
    noun = request.GET.get("noun", "")
    if noun not in Noun.values:
        return redirect("imports:import-new")
    response = StreamingHttpResponse(
        exports.as_csv(template_headings(noun), []), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{Noun(noun).label.lower()}.csv"'
    return response


def template_headings(noun: str) -> list[str]:
    """The most usual name of each field; rows of other nouns say whose they are first."""
    whose = ("account.name", "account.external_id") if noun not in (Noun.ACCOUNT, Noun.PRODUCT) else ()
    own = [path for path in FIELDS if path.startswith(f"{noun}.") and path not in SPARE]
    names = ((FIELDS[path].synonyms or FIELDS[path].own)[0] for path in (*whose, *own))
    return [ACRONYMS.get(name, name.capitalize()) for name in names]


@require_POST
@requires(Permission.DATA_IMPORT)
def mapping_forget(request: MemberRequest, pk: int) -> HttpResponse:
    mapping = get_object_or_404(SavedMapping, pk=pk)
    mappings.forget(mapping, by=request.user)
    messages.success(request, _("The mapping “%(name)s” is gone. Imports keep theirs.") % {"name": mapping.name})
    return redirect("imports:import-list")
