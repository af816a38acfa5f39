"""The plan through other eyes: a customer's page before it is shared, the document, and what customers did lately."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, requires, visible_accounts
from accounts.calendar import local_today
from accounts.models import Event
from accounts.roles import Permission
from accounts.views.happenings import told
from journeys.plans import reader
from journeys.plans.accent import stylesheet
from journeys.plans.link_forms import PretendForm
from journeys.plans.models import Audience
from journeys.plans.views.links import plan_or_404
from journeys.plans.views.shared.pages import as_pdf

LATELY = dt.timedelta(days=1)
SHOWN = 8
# What a contact can do through a link. Each event says who by `contact_id`.
BY_CUSTOMERS = (
    "plan.first_visited", "plan.visited", "plan.agreed", "step.done", "step.reopened", "comment.said",
    "impact.measured", "impact.confirmed",
)  # fmt: skip


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def preview(request: MemberRequest, pk: int) -> HttpResponse:
    """The very page, by the very reader; only nothing can be pressed."""
    plan = plan_or_404(request, pk)
    form = PretendForm(request.GET, plan=plan)
    link = reader.pretended(plan, form.eyes, form.person)
    shown = reader.as_shared(link, tenant=request.tenant, today=local_today(request.tenant))
    chosen = {"audience": form.eyes, "contact": form.person.pk if form.person else ""}
    context = {
        "plan": shown,
        "preview": True,
        "workspace_name": request.tenant.name,
        "account_name": plan.account.name,
        "look": reverse("plans:look"),
        "back": reverse("plans:plan", args=[plan.account_id]),
        "document": f"{reverse('plans:document', args=[pk])}?audience={chosen['audience']}&contact={chosen['contact']}",
        "pretend_form": PretendForm(chosen, plan=plan),
        "audience_label": link.reads.label,
    }
    return render(request, "plans/shared/plan.html", context)


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def document(request: MemberRequest, pk: int) -> HttpResponse:
    """As PDF: with everything internal only where that is asked for by name."""
    plan, today = plan_or_404(request, pk), local_today(request.tenant)
    form = PretendForm(request.GET, plan=plan, internal=True)
    if form.eyes == Audience.INTERNAL:
        return as_pdf(reader.as_ours(plan, tenant=request.tenant, today=today), request.tenant.accent)
    link = reader.pretended(plan, form.eyes, form.person)
    return as_pdf(reader.as_shared(link, tenant=request.tenant, today=today), request.tenant.accent)


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def look(request: MemberRequest) -> HttpResponse:
    """The workspace's colors, for the preview."""
    return HttpResponse(stylesheet(request.tenant.accent), content_type="text/css")


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def home_panel(request: MemberRequest) -> HttpResponse:
    """What customers did in their plans since yesterday, on the accounts that I look after."""
    mine = visible_accounts(request).filter(csm=request.user)
    events = Event.objects.filter(
        kind__in=BY_CUSTOMERS,
        occurred_at__gt=timezone.now() - LATELY,
        account__in=mine.order_by().values("pk"),
        facts__has_key="contact_id",
        actor=None,
    )
    return render(request, "plans/home_panel.html", {"changes": told(events, SHOWN)})
