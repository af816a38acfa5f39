"""Mails written once for many plays, shown as they would read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest, requires
from accounts.forms.answers import TAKEN, attempt
from accounts.registry import Fact, known_facts
from accounts.roles import Permission
from blueprints import texts
from blueprints.actions import templates
from blueprints.forms import MessageTemplateForm
from blueprints.models import MessageTemplate
from blueprints.views import frame


@require_GET
@requires(Permission.PLAY_EDIT)
def template_list(request: MemberRequest) -> HttpResponse:
    return frame.show(request, "templates.html", {"rows": MessageTemplate.objects.all()})


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAY_EDIT)
def template_add(request: MemberRequest) -> HttpResponse:
    form = MessageTemplateForm(request.POST or None)
    return _save(request, form, lambda: templates.add(form.values, by=request.user), None)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAY_EDIT)
def template_edit(request: MemberRequest, pk: int) -> HttpResponse:
    template = MessageTemplate.objects.filter(pk=pk).first()
    if template is None:
        raise Http404("No such template")
    form = MessageTemplateForm(request.POST or None, row=template)
    return _save(
        request, form, lambda: templates.edit(template, form.values, by=request.user, version=form.seen_version),
        template,
    )  # fmt: skip


def _save(
    request: MemberRequest, form: MessageTemplateForm, act: Callable[[], object], template: MessageTemplate | None
) -> HttpResponse:
    status = TAKEN
    if request.method == "POST":
        _made, status = attempt(form, act)
        if status == TAKEN:
            messages.success(request, _("Template saved."))
            return redirect("blueprints:template-list")
    said = {name: form[name].value() or "" for name in ("subject", "body")}
    context = {"form": form, "template": template, "variables": texts.VARIABLES} | preview_of(**said)
    return frame.show(request, "template.html", context, status)


@require_POST
@requires(Permission.PLAY_EDIT)
def template_preview(request: MemberRequest) -> HttpResponse:
    """A fragment: the mail as it would read, or what is wrong with it."""
    said = {name: request.POST.get(name, "") for name in ("subject", "body")}
    return render(request, "blueprints/settings/_preview.html", preview_of(**said))


def preview_of(subject: str, body: str) -> dict[str, Any]:
    """Variables stand as what they are called, in brackets."""
    facts = known_facts()
    problems = texts.line_problems(subject, facts=facts) + texts.problems(body, facts=facts)
    if problems:
        return {"problems": problems}
    named = {*texts.names(subject), *texts.names(body)}
    values = {name: f"[{_called(name, facts)}]" for name in named}
    return {"seen_subject": texts.render(subject, values), "seen_body": texts.render(body, values), "problems": []}


def _called(name: str, facts: Mapping[str, Fact]) -> str:
    fact = facts.get(name.removeprefix(texts.FACT)) if name.startswith(texts.FACT) else None
    return str(fact.label) if fact else texts.VARIABLES.get(name, name)
