"""The plan of one account: the page that both sides talk over, and what was agreed in it when."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, account_or_404, requires
from accounts.roles import Permission
from accounts.views.header import header
from journeys.plans.actions import versions
from journeys.plans.differences import Wording, between
from journeys.plans.models import Plan, PlanStatus, PlanVersion
from journeys.plans.views.board import agreed, board
from journeys.plans.views.corrected import corrected
from journeys.plans.views.finding import plan_or_404, visible_plans
from journeys.plans.views.wording import told

NOW = "now"


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def plan_page(request: MemberRequest, pk: int) -> HttpResponse:
    """The open plan, else the one closed last, else how to begin one."""
    account = account_or_404(request, pk)
    plans = visible_plans(request).filter(account=account).select_related("journey", "closed_by")
    found = sorted(plans, key=lambda plan: (plan.status != PlanStatus.CLOSED, plan.pk), reverse=True)
    context = header(request, account) | {"may_edit": request.membership.may(Permission.PLAN_EDIT)}
    if not found:
        return render(request, "plans/none.html", context)
    plan: Plan = found[0]
    plan.account = account
    may_draft = context["may_edit"] and plan.is_closed
    context |= board(request, plan) | {"may_draft": may_draft, "corrected": corrected(plan)}
    return render(request, "plans/plan.html", context)


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def version_list(request: MemberRequest, pk: int) -> HttpResponse:
    """Any two versions side by side, or one and how the plan stands now."""
    plan = plan_or_404(request, pk)
    context = header(request, plan.account) | agreed(request, plan) | {"plan": plan}
    if context["versions"]:
        context |= _compared(request, plan, [row["version"] for row in context["versions"]])
    return render(request, "plans/versions.html", context)


def _compared(request: MemberRequest, plan: Plan, kept: list[PlanVersion]) -> dict[str, Any]:
    """Without a choice: what changed since the last version; with nothing changed, since the one before it."""
    numbers = {str(version.number): version for version in kept}
    from_, to = request.GET.get("from", str(kept[0].number)), request.GET.get("to", NOW)
    if from_ not in numbers or to not in (*numbers, NOW):
        raise Http404("No such version")
    after = versions.wording(plan) if to == NOW else versions.kept(numbers[to])
    before: Wording = versions.kept(numbers[from_])
    found = [told(one, plan.currency) for one in between(before, after)]
    return {"differences": found, "from": from_, "to": to, "numbers": list(numbers)}
