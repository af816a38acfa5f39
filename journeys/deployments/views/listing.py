"""Deployments of all accounts for the team that does them, and those of one account. Constant queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, account_or_404, requires
from accounts.calendar import local_today
from accounts.models import Phase, User
from accounts.roles import Permission
from accounts.views.header import header
from journeys.deployments.models import Deployment, DeploymentQuerySet, Hold, Status
from journeys.deployments.outlook import Outlook, outlooks
from journeys.deployments.views.finding import visible_deployments

PAGE = 50
TABS = {
    "open": _("Open"),
    "running": _("Running"),
    "late": _("Late"),
    "on_hold": _("On hold"),
    "planned": _("Planned"),
    "over": _("Over"),
}
TONES = {
    Status.PLANNED: "", Status.RUNNING: "accent", Status.ON_HOLD: "amber", Status.CLOSED: "green", Status.CANCELLED: "",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    deployment: Deployment
    tone: str
    seen: Outlook
    end: str
    held: str

    @property
    def percent(self) -> int:
        return round(100 * self.seen.done / self.seen.activities) if self.seen.activities else 0


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def deployment_list(request: MemberRequest) -> HttpResponse:
    """?tab=, ?lead=: an id, "me" or nothing; the agreed end that comes first stands first."""
    today, tab = local_today(request.tenant), request.GET.get("tab", "")
    tab = tab if tab in TABS else "open"
    lead, offset = request.GET.get("lead", ""), _offset(request)
    seen = visible_deployments(request)
    leads = User.objects.filter(pk__in=seen.order_by().values("lead_id")).order_by("name")
    wanted = _of_lead(_of_tab(seen, tab, today), lead, request).select_related("account", "lead", "product")
    order = ("-closed_on", "-id") if tab == "over" else ("planned_end_on", "id")
    found = list(wanted.order_by(*order)[offset : offset + PAGE + 1])
    context = {
        "tab": tab,
        "tabs": list(TABS.items()),
        "lead": lead,
        "leads": [(str(user.pk), user.name) for user in leads],
        "rows": rows_of(request, found[:PAGE], today),
        "after": offset + PAGE if len(found) > PAGE else "",
    }
    return render(request, f"deployments/list.html{_part(request)}", context)


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def of_account(request: MemberRequest, pk: int) -> HttpResponse:
    account, today = account_or_404(request, pk), local_today(request.tenant)
    found = visible_deployments(request).filter(account=account).select_related("lead", "product")
    rows = rows_of(request, list(found.order_by("-planned_start_on", "-id")[:PAGE]), today)
    context = header(request, account) | {
        "open_rows": [row for row in rows if not row.deployment.is_over],
        "over_rows": [row for row in rows if row.deployment.is_over],
        "may_edit": request.membership.may(Permission.DEPLOYMENT_EDIT),
        "waits": not rows and account.phase in (Phase.COMMIT, Phase.ONBOARDING),
    }
    return render(request, "deployments/of_account.html", context)


def rows_of(request: MemberRequest, found: Sequence[Deployment], today: dt.date) -> list[Row]:
    seen = outlooks(found, request.tenant, today)
    reasons = dict(
        Hold.objects.filter(deployment__in=[one.pk for one in found], to_on=None).values_list("deployment_id", "reason")
    )
    return [
        Row(one, TONES[Status(one.status)], seen[one.pk], _end(one, seen[one.pk]), reasons.get(one.pk, ""))
        for one in found
    ]


def _end(one: Deployment, seen: Outlook) -> str:
    """When it ended, or is expected to."""
    return formats.date(one.closed_on or seen.expected_end)


def _of_tab(rows: DeploymentQuerySet, tab: str, today: dt.date) -> DeploymentQuerySet:
    if tab == "over":
        return rows.over()
    if tab in ("running", "on_hold", "planned"):
        return rows.filter(status=tab)
    if tab == "late":
        return rows.late(today)
    return rows.open()


def _of_lead(rows: DeploymentQuerySet, lead: str, request: MemberRequest) -> DeploymentQuerySet:
    if lead == "me":
        return rows.filter(lead=request.user)
    if lead.isascii() and lead.isdigit() and len(lead) < 19:
        return rows.filter(lead=int(lead))
    return rows


def _offset(request: HttpRequest) -> int:
    said = request.GET.get("after", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0


def _part(request: HttpRequest) -> str:
    htmx = getattr(request, "htmx", None)
    if not htmx or htmx.boosted:
        return ""
    return "#rows" if request.GET.get("after") else "#list"
