"""My day: what is due, whose renewal is near, what happened since the last visit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import calendar, formats
from accounts.access import MemberRequest, requires
from accounts.actions import preferences
from accounts.models import Contract, Event
from accounts.roles import Permission
from accounts.scopes import Scope
from accounts.views import inbox
from accounts.views.happenings import Happening, told
from accounts.views.scopes import accounts_in, scope_of

TASKS, RENEWALS, CHANGES = 10, 8, 12
AHEAD = dt.timedelta(days=90)
SOON = 30
VISIT = dt.timedelta(hours=4)  # a longer silence begins another visit
FIRST_LOOK = dt.timedelta(days=7)
STAMP = dt.timedelta(minutes=10)


@require_GET
@requires(Permission.TASK_VIEW)
def home(request: MemberRequest) -> HttpResponse:
    scope = scope_of(request)
    now = timezone.now()
    since = since_last_visit(request, now)
    rows, more = inbox.due_rows(request, scope, TASKS)
    context = {
        "scope": scope,
        "day": f"{now.astimezone(request.tenant.zone):%A}, {formats.day_month(calendar.local_today(request.tenant))}",
        "tasks": rows,
        "more_tasks": more,
        "renewals": renewals(request, scope),
        "overdue": overdue_renewals(request, scope),
        "changes": changes(request, scope, since),
        "since": formats.date_time(since.astimezone(request.tenant.zone)),
        "may_edit": request.membership.may(Permission.TASK_EDIT),
        "may_create": request.membership.may(Permission.ACCOUNT_CREATE),
    }
    return render(request, "accounts/home.html", context)


def renewals(request: MemberRequest, scope: Scope) -> list[dict[str, Any]]:
    """The nearest first, each with what is at stake."""
    today = calendar.local_today(request.tenant)
    near = accounts_in(request, scope).filter(states__renewal_on__gte=today, states__renewal_on__lte=today + AHEAD)
    columns = ("id", "name", "currency", "phase", "csm__name", "states__renewal_on", "states__arr_minor")
    rows = near.order_by("states__renewal_on", "id").values(*columns)[:RENEWALS]
    return [
        {
            "pk": row["id"],
            "name": row["name"],
            "csm": row["csm__name"] or "",
            "on": formats.date(row["states__renewal_on"]),
            "days": formats.days((row["states__renewal_on"] - today).days),
            "soon": (row["states__renewal_on"] - today).days <= SOON,
            "arr": formats.short_money(row["states__arr_minor"], row["currency"]),
        }
        for row in rows
    ]


def overdue_renewals(request: MemberRequest, scope: Scope) -> list[dict[str, Any]]:
    """Terms that are over, though nobody recorded a renewal or an end; the longest first."""
    today = calendar.local_today(request.tenant)
    held = accounts_in(request, scope).order_by().values("pk")
    columns = ("account_id", "name", "currency", "end_on", "arr_minor", "account__name", "account__csm__name")
    over = Contract.objects.undecided(today).filter(account__in=held).with_arr().order_by("end_on", "id")
    return [
        {
            "pk": row["account_id"],
            "name": row["account__name"],
            "contract": row["name"],
            "csm": row["account__csm__name"] or "",
            "on": formats.date(row["end_on"]),
            "ago": formats.days_until(row["end_on"], today),
            "arr": formats.short_money(row["arr_minor"], row["currency"]),
        }
        for row in over.values(*columns)[:RENEWALS]
    ]


def changes(request: MemberRequest, scope: Scope, since: dt.datetime) -> list[Happening]:
    """What others did on these accounts; one's own doings are no news, and tasks have a list of their own."""
    mine = accounts_in(request, scope)
    events = Event.objects.filter(occurred_at__gt=since, account__in=mine.order_by().values("pk"))
    news = events.exclude(actor=request.membership.user_id).exclude(kind__startswith="task.")
    return told(news, CHANGES)


def since_last_visit(request: MemberRequest, now: dt.datetime) -> dt.datetime:
    """When the visit before this one was last seen: kept in the session, so that a reload doesn't hide the news."""
    member = request.membership
    seen, key = member.home_seen_at, f"news_since_{request.tenant.pk}"
    if key not in request.session or seen is None or now - seen > VISIT:
        request.session[key] = (seen or now - FIRST_LOOK).isoformat()
    if seen is None or now - seen > STAMP:
        preferences.see_home(member)
    return dt.datetime.fromisoformat(request.session[key])
