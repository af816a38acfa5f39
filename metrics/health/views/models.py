"""Health models in their order: begun, named, moved, put away; each with its versions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest, requires
from accounts.actions.errors import Conflict, Refused
from accounts.forms.answers import STALE, TAKEN, attempt
from accounts.models import Account
from accounts.roles import Permission
from blueprints import rules
from metrics.health import defaults, live
from metrics.health.actions import beginning, models, versions
from metrics.health.forms.around import ModelForm
from metrics.health.models import HealthModel, HealthVersion, SignOff, State
from metrics.health.views import changing
from metrics.health.views.frame import show


def model_or_404(pk: int) -> HealthModel:
    return get_object_or_404(HealthModel.objects.all(), pk=pk)


@require_GET
@requires(Permission.SETTINGS_VIEW)
def model_list(request: MemberRequest) -> HttpResponse:
    return _listed(request)


def _listed(request: MemberRequest, status: int = TAKEN) -> HttpResponse:
    rows = list(HealthModel.objects.filter(archived_at=None))
    found: dict[int, dict[str, HealthVersion]] = {}
    for version in HealthVersion.objects.filter(model__in=rows).exclude(state=State.RETIRED):
        found.setdefault(version.model_id, {})[version.state] = version
    known = live.inputs()
    told = [{"model": row, "for": rules.sentences(row.applies, known), **found.get(row.pk, {})} for row in rows]
    asked = SignOff.objects.filter(asked=request.user, decision="waiting", of__state=State.DRAFT)
    context = {
        "rows": told, "order": changing.told([row.pk for row in rows]), "asked": asked.select_related("of__model")
    }  # fmt: skip
    return show(request, "models.html", context, status)


@require_POST
@requires(Permission.HEALTH_EDIT)
def begin(request: MemberRequest) -> HttpResponse:
    try:
        beginning.begin(by=request.user)
        messages.success(request, _("Two models score from now on; change them as you learn."))
    except Refused as refused:
        messages.error(request, refused.words)
    return redirect("health:model-list")


@require_http_methods(["GET", "POST"])
@requires(Permission.HEALTH_EDIT)
def model_add(request: MemberRequest) -> HttpResponse:
    """It begins with one metric a pillar, out of what this workspace knows."""
    form, status = ModelForm(request.POST or None), 200
    if request.method == "POST":
        first = defaults.definition(defaults.PILLARS, live.inputs())
        model, status = attempt(form, lambda: models.add(form.values, first, by=request.user))
        if model:
            return redirect("health:draft", model.versions.get().pk)
    return show(request, "model_form.html", {"form": form, "back": reverse("health:model-list")}, status)


@require_GET
@requires(Permission.SETTINGS_VIEW)
def model_detail(request: MemberRequest, pk: int) -> HttpResponse:
    model = model_or_404(pk)
    rows = list(model.versions.select_related("published_by", "created_by"))
    return show(request, "model.html", {
        "model": model,
        "versions": rows,
        "draft": next((row for row in rows if row.state == State.DRAFT), None),
        "for": rules.sentences(model.applies, live.inputs()),
        "accounts": Account.objects.present().count() if not model.applies else None,
    })  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.HEALTH_EDIT)
def model_edit(request: MemberRequest, pk: int) -> HttpResponse:
    model, status = model_or_404(pk), 200
    form = ModelForm(request.POST or None, model=model)
    if request.method == "POST":
        if form.is_valid() and form.values["applies"] != model.applies:
            lines = live.lines_if(model, applies=form.values["applies"])
            if asked := changing.asked(request, model, lines):
                return asked
        saved, status = attempt(
            form, lambda: models.edit(model, form.values, by=request.user, version=form.cleaned_data["version"])
        )
        if saved:
            messages.success(request, _("Model saved."))
            return redirect("health:model-detail", model.pk)
    kept = rules.sentences(form.kept, live.inputs()) if form.kept else []
    back = reverse("health:model-detail", args=[pk])
    return show(request, "model_form.html", {"form": form, "model": model, "kept": kept, "back": back}, status)


@require_POST
@requires(Permission.HEALTH_EDIT)
def model_move(request: MemberRequest, pk: int) -> HttpResponse:
    model, up = model_or_404(pk), request.POST.get("to") == "up"
    rows = list(HealthModel.objects.filter(archived_at=None))
    before, after = [row.pk for row in rows], [row.pk for row in models.moved(rows, model, up=up)]
    try:
        if request.POST.get(changing.ORDER, changing.told(before)) != changing.told(before):
            raise Conflict(model)
        lines = live.lines_if(model, order=after) if after != before else []
        if lines and (asked := changing.asked(request, model, lines, before)):
            return asked
        models.move(model, up=up, by=request.user, seen=before)
    except Conflict:
        messages.error(request, _("The order changed while you were looking at it: here it is as it stands now."))
        return _listed(request, STALE)
    return redirect("health:model-list")


@require_POST
@requires(Permission.HEALTH_EDIT)
def model_archive(request: MemberRequest, pk: int) -> HttpResponse:
    model = models.archive(model_or_404(pk), by=request.user)
    messages.success(request, _("“{name}” scores nobody any more.").format(name=model.name))
    return redirect("health:model-list")


@require_POST
@requires(Permission.HEALTH_EDIT)
def model_draft(request: MemberRequest, pk: int) -> HttpResponse:
    return redirect("health:draft", versions.draft(model_or_404(pk), by=request.user).pk)
