"""A template's questions: typed question by question, or as text; every save is a version that stays."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import MemberRequest, requires
from accounts.forms.answers import TAKEN, WRONG, attempt
from accounts.roles import Permission
from metrics.maturity import actions, index
from metrics.maturity.forms import (
    NameForm,
    QuestionForm,
    TemplateForm,
    as_text,
    bound_questions,
    question_forms,
    shaped,
    typed_questions,
)
from metrics.maturity.models import MaturityTemplate, TemplateVersion
from metrics.maturity.views.settings import show, template_or_404

SAVE = "save"
VERSIONS = 50


@require_http_methods(["GET", "POST"])
@requires(Permission.HEALTH_EDIT)
def template_add(request: MemberRequest) -> HttpResponse:
    """Begins with the usual questions."""
    if request.method == "GET" or request.POST.get("act", SAVE) != SAVE:
        return _shown(request, None, {"name": _("Customer maturity")}, index.USUAL)
    row, head, questions, status = _saved(request, None)
    if row is None:
        return _page(request, None, head, questions, status)
    messages.success(request, _("Added; accounts can be assessed with it."))
    return redirect("maturity:settings")


@require_http_methods(["GET", "POST"])
@requires(Permission.HEALTH_EDIT)
def template_edit(request: MemberRequest, pk: int) -> HttpResponse:
    row = template_or_404(pk)
    if request.method == "GET" or request.POST.get("act", SAVE) != SAVE:
        return _shown(request, row, {"name": row.name, "version": row.version}, row.questions)
    saved, head, questions, status = _saved(request, row)
    if saved is None:
        return _page(request, row, head, questions, status)
    messages.success(request, _("Saved; earlier assessments keep their questions."))
    return redirect("maturity:template-edit", pk)


def _shown(request: MemberRequest, row: MaturityTemplate | None, told: dict[str, Any], kept: Any) -> HttpResponse:
    """As it is kept; or as it is being typed, with one question more or less."""
    said = request.POST
    if said:
        told = {"name": said.get("name", ""), "version": said.get("version", "")}
        kept = shaped(typed_questions(said), said.get("act", ""))
    return _page(request, row, NameForm(initial=told | {"count": len(kept)}), question_forms(kept), TAKEN)


def _saved(
    request: MemberRequest, row: MaturityTemplate | None
) -> tuple[MaturityTemplate | None, NameForm, list[QuestionForm], int]:
    head, questions = NameForm(request.POST), bound_questions(request.POST)
    good = [each.is_valid() for each in questions]
    if not head.is_valid() or not all(good):
        return None, head, questions, WRONG
    values = {"name": head.cleaned_data["name"], "questions": [each.question for each in questions]}
    version = head.cleaned_data["version"]
    saved, status = attempt(head, lambda: (
        actions.add(values, by=request.user) if row is None
        else actions.edit(row, values, by=request.user, version=version)
    ))  # fmt: skip
    return saved, head, questions, status


def _page(
    request: MemberRequest, row: MaturityTemplate | None, head: NameForm, questions: list[QuestionForm], status: int
) -> HttpResponse:
    here = reverse("maturity:template-edit", args=[row.pk]) if row else reverse("maturity:template-add")
    versions = row.versions.select_related("made_by")[:VERSIONS] if row else []
    context = {
        "row": row, "form": head, "questions": questions, "versions": versions, "here": here,
        "full": len(questions) >= index.MOST,
    }  # fmt: skip
    return show(request, "template_editor.html", context, status)


@require_http_methods(["GET", "POST"])
@requires(Permission.HEALTH_EDIT)
def template_yaml(request: MemberRequest, pk: int) -> HttpResponse:
    """The same as text, which lives well in version control."""
    row = template_or_404(pk)
    told = {"name": row.name, "questions": as_text(row.questions), "version": row.version}
    form, status = TemplateForm(request.POST or None, initial=told), TAKEN
    if request.method == "POST":
        saved, status = attempt(form, lambda: actions.edit(
            row, {name: form.cleaned_data[name] for name in ("name", "questions")}, by=request.user,
            version=form.cleaned_data["version"],
        ))  # fmt: skip
        if saved:
            messages.success(request, _("Saved; earlier assessments keep their questions."))
            return redirect("maturity:template-edit", pk)
    return show(request, "template_form.html", {"form": form, "row": row}, status)


@require_GET
@requires(Permission.SETTINGS_VIEW)
def template_version(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """What was asked then, and what that changed."""
    version = get_object_or_404(
        TemplateVersion.objects.select_related("template", "made_by"), template=pk, number=number
    )
    before = version.template.versions.filter(number__lt=number).first()
    words = {"added": _("Added"), "dropped": _("Dropped"), "edited": _("Edited"), "moved": _("In another order")}
    changes = index.changed(before.questions, version.questions) if before else []
    context = {"version": version, "before": before, "changes": [(words[what], text) for what, text in changes]}
    return show(request, "template_version.html", context)
