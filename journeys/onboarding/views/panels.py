"""What other rooms' pages show of handoffs: on Home and on the account page."""

from __future__ import annotations

from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, account_or_404, requires
from accounts.roles import Permission
from journeys.onboarding.views.listing import belongs, listed, rows
from journeys.onboarding.views.rows import visible_handoffs

SHOWN = 6
STANDING = (F("dropped_at").desc(nulls_first=True), "-id")


@require_GET
@requires(Permission.HANDOFF_VIEW)
def home_panel(request: MemberRequest) -> HttpResponse:
    """What waits for me, and my open deals: oldest first."""
    turn: Q = belongs(request, "waiting") | belongs(request, "mine")
    found = list(listed(visible_handoffs(request).filter(turn)).order_by("committed_on", "id")[: SHOWN + 1])
    context = {
        "rows": rows(request, found[:SHOWN]),
        "more": len(found) > SHOWN,
        "may_open": request.membership.may(Permission.HANDOFF_WRITE),
        "me": request.user,
    }
    return render(request, "onboarding/home_panel.html", context)


@require_GET
@requires(Permission.HANDOFF_VIEW)
def account_panel(request: MemberRequest, pk: int) -> HttpResponse:
    """The latest handoff of the account, its promises and what is still to ask; a dropped one for want of others."""
    account = account_or_404(request, pk)
    found = listed(visible_handoffs(request).filter(account=account)).order_by(*STANDING).first()
    context = {
        "account": account,
        "row": rows(request, [found])[0] if found else None,
        "promises": list(found.promises.all()) if found else [],
        "to_ask": list(found.agenda_items.filter(status="open")) if found and not found.is_dropped else [],
        "may_open": request.membership.may(Permission.HANDOFF_WRITE),
    }
    return render(request, "onboarding/account_panel.html", context)
