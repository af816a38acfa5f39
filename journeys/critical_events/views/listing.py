"""All critical events that the member may see, next first; and those of one account with the questions to ask."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, account_or_404, requires, visible_accounts
from accounts.calendar import local_today
from accounts.models import Account
from accounts.roles import Permission
from accounts.scopes import scope_for
from accounts.views.header import header
from journeys.critical_events import examples
from journeys.critical_events.models import (
    QUESTIONS,
    CriticalEvent,
    CriticalEventQuerySet,
    DiscoveryAnswer,
    EventStatus,
    TimelineStep,
)
from journeys.critical_events.views.finding import visible_events
from journeys.critical_events.views.rows import event_rows
from journeys.models import SpicedEntry

PAGE = 50
TABS = {
    "next": _("Next"),
    "late": _("With late steps"),
    "compelling": _("Compelling only"),
    "dark": _("Gone dark"),
    "past": _("Past"),
}
EMPTY = {
    "next": (_("No event is ahead"), _("Ask an account by which day they need the impact, and what a miss costs.")),
    "late": (_("No step is late"), _("Events with a step that should have begun, or be finished, appear here.")),
    "compelling": (
        _("Every event has its cost"),
        _("Events that nobody would miss appear here: ask what a miss costs."),
    ),
    "dark": (_("Nobody went dark"), _("Customers who stopped answering appear here, with the stories they are sent.")),
    "past": (_("No event is past"), _("What was reached, missed or withdrawn appears here.")),
}


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def event_list(request: MemberRequest) -> HttpResponse:
    """A constant number of queries, whatever the length."""
    today, tab = local_today(request.tenant), request.GET.get("tab", "")
    tab = tab if tab in TABS else "next"
    scope = scope_for(request.GET.get("scope", ""), request.membership)
    accounts = scope.accounts(visible_accounts(request))
    events = _of_tab(visible_events(request).filter(account__in=accounts.order_by()), tab, today)
    offset = _offset(request.GET.get("after", ""))
    found = list(with_figures(events, today).select_related("account", "account__csm")[offset : offset + PAGE + 1])
    context = {
        "tab": tab,
        "tabs": list(TABS.items()),
        "scopes": [choice for choice in scope.choices if choice[0] != "nobody"],
        "rows": event_rows(found[:PAGE], today),
        "after": offset + PAGE if len(found) > PAGE else "",
        "empty": EMPTY[tab],
    }
    return render(request, f"critical_events/list.html{_part(request)}", context)


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def of_account(request: MemberRequest, pk: int) -> HttpResponse:
    account, today = account_or_404(request, pk), local_today(request.tenant)
    events = with_figures(CriticalEvent.objects.filter(account=account), today).order_by("happens_on", "id")
    rows = event_rows(events, today)
    context = header(request, account) | {
        "ahead": [row for row in rows if row.event.is_open],
        "past": [row for row in reversed(rows) if not row.event.is_open],
        "asked": asked(account),
        "said": _unplanned(account),
        "examples": examples.of(account, visible_accounts(request)),
        "may_edit": request.membership.may(Permission.PLAN_EDIT),
    }
    return render(request, "critical_events/of_account.html", context)


def with_figures(events: QuerySet[CriticalEvent], today: dt.date) -> QuerySet[CriticalEvent]:
    """Each figure by a query of its own for every row: joins of two kinds would multiply them."""
    steps = TimelineStep.objects.order_by().filter(event=OuterRef("pk"))
    return events.annotate(total=_count(steps.standing()), done=_count(steps.done()), late=_count(steps.late(today)))


def asked(account: Account) -> list[tuple[Any, DiscoveryAnswer | None]]:
    """Each question with what was last answered."""
    standing = DiscoveryAnswer.objects.standing().filter(account=account).select_related("said_by")
    known = {answer.question: answer for answer in standing}
    return [(question, known.get(question.code)) for question in QUESTIONS]


def _unplanned(account: Account) -> list[SpicedEntry]:
    """What SPICED knows of critical events that isn't planned here yet."""
    planned = CriticalEvent.objects.filter(entry=OuterRef("pk"))
    said = SpicedEntry.objects.standing().filter(account=account, letter="critical_event")
    return list(said.exclude(Exists(planned)))


def _of_tab(events: CriticalEventQuerySet, tab: str, today: dt.date) -> CriticalEventQuerySet:
    if tab == "past":
        return events.exclude(status=EventStatus.OPEN).order_by("-happens_on", "-id")
    ahead = events.open().order_by("happens_on", "id")
    if tab == "late":
        return ahead.filter(Exists(TimelineStep.objects.order_by().filter(event=OuterRef("pk")).late(today)))
    if tab == "compelling":
        return ahead.compelling()
    return ahead.exclude(dark_since=None) if tab == "dark" else ahead


def _count(rows: QuerySet[TimelineStep]) -> Coalesce:
    counted = rows.values("event").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _offset(after: str) -> int:
    return int(after) if after.isascii() and after.isdigit() and len(after) < 7 else 0


def _part(request: MemberRequest) -> str:
    htmx: Any = request.htmx
    if not htmx or htmx.boosted:
        return ""
    return "#rows" if htmx.target == "more" else "#list"
