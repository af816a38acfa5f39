"""The list of handoffs: whose turn it is, how old, how late."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.calendar import local_today
from accounts.roles import Permission
from journeys.onboarding.models import Handoff, HandoffStatus
from journeys.onboarding.models.handoff import OPEN, WITH_REP, HandoffQuerySet
from journeys.onboarding.questions import QUESTIONS
from journeys.onboarding.views.rows import TONES, Clock, clock, visible_handoffs

PAGE = 50
TABS = {
    "mine": "Mine",
    "waiting": "Waiting for me",
    "returned": "Returned",
    "accepted": "Accepted",
    "all": "All",
}
EMPTY = {
    "mine": ("None of your deals is open", "A deal stays here from commit until its CSM has accepted it."),
    "waiting": ("Nothing waits for you", "What is handed over to you, or returned to you, appears here."),
    "returned": ("Nothing is returned", "A handoff comes back when the CSM asks for more."),
    "accepted": ("Nothing is accepted yet", "Once a CSM accepts, onboarding begins."),
    "all": ("No handoffs yet", "The rep starts one on the day of the commitment, while everything is fresh."),
}
NEWEST_FIRST = ("accepted", "all")


@dataclass(frozen=True)
class Row:
    handoff: Handoff
    clock: Clock
    amount: str
    committed: str
    tone: str
    answered: str
    with_me: bool

    @property
    def paid(self) -> bool:
        """Whether there is an amount to show."""
        return bool(self.handoff.arr_minor)  # type: ignore[attr-defined]


@require_GET
@requires(Permission.HANDOFF_VIEW)
def handoff_list(request: MemberRequest) -> HttpResponse:
    """Oldest first while they are open, since those are the late ones. The same few queries whatever the length."""
    handoffs = visible_handoffs(request)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else first_tab(request)
    found = list(_page(handoffs.filter(belongs(request, tab)), tab, request.GET.get("after", "")))
    context = {
        "tab": tab,
        "tabs": [(code, label, count) for (code, label), count in zip(TABS.items(), _counts(request), strict=True)],
        "rows": rows(request, found[:PAGE]),
        "after": f"{found[PAGE - 1].committed_on}_{found[PAGE - 1].pk}" if len(found) > PAGE else "",
        "empty": EMPTY[tab],
        "may_open": request.membership.may(Permission.HANDOFF_WRITE),
        "due_days": request.tenant.handoff_due_days,
    }
    return render(request, f"onboarding/handoff_list.html{_part(request)}", context)


def first_tab(request: MemberRequest) -> str:
    may = request.membership.may
    if may(Permission.HANDOFF_DECIDE):
        return "waiting"
    return "mine" if may(Permission.HANDOFF_WRITE) else "all"


def belongs(request: MemberRequest, tab: str) -> Q:
    me, may = request.user.pk, request.membership.may
    if tab == "mine":
        return Q(status__in=OPEN) & (Q(rep=me) | Q(csm=me))
    if tab == "waiting":
        with_me = Q(status__in=WITH_REP, rep=me)
        if may(Permission.HANDOFF_DECIDE):
            with_me |= Q(status=HandoffStatus.SUBMITTED) & (Q(csm=me) | Q(csm=None))
        return with_me
    return {
        "returned": Q(status=HandoffStatus.RETURNED),
        "accepted": Q(status=HandoffStatus.ACCEPTED),
    }.get(tab, Q())


def rows(request: MemberRequest, handoffs: list[Handoff]) -> list[Row]:
    today = local_today(request.tenant)
    return [
        Row(
            handoff,
            clock(handoff, request.tenant, today),
            formats.money(handoff.arr_minor or None, handoff.account.currency),  # type: ignore[attr-defined]
            formats.date(handoff.committed_on),
            TONES[HandoffStatus(handoff.status)],
            f"{handoff.answered} of {len(QUESTIONS)} answered" if handoff.with_rep else "",  # type: ignore[attr-defined]
            with_me=handoff.with_rep and request.membership.may(Permission.HANDOFF_WRITE),
        )
        for handoff in handoffs
    ]


def listed(handoffs: HandoffQuerySet) -> HandoffQuerySet:
    """With all that a row shows, in one query."""
    return handoffs.with_arr().with_progress().select_related("account", "rep", "csm")


def _page(handoffs: HandoffQuerySet, tab: str, after: str) -> HandoffQuerySet:
    """One more than a page; the key is spelled out, since a row comparison can't use the index."""
    day, _, pk = after.partition("_")
    newest = tab in NEWEST_FIRST
    if pk.isdecimal() and (last := _day(day)):
        beyond = "lt" if newest else "gt"
        further = Q(**{f"committed_on__{beyond}": last}) | Q(**{f"id__{beyond}": int(pk)})
        handoffs = handoffs.filter(Q(**{f"committed_on__{beyond}e": last}) & further)
    order = ("-committed_on", "-id") if newest else ("committed_on", "id")
    return listed(handoffs).order_by(*order)[: PAGE + 1]


def _counts(request: MemberRequest) -> list[int | str]:
    """How many are open, by tab; what is done only grows, so nobody needs its number."""
    counted = ("mine", "waiting", "returned")
    found = (
        visible_handoffs(request)
        .open()
        .aggregate(**{tab: Count("pk", filter=belongs(request, tab)) for tab in counted})
    )
    return [found[tab] if tab in counted else "" for tab in TABS]


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _part(request: HttpRequest) -> str:
    htmx = getattr(request, "htmx", None)
    if not htmx or htmx.boosted:
        return ""
    return "#rows" if request.GET.get("after") else "#list"
