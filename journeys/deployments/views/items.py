"""Activities of a plan, the hours and the money it took: each a dialog or a page, or a button."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.calendar import local_today
from accounts.roles import Permission
from journeys.deployments.actions import activities, use
from journeys.deployments.forms import ActivityForm, CorrectCostForm, CorrectForm, CostForm, TimeForm
from journeys.deployments.models import Dependency
from journeys.deployments.views.finding import activity_or_404, cost_or_404, deployment_or_404, entry_or_404
from journeys.deployments.views.saving import Doing, at, press, save

PLAN, USED = "plan", "used"


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def activity_add(request: MemberRequest, pk: int) -> HttpResponse:
    row = deployment_or_404(request, pk)
    form = ActivityForm(request.POST or None, deployment=row)
    doing = Doing(_("New activity"), _("Add activity"), _("Activity added."))
    return save(
        request, row.account, form, lambda: activities.add(row, form.values, by=request.user), doing, at(row, PLAN)
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def activity_edit(request: MemberRequest, pk: int) -> HttpResponse:
    one = activity_or_404(request, pk)
    waits = list(Dependency.objects.filter(activity=one).values_list("after_id", flat=True))
    form = ActivityForm(request.POST or None, deployment=one.deployment, row=one, waits=waits)
    doing = Doing(_("Activity"), _("Save"), _("Activity saved."))
    return save(
        request, one.deployment.account, form,
        lambda: activities.edit(one, form.values, by=request.user, version=form.seen_version), doing,
        at(one.deployment, PLAN),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def activity_done(request: MemberRequest, pk: int) -> HttpResponse:
    one = activity_or_404(request, pk)
    back = at(one.deployment, PLAN)
    return press(request, lambda: activities.done(one, by=request.user), _("Done: %s") % one.title, back)


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def activity_reopen(request: MemberRequest, pk: int) -> HttpResponse:
    one = activity_or_404(request, pk)
    back = at(one.deployment, PLAN)
    return press(request, lambda: activities.reopen(one, by=request.user), _("Open again: %s") % one.title, back)


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def activity_remove(request: MemberRequest, pk: int) -> HttpResponse:
    one = activity_or_404(request, pk)
    back = at(one.deployment, PLAN)
    return press(request, lambda: activities.remove(one, by=request.user), _("Taken out: %s") % one.title, back)


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def time_add(request: MemberRequest, pk: int) -> HttpResponse:
    row = deployment_or_404(request, pk)
    first = {"user": request.user, "worked_on": local_today(request.tenant)}
    form = TimeForm(request.POST or None, deployment=row, initial=first)
    doing = Doing(_("Log hours"), _("Log them"), _("Hours logged."))
    return save(
        request, row.account, form, lambda: use.log(row, form.cleaned_data, by=request.user), doing, at(row, USED)
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def time_correct(request: MemberRequest, pk: int) -> HttpResponse:
    entry = entry_or_404(request, pk)
    form = CorrectForm(request.POST or None)
    intro = _("The entry stays as it was written; the difference stands beside it.")
    doing = Doing(_("Correct the hours"), _("Correct them"), _("Corrected."), intro)
    back = at(entry.deployment, USED)
    return save(
        request, entry.deployment.account, form,
        lambda: use.correct(entry, **form.cleaned_data, by=request.user), doing, back,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def cost_add(request: MemberRequest, pk: int) -> HttpResponse:
    row = deployment_or_404(request, pk)
    form = CostForm(request.POST or None, currency=row.currency, today=local_today(request.tenant))
    doing = Doing(_("Note a cost"), _("Note it"), _("Noted."))
    return save(
        request, row.account, form, lambda: use.spend(row, form.cleaned_data, by=request.user), doing, at(row, USED)
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def cost_correct(request: MemberRequest, pk: int) -> HttpResponse:
    cost = cost_or_404(request, pk)
    form = CorrectCostForm(request.POST or None, currency=cost.deployment.currency)
    doing = Doing(_("Correct the cost"), _("Correct it"), _("Corrected."))
    back = at(cost.deployment, USED)
    return save(
        request, cost.deployment.account, form,
        lambda: use.correct_cost(cost, **form.cleaned_data, by=request.user), doing, back,
    )  # fmt: skip
