"""The front page: back to the workspace one was in last, or a choice of them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.models import Membership


@require_GET
@login_required
def start(request: HttpRequest) -> HttpResponse:
    mine = _workspaces(request)
    seen = [member for member in mine if member.home_seen_at]
    if len(mine) == 1 or seen:
        last = max(seen, key=lambda member: member.home_seen_at) if seen else mine[0]  # type: ignore[arg-type, return-value]
        return redirect(f"/w/{last.tenant.slug}/")
    return render(request, "accounts/start.html", {"members": mine})


@require_GET
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """All of them as a page; as the lines of the switcher's menu when a page of the workspace `here` asks."""
    part = "#switcher" if request.htmx and not request.htmx.boosted else ""  # type: ignore[attr-defined]
    context = {"members": _workspaces(request), "here": request.GET.get("here", "")}
    return render(request, f"accounts/start.html{part}", context)


def _workspaces(request: HttpRequest) -> list[Membership]:
    mine = Membership.objects.active().filter(user_id=request.user.pk or 0)
    return list(mine.select_related("tenant").order_by("tenant__name"))
