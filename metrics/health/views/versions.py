"""Versions: what one said and how it differs, who signs it, and models as YAML."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest, requires
from accounts.actions.errors import Refused
from accounts.forms.answers import attempt
from accounts.roles import Permission
from accounts.views.tasks import task_or_404
from metrics.health import checking, definitions, documents, live
from metrics.health.actions import bringing, signing, versions
from metrics.health.forms.around import AskForm, BringForm, DecideForm
from metrics.health.forms.editor import Editor
from metrics.health.models import SignOff, State
from metrics.health.views.frame import digits, draft_or_404, previewed, show, version_or_404


@require_GET
@requires(Permission.SETTINGS_VIEW)
def version(request: MemberRequest, pk: int) -> HttpResponse:
    row = version_or_404(pk)
    before = row.model.versions.filter(number__lt=row.number).order_by("-number").first()
    return show(request, "version.html", {
        "version": row,
        "before": before,
        "differences": definitions.differences(before.definition, row.definition) if before else [],
        "read": definitions.read(row.definition),
        "known": live.inputs(),
        "sign_offs": row.sign_offs.select_related("asked"),
    })  # fmt: skip


@require_POST
@requires(Permission.HEALTH_EDIT)
def retire(request: MemberRequest, pk: int) -> HttpResponse:
    row = version_or_404(pk)
    try:
        versions.retire(row, by=request.user)
        messages.success(request, _("Retired: its accounts go to the next model in order."))
    except Refused as refused:
        messages.error(request, refused.words)
    return redirect("health:model-detail", row.model_id)


@require_GET
@requires(Permission.SETTINGS_VIEW)
def as_yaml(request: MemberRequest, pk: int) -> HttpResponse:
    row = version_or_404(pk)
    text = documents.written(row.model.name, row.model.key, row.model.applies, row.definition)
    name = f"{row.model.key}-v{row.number}.yaml"
    return HttpResponse(text, content_type="application/yaml; charset=utf-8",
                        headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.HEALTH_EDIT)
def bring(request: MemberRequest) -> HttpResponse:
    """A model out of a file: a new one, or the next draft of the one that has its key."""
    form, status = BringForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        row, status = attempt(form, lambda: bringing.bring(form.cleaned_data["text"], by=request.user))
        if row:
            messages.success(request, _("Brought in as a draft: look at what it would change, then publish it."))
            return redirect("health:draft", row.pk)
    return show(request, "bring.html", {"form": form}, status)


@require_POST
@requires(Permission.HEALTH_EDIT)
def ask(request: MemberRequest, pk: int) -> HttpResponse:
    """A refusal stands on the draft's page, where the form is."""
    draft, form = draft_or_404(pk), AskForm(request.POST)
    row, status = attempt(
        form, lambda: signing.ask(draft, form.cleaned_data["person"], form.cleaned_data["role"], by=request.user)
    )
    if row:
        messages.success(request, _("Asked to sign: {person}.").format(person=row.asked))
        return redirect("health:draft", pk)
    fields = Editor(draft.definition, live.inputs(), {}, digits(request)).built()
    context = {"draft": draft, "editor": fields, "note": draft.note, "ask": form}
    return show(request, "draft.html", context | {"sign_offs": draft.sign_offs.select_related("asked")}, status)


@require_POST
@requires(Permission.HEALTH_EDIT)
def spare(request: MemberRequest, pk: int) -> HttpResponse:
    """Whoever left the workspace would else hold the draft back for ever."""
    row = get_object_or_404(SignOff.objects.select_related("of__model", "asked"), pk=pk)
    try:
        signing.spare(row, by=request.user)
        messages.success(request, _("{person} needn’t sign.").format(person=row.asked))
    except Refused as refused:
        messages.error(request, refused.words)
    return redirect("health:draft" if row.of.state == State.DRAFT else "health:version", row.of_id)


@require_http_methods(["GET", "POST"])
@requires(Permission.ACCOUNT_VIEW)
def sign_off(request: MemberRequest, pk: int) -> HttpResponse:
    row = _mine_or_404(request, pk)
    form, status, signed = DecideForm(request.POST or None), 200, request.POST.get("act") == "sign"
    if request.method == "POST":
        done, status = attempt(
            form, lambda: signing.decide(row, signed=signed, note=form.cleaned_data["note"], by=request.user)
        )
        if done:
            messages.success(request, _("Signed.") if signed else _("Declined, with your reason."))
            return redirect("accounts:home")
    live_one = row.of.model.versions.filter(state=State.PUBLISHED).first()
    changed = definitions.differences(live_one.definition if live_one else None, row.of.definition)
    return render(
        request, "health/sign_off.html", {"sign_off": row, "form": form, "differences": changed}, status=status
    )


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def signed_preview(request: MemberRequest, pk: int) -> HttpResponse:
    """Who would change band, for the person who signs for it."""
    row = _mine_or_404(request, pk).of
    return previewed(request, row, row.definition, checking.check(row.definition, live.inputs()))


def _mine_or_404(request: MemberRequest, pk: int) -> SignOff:
    """Only the person who was asked finds it, whatever their role."""
    rows = SignOff.objects.select_related("of__model", "asked", "asked_by")
    return get_object_or_404(rows, pk=pk, asked=request.user, of__state=State.DRAFT)


@require_GET
@requires(Permission.TASK_VIEW)
def task_panel(request: MemberRequest, pk: int) -> HttpResponse:
    """The way from somebody's task to the page that they were asked to sign on."""
    rows = SignOff.objects.filter(task=task_or_404(request, pk), asked=request.user, of__state=State.DRAFT)
    return render(request, "health/task_panel.html", {"sign_off": rows.first()})
