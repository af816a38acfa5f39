"""What happens to a deployment as a whole: planned, changed, started, held, resumed, closed, cancelled, copied into."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, account_or_404, requires
from accounts.calendar import local_today
from accounts.models import Account
from accounts.roles import Permission
from journeys.deployments.actions import copying, deployments
from journeys.deployments.forms import CancelForm, CloseForm, CopyForm, DayForm, DeploymentForm, HoldForm
from journeys.deployments.models import Activity, Deployment, Kind
from journeys.deployments.views.finding import deployment_or_404, visible_deployments
from journeys.deployments.views.saving import Doing, at, save

USUAL = dt.timedelta(days=60)
MOST = 100


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def deployment_plan(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    form = DeploymentForm(request.POST or None, account=account, initial=_usual(request, account))
    doing = Doing(_("Plan the deployment"), _("Plan it"), _("Planned. Add its activities, or copy an earlier plan."))
    back = reverse("deployments:of-account", args=[account.pk])
    return save(
        request, account, form, lambda: deployments.plan(account, form.values, by=request.user), doing, back
    )  # fmt: skip


def _usual(request: MemberRequest, account: Account) -> dict[str, object]:
    today = local_today(request.tenant)
    another = Deployment.objects.filter(account=account).exists()
    return {
        "name": _("Add-on") if another else _("Rollout at %(account)s") % {"account": account.name},
        "kind": Kind.ADDON if another else Kind.INITIAL,
        "lead": account.delivery,
        "planned_start_on": today,
        "planned_end_on": today + USUAL,
    }


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def deployment_edit(request: MemberRequest, pk: int) -> HttpResponse:
    row = deployment_or_404(request, pk)
    form = DeploymentForm(request.POST or None, account=row.account, row=row)
    doing = Doing(_("Change the deployment"), _("Save"), _("Saved."))
    return save(
        request, row.account, form,
        lambda: deployments.edit(row, form.values, by=request.user, version=form.seen_version), doing, at(row),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def deployment_start(request: MemberRequest, pk: int) -> HttpResponse:
    row = deployment_or_404(request, pk)
    form = DayForm(request.POST or None, today=local_today(request.tenant), version=row.version)
    doing = Doing(_("Start the deployment"), _("Start it"), _("Started."))
    return save(
        request, row.account, form, lambda: deployments.start(row, **form.cleaned_data, by=request.user), doing, at(row)
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def deployment_hold(request: MemberRequest, pk: int) -> HttpResponse:
    row = deployment_or_404(request, pk)
    form = HoldForm(request.POST or None, today=local_today(request.tenant), version=row.version)
    doing = Doing(_("Put on hold"), _("Put on hold"), _("On hold."))
    return save(
        request, row.account, form, lambda: deployments.hold(row, **form.cleaned_data, by=request.user), doing, at(row)
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def deployment_resume(request: MemberRequest, pk: int) -> HttpResponse:
    row = deployment_or_404(request, pk)
    form = DayForm(request.POST or None, today=local_today(request.tenant), version=row.version)
    doing = Doing(_("Go on"), _("Go on"), _("It goes on."))
    return save(
        request, row.account, form, lambda: deployments.resume(row, **form.cleaned_data, by=request.user), doing,
        at(row),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def deployment_close(request: MemberRequest, pk: int) -> HttpResponse:
    row = deployment_or_404(request, pk)
    form = CloseForm(request.POST or None, today=local_today(request.tenant), version=row.version)
    intro = _("Everything in the plan has to be done. Hours and a peer review may still come in afterwards.")
    doing = Doing(_("Close the deployment"), _("Close it"), _("Closed."), intro)
    return save(
        request, row.account, form, lambda: deployments.close(row, **form.cleaned_data, by=request.user), doing, at(row)
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def deployment_cancel(request: MemberRequest, pk: int) -> HttpResponse:
    row = deployment_or_404(request, pk)
    form = CancelForm(request.POST or None, initial={"version": row.version})
    intro = _("It won't be finished, and its open tasks are dropped.")
    doing = Doing(_("Cancel the deployment"), _("Cancel it"), _("Cancelled."), intro)
    return save(
        request, row.account, form, lambda: deployments.cancel(row, **form.cleaned_data, by=request.user), doing,
        at(row),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def plan_copy(request: MemberRequest, pk: int) -> HttpResponse:
    """From an earlier one; those of the same product first."""
    row = deployment_or_404(request, pk)
    with_plan = visible_deployments(request).filter(pk__in=Activity.objects.order_by().values("deployment"))
    others = with_plan.exclude(pk=row.pk).select_related("account")
    newest = others.filter(product=row.product).order_by("-id") if row.product_id else others.order_by("-id")
    ids = list(newest.values_list("pk", flat=True)[:MOST]) or list(others.values_list("pk", flat=True)[:MOST])
    form = CopyForm(request.POST or None, sources=others.filter(pk__in=ids).order_by("-id"))
    intro = _("Its activities come with their order, lengths and estimates, counted from the start of this one.")
    doing = Doing(_("Copy a plan"), _("Copy it"), _("Copied."), intro)
    return save(
        request, row.account, form,
        lambda: copying.copy_plan(row, form.cleaned_data["source"], by=request.user), doing, at(row, "plan"),
    )  # fmt: skip
