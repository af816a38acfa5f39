"""What is said of a deployment: status reports, peer reviews, integrations and escalations."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.calendar import local_today
from accounts.roles import Permission
from journeys.deployments.actions import quality
from journeys.deployments.figures import NONE
from journeys.deployments.forms import EscalationForm, IntegrationForm, ReportForm, ResolveForm, ReviewForm
from journeys.deployments.outlook import outlook
from journeys.deployments.views.finding import (
    deployment_or_404,
    escalation_or_404,
    finding_or_404,
    integration_or_404,
)
from journeys.deployments.views.saving import Doing, at, press, save


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def report_add(request: MemberRequest, pk: int) -> HttpResponse:
    """The figures' own suggestion stands in the form; the lead has the last word."""
    row, today = deployment_or_404(request, pk), local_today(request.tenant)
    said = outlook(row, request.tenant, today)
    suggested = {"schedule": said.time.tone, "budget": said.budget.tone, "quality": said.quality.tone}
    first = {name: tone for name, tone in suggested.items() if tone != NONE} | {"as_of": today}
    form = ReportForm(request.POST or None, initial=first)
    intro = _("The colors are what the figures suggest; the word is yours.")
    doing = Doing(_("Report the status"), _("Report it"), _("Reported."), intro)
    return save(
        request, row.account, form, lambda: quality.report(row, form.values, by=request.user), doing, at(row, "reports")
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def review_add(request: MemberRequest, pk: int) -> HttpResponse:
    row = deployment_or_404(request, pk)
    first: dict[str, object] = {"reviewed_on": local_today(request.tenant)}
    if request.user.pk != row.lead_id:
        first["reviewer"] = request.user
    form = ReviewForm(request.POST or None, initial=first)
    doing = Doing(_("Peer review"), _("Keep the review"), _("Reviewed."))
    return save(
        request, row.account, form, lambda: quality.review(row, form.values, form.texts, by=request.user), doing,
        at(row, "reviews"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def finding_settle(request: MemberRequest, pk: int) -> HttpResponse:
    one = finding_or_404(request, pk)
    return press(
        request, lambda: quality.settle(one, by=request.user), _("Settled."), at(one.review.deployment, "reviews")
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def integration_add(request: MemberRequest, pk: int) -> HttpResponse:
    row = deployment_or_404(request, pk)
    form = IntegrationForm(request.POST or None)
    doing = Doing(_("New integration"), _("Add it"), _("Integration added."))
    return save(
        request, row.account, form, lambda: quality.integrate(row, form.values, by=request.user), doing,
        at(row, "integrations"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def integration_complete(request: MemberRequest, pk: int) -> HttpResponse:
    one = integration_or_404(request, pk)
    back = at(one.deployment, "integrations")
    done = _("Completed: %s") % one.name
    return press(request, lambda: quality.complete_integration(one, by=request.user), done, back)


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def escalation_add(request: MemberRequest, pk: int) -> HttpResponse:
    row = deployment_or_404(request, pk)
    form = EscalationForm(request.POST or None, initial={"raised_on": local_today(request.tenant)})
    doing = Doing(_("Escalate"), _("Escalate it"), _("Escalated."))
    return save(
        request, row.account, form, lambda: quality.escalate(row, form.values, by=request.user), doing,
        at(row, "escalations"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def escalation_edit(request: MemberRequest, pk: int) -> HttpResponse:
    one = escalation_or_404(request, pk)
    form = EscalationForm(request.POST or None, row=one)
    doing = Doing(_("Escalation"), _("Save"), _("Saved."))
    return save(
        request, one.deployment.account, form,
        lambda: quality.edit_escalation(one, form.values, by=request.user, version=form.seen_version), doing,
        at(one.deployment, "escalations"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.DEPLOYMENT_EDIT)
def escalation_resolve(request: MemberRequest, pk: int) -> HttpResponse:
    one = escalation_or_404(request, pk)
    form = ResolveForm(request.POST or None, today=local_today(request.tenant), version=one.version)
    doing = Doing(_("Resolve the escalation"), _("Resolved"), _("Resolved."), one.what)
    return save(
        request, one.deployment.account, form,
        lambda: quality.resolve(one, **form.cleaned_data, by=request.user), doing, at(one.deployment, "escalations"),
    )  # fmt: skip
