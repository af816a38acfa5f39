"""Objectives, one at a time: worded, moved, measured, achieved, confirmed, dropped; each a dialog or a page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import MemberRequest, requires
from accounts.calendar import local_today
from accounts.roles import Permission
from accounts.views.header import header
from journeys.plans.actions import objectives
from journeys.plans.forms import AchieveForm, ConfirmForm, DropForm, MeasureForm, ObjectiveForm
from journeys.plans.models import ObjectiveKind
from journeys.plans.views.course import course_of
from journeys.plans.views.finding import objective_or_404, plan_or_404
from journeys.plans.views.saving import Doing, press, save

PLACE = "objectives"


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def objective_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """One objective with every measurement and what shows it, and the customer's word."""
    objective = objective_or_404(request, pk)
    may_edit = request.membership.may(Permission.PLAN_EDIT) and not objective.plan.is_closed
    context = {"objective": objective, "course": course_of(request, objective), "may_edit": may_edit}
    return render(request, "plans/objective.html", header(request, objective.plan.account) | context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def objective_add(request: MemberRequest, pk: int) -> HttpResponse:
    plan = plan_or_404(request, pk)
    form = ObjectiveForm(request.POST or None, plan=plan, initial={"our_owner": plan.account.csm_id})
    doing = Doing(_("New objective"), _("Add objective"), _("Objective added."))
    return save(request, plan, form, lambda: objectives.add(plan, form.values, by=request.user), doing, PLACE)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def objective_edit(request: MemberRequest, pk: int) -> HttpResponse:
    row = objective_or_404(request, pk)
    form = ObjectiveForm(request.POST or None, plan=row.plan, row=row)
    doing = Doing(_("Objective"), _("Save"), _("Objective saved."))
    return save(
        request, row.plan, form,
        lambda: objectives.edit(row, form.values, by=request.user, version=form.seen_version), doing, PLACE,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def objective_move(request: MemberRequest, pk: int) -> HttpResponse:
    row, up = objective_or_404(request, pk), request.POST.get("to") == "up"
    return press(request, row.plan, lambda: objectives.move(row, up=up, by=request.user), _("Moved."), PLACE)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def objective_drop(request: MemberRequest, pk: int) -> HttpResponse:
    row = objective_or_404(request, pk)
    form = DropForm(request.POST or None, initial={"version": row.version})
    doing = Doing(_("Drop “%(title)s”") % {"title": row.title}, _("Drop it"), _("Objective dropped."))

    def act() -> object:
        said = form.cleaned_data
        return objectives.drop(row, reason=said["reason"], by=request.user, version=said["version"])

    return save(request, row.plan, form, act, doing, PLACE)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def objective_measure(request: MemberRequest, pk: int) -> HttpResponse:
    row = objective_or_404(request, pk)
    form = MeasureForm(request.POST or None, today=local_today(request.tenant))
    form.fields["value"].help_text = " · ".join(part for part in (row.metric, row.unit) if part)
    doing = Doing(_("Measure “%(title)s”") % {"title": row.title}, _("Keep the measurement"), _("Measured."))

    def act() -> object:
        said = form.cleaned_data
        words = {"evidence": said["evidence"], "url": said["url"]}
        return objectives.measure(row, said["value"], on=said["on"], by=request.user, **words)

    return save(request, row.plan, form, act, doing, PLACE)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def objective_achieve(request: MemberRequest, pk: int) -> HttpResponse:
    row = objective_or_404(request, pk)
    form = AchieveForm(request.POST or None, today=local_today(request.tenant), version=row.version)
    doing = Doing(
        _("“%(title)s” is achieved") % {"title": row.title}, _("Note it as achieved"),
        _("Achieved. Now let the customer confirm it."), _first(row.kind),
    )  # fmt: skip

    def act() -> object:
        said = form.cleaned_data
        words = {"on": said["on"], "evidence": said["evidence"]}
        return objectives.achieve(row, by=request.user, version=said["version"], **words)

    return save(request, row.plan, form, act, doing, PLACE)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def objective_confirm(request: MemberRequest, pk: int) -> HttpResponse:
    row = objective_or_404(request, pk)
    form = ConfirmForm(request.POST or None, account=row.plan.account)
    doing = Doing(
        _("The customer confirms “%(title)s”") % {"title": row.title}, _("Keep the confirmation"),
        _("Confirmed by the customer."),
        _("Only what somebody at the customer has said themselves. It is kept with name and time.") + _first(row.kind),
    )  # fmt: skip

    def act() -> object:
        said = form.cleaned_data
        name = said["name"] or said["contact"].name
        words = {"name": name, "statement": said["statement"]}
        return objectives.confirm(row, contact=said["contact"], by=request.user, **words)

    return save(request, row.plan, form, act, doing, PLACE)


def _first(kind: str) -> str:
    said = " " + _("This is the First Impact: it stops the clock and ends the onboarding.")
    return said if kind == ObjectiveKind.FIRST_IMPACT else ""
