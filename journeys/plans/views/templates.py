"""What plans start with here: the workspace's templates, line by line, in the settings."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import MemberRequest, requires
from accounts.roles import Permission
from accounts.views.saving import Saving, save
from accounts.views.settings_map import tabs
from journeys.plans.actions import templates
from journeys.plans.forms import LineForm, TemplateForm
from journeys.plans.models import PlanTemplate, TemplateLine


@require_GET
@requires(Permission.SETTINGS_VIEW)
def template_list(request: MemberRequest) -> HttpResponse:
    rows = PlanTemplate.objects.select_related("product").annotate(count=Count("lines")).order_by("-active", "name")
    return _show(request, "templates.html", {"templates": list(rows)})


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_TEMPLATE_EDIT)
def template_begin(request: MemberRequest) -> HttpResponse:
    """The general template that comes with the product, for a workspace that has none yet."""
    if request.method == "POST":
        templates.begin()
        messages.success(request, _("The general template is there."))
    return redirect("plans:template-list")


@require_GET
@requires(Permission.SETTINGS_VIEW)
def template_detail(request: MemberRequest, pk: int) -> HttpResponse:
    template = _template_or_404(pk)
    return _show(request, "template.html", {"template": template, "lines": list(template.lines.all())})


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_TEMPLATE_EDIT)
def template_add(request: MemberRequest) -> HttpResponse:
    form = TemplateForm(request.POST or None)
    saving = Saving(_("New plan template"), reverse("plans:template-list"), _("Template added."), _("Add template"))
    return save(request, form, lambda: templates.add(form.values, by=request.user), saving)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_TEMPLATE_EDIT)
def template_edit(request: MemberRequest, pk: int) -> HttpResponse:
    row = _template_or_404(pk)
    form = TemplateForm(request.POST or None, row=row)
    saving = Saving(str(row), _at(row), _("Template saved."))
    return save(
        request, form, lambda: templates.edit(row, form.values, by=request.user, version=form.seen_version), saving
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_TEMPLATE_EDIT)
def template_retire(request: MemberRequest, pk: int) -> HttpResponse:
    """Out of use; or back in use where it is out already."""
    row = _template_or_404(pk)
    if request.method == "POST":
        (templates.retire if row.active else templates.restore)(row, by=request.user)
        messages.success(request, _("No plan starts with it any more.") if not row.active else _("In use again."))
    return redirect(_at(row))


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_TEMPLATE_EDIT)
def line_add(request: MemberRequest, pk: int) -> HttpResponse:
    row = _template_or_404(pk)
    form = LineForm(request.POST or None)
    saving = Saving(_("New line of “%(name)s”") % {"name": row}, _at(row), _("Line added."), _("Add line"))
    return save(request, form, lambda: templates.add_line(row, form.values, by=request.user), saving)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_TEMPLATE_EDIT)
def line_edit(request: MemberRequest, pk: int) -> HttpResponse:
    line = _line_or_404(pk)
    form = LineForm(request.POST or None, row=line)
    saving = Saving(_("Line of “%(name)s”") % {"name": line.template}, _at(line.template), _("Line saved."))
    return save(
        request, form, lambda: templates.edit_line(line, form.values, by=request.user, version=form.seen_version),
        saving,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_TEMPLATE_EDIT)
def line_remove(request: MemberRequest, pk: int) -> HttpResponse:
    line = _line_or_404(pk)
    if request.method == "POST":
        templates.remove_line(line, by=request.user)
        messages.success(request, _("Line removed."))
    return redirect(_at(line.template))


def _template_or_404(pk: int) -> PlanTemplate:
    found: PlanTemplate = get_object_or_404(PlanTemplate.objects.select_related("product"), pk=pk)
    return found


def _line_or_404(pk: int) -> TemplateLine:
    line: TemplateLine | None = TemplateLine.objects.select_related("template").filter(pk=pk).first()
    if line is None:
        raise Http404("No such line")
    return line


def _at(template: PlanTemplate) -> str:
    return reverse("plans:template-detail", args=[template.pk])


def _show(request: MemberRequest, name: str, context: dict[str, object]) -> HttpResponse:
    common = {"tabs": tabs(request), "may_edit": request.membership.may(Permission.PLAN_TEMPLATE_EDIT)}
    return render(request, f"plans/{name}", common | context)
