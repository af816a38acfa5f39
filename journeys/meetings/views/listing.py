"""Meetings by day: one's own, the team's, everybody's; those of one account; today's on Home."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, account_or_404, requires
from accounts.calendar import DAY, local_midnight, local_today
from accounts.roles import Permission
from accounts.views.header import header
from accounts.views.scopes import scope_of
from journeys.meetings.models import MeetingQuerySet, MeetingStatus
from journeys.meetings.views.rows import by_day, row_of, visible_meetings

PAGE = 60
ON_ACCOUNT = 30
TABS = {"ahead": "Upcoming", "past": "Held", "all": "All"}


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def meeting_list(request: MemberRequest) -> HttpResponse:
    """What is ahead, nearest first; what is past, newest first. The same few queries whatever the length."""
    scope, now = scope_of(request), timezone.now()
    tab = request.GET.get("tab", "ahead")
    tab = tab if tab in TABS else "ahead"
    meetings = visible_meetings(request).select_related("account", "organizer")
    if scope.people is not None:
        meetings = meetings.of_people(list(scope.people))
    found = list(_beyond(_of_tab(meetings, tab), tab, request.GET.get("after", ""))[: PAGE + 1])
    context = {
        "scope": scope,
        "tab": tab,
        "tabs": TABS.items(),
        "groups": by_day(found[:PAGE], request.tenant, now),
        "after": f"{found[PAGE - 1].starts_at.timestamp():.6f}_{found[PAGE - 1].pk}" if len(found) > PAGE else "",
        "may_edit": request.membership.may(Permission.MEETING_EDIT),
    }
    return render(request, f"meetings/meeting_list.html{'#list' if _fragment(request) else ''}", context)


def _of_tab(meetings: MeetingQuerySet, tab: str) -> MeetingQuerySet:
    if tab == "ahead":
        return meetings.ahead().order_by("starts_at", "id")
    if tab == "past":
        meetings = meetings.held()
    return meetings.order_by("-starts_at", "-id")


def _beyond(meetings: MeetingQuerySet, tab: str, after: str) -> MeetingQuerySet:
    """From the row that the last page ended with; what isn't one begins anew."""
    stamp, _, pk = after.partition("_")
    try:
        instant = dt.datetime.fromtimestamp(float(stamp), dt.UTC)
        last = int(pk)
    except (ValueError, OverflowError, OSError):
        return meetings
    way = "gt" if tab == "ahead" else "lt"
    same = meetings.filter(starts_at=instant, **{f"id__{way}": last})
    return meetings.filter(**{f"starts_at__{way}": instant}) | same


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def of_account(request: MemberRequest, pk: int) -> HttpResponse:
    account, now = account_or_404(request, pk), timezone.now()
    meetings = visible_meetings(request).filter(account=account).select_related("organizer")
    ahead = meetings.ahead().order_by("starts_at", "id")[:ON_ACCOUNT]
    past = meetings.filter(status__in=[MeetingStatus.HELD, MeetingStatus.CANCELLED])
    context = header(request, account) | {
        "ahead": by_day(ahead, request.tenant, now),
        "past": by_day(past.order_by("-starts_at", "-id")[:ON_ACCOUNT], request.tenant, now),
        "may_edit": request.membership.may(Permission.MEETING_EDIT),
    }
    return render(request, "meetings/of_account.html", context)


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def home_panel(request: MemberRequest) -> HttpResponse:
    """Today's, of whoever Home is looked at for."""
    scope, today = scope_of(request), local_today(request.tenant)
    start, end = (local_midnight(request.tenant, day) for day in (today, today + DAY))
    meetings = visible_meetings(request).between(start, end).exclude(status=MeetingStatus.CANCELLED)
    if scope.people is not None:
        meetings = meetings.of_people(list(scope.people))
    found = meetings.select_related("account", "organizer").order_by("starts_at", "id")[:PAGE]
    now = timezone.now()
    context = {"rows": [row_of(meeting, request.tenant, now) for meeting in found], "scope": scope}
    return render(request, "meetings/home_panel.html", context)


def _fragment(request: MemberRequest) -> bool:
    htmx: Any = request.htmx
    return bool(htmx) and not htmx.boosted
