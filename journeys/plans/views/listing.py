"""All plans that the member may see: status, next review, what is on track and what is late. Constant queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, requires, visible_accounts
from accounts.calendar import local_today
from accounts.models import Account, Phase
from accounts.roles import Permission
from accounts.scopes import scope_for
from journeys.plans.models import Measurement, Objective, ObjectiveStatus, Plan, PlanStatus, Step
from journeys.plans.models.plan import PlanQuerySet
from journeys.plans.views.board import TONES

PAGE = 50
SOON = dt.timedelta(days=14)
REACHED = [ObjectiveStatus.ACHIEVED, ObjectiveStatus.CONFIRMED]
TABS = {
    "open": _("Open"),
    "review": _("Review due"),
    "late": _("Behind"),
    "draft": _("Drafts"),
    "none": _("Without a plan"),
    "closed": _("Closed"),
}
EMPTY = {
    "open": (_("No open plan here"), _("A plan is drafted when a handoff is accepted, or on the account's page.")),
    "review": (_("No review is due"), _("Plans whose next review lies within two weeks, or behind, appear here.")),
    "late": (_("No plan is behind"), _("Plans with an objective or a step that is late appear here.")),
    "draft": (_("No draft waits"), _("A draft becomes a plan with the first agreement to it.")),
    "none": (_("Every account has its plan"), _("Accounts in onboarding and adoption without a plan appear here.")),
    "closed": (_("No plan is closed"), _("What was agreed in a closed plan stays readable.")),
}


@dataclass(frozen=True)
class Row:
    plan: Plan
    tone: str
    review: str
    review_late: bool
    on_track: int
    total: int
    late: int
    measured: str
    confirmed: int


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def plan_list(request: MemberRequest) -> HttpResponse:
    """The plans of the accounts in scope; most urgent review first."""
    today, tab = local_today(request.tenant), request.GET.get("tab", "")
    tab = tab if tab in TABS else "open"
    scope = scope_for(request.GET.get("scope", ""), request.membership)
    accounts = scope.accounts(visible_accounts(request))
    plans: PlanQuerySet = Plan.objects.filter(account__in=accounts.order_by())
    offset = _offset(request)
    found = _without(accounts, offset) if tab == "none" else _page(plans, tab, today, offset)
    rows = found[:PAGE] if tab == "none" else [_row(plan, today) for plan in found[:PAGE]]
    context = {
        "tab": tab,
        "tabs": list(TABS.items()),
        "scopes": [choice for choice in scope.choices if choice[0] != "nobody"],
        "rows": rows,
        "after": offset + PAGE if len(found) > PAGE else "",
        "empty": EMPTY[tab],
        "may_draft": request.membership.may(Permission.PLAN_EDIT),
    }
    return render(request, f"plans/list.html{_part(request)}", context)


def _page(plans: PlanQuerySet, tab: str, today: dt.date, offset: int) -> list[Plan]:
    wanted = {
        "draft": Q(status=PlanStatus.DRAFT),
        "closed": Q(status=PlanStatus.CLOSED),
        "review": ~Q(status=PlanStatus.CLOSED) & Q(next_review_on__lte=today + SOON),
        "late": ~Q(status=PlanStatus.CLOSED) & (Exists(_late(Objective, today)) | Exists(_late_steps(today))),
    }.get(tab, ~Q(status=PlanStatus.CLOSED))
    order = ("-closed_at", "id") if tab == "closed" else (F("next_review_on").asc(nulls_last=True), "id")
    page = with_figures(plans.filter(wanted), today).select_related("account", "account__csm").order_by(*order)
    return list(page[offset : offset + PAGE + 1])


def with_figures(plans: QuerySet[Plan], today: dt.date) -> QuerySet[Plan]:
    """Each figure by a query of its own for every row: joins of two kinds of children would multiply them."""
    standing = Objective.objects.standing().filter(plan=OuterRef("pk"))
    return plans.annotate(
        total=_count(standing),
        late_objectives=_count(_late(Objective, today)),
        late_steps=_count(_late_steps(today)),
        confirmed=_count(standing.filter(status=ObjectiveStatus.CONFIRMED)),
        last_measured=Subquery(
            Measurement.objects.filter(objective__plan=OuterRef("pk"))
            .order_by()
            .values("objective__plan")
            .annotate(last=Max("measured_on"))
            .values("last")
        ),
    )


def _late(model: type[Objective], today: dt.date) -> QuerySet[Objective]:
    return model.objects.filter(plan=OuterRef("pk"), status=ObjectiveStatus.OPEN, due_on__lt=today)  # type: ignore[no-any-return]


def _late_steps(today: dt.date) -> QuerySet[Step]:
    return Step.objects.open().filter(plan=OuterRef("pk"), due_on__lt=today)  # type: ignore[no-any-return]


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("plan").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _without(accounts: QuerySet[Account], offset: int) -> list[Account]:
    has = Exists(Plan.objects.open().filter(account=OuterRef("pk")))
    wanting = accounts.filter(~has, phase__in=[Phase.ONBOARDING, Phase.ADOPTION]).select_related("csm")
    return list(wanting.order_by("name", "id")[offset : offset + PAGE + 1])


def _row(plan: Any, today: dt.date) -> Row:
    due = plan.next_review_on
    return Row(
        plan=plan,
        tone=TONES[PlanStatus(plan.status)],
        review=formats.due(due, today) if due else "",
        review_late=due is not None and due < today and not plan.is_closed,
        on_track=plan.total - plan.late_objectives,
        total=plan.total,
        late=plan.late_objectives + plan.late_steps,
        measured=formats.date(plan.last_measured) if plan.last_measured else "",
        confirmed=plan.confirmed,
    )


def _offset(request: HttpRequest) -> int:
    said = request.GET.get("after", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0


def _part(request: HttpRequest) -> str:
    htmx = getattr(request, "htmx", None)
    if not htmx or htmx.boosted:
        return ""
    return "#rows" if request.GET.get("after") else "#list"
