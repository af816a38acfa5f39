"""Who may enter: the holder of a living link; and past the first page, one who proved to read its person's mail."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.actions.errors import Conflict, Refused
from accounts.models import Tenant
from journeys.plans.actions import sharing
from journeys.plans.actions.sharing import Unreadable
from journeys.plans.models import SharedLink

COOKIE = "visit"
# Marks that the guard tests look for: a link is enough, or a visit is needed.
LINKED, VISITED = "requires_link", "requires_visit"
P = ParamSpec("P")


class SharedRequest(HttpRequest):
    """A request that has passed the gate: inside the tenant, with a link, without a member."""

    tenant: Tenant
    link: SharedLink
    token: str


Page = Callable[Concatenate[SharedRequest, P], HttpResponseBase]
Guarded = Callable[..., HttpResponseBase]


def linked(view: Page[P]) -> Guarded:
    """404 without a living link: the middleware's page, which is the same for whatever isn't there."""
    return _guard(view, LINKED, lambda request: True)


def visited(view: Page[P]) -> Guarded:
    """Without a visit, to the page that asks for a code."""
    return _guard(view, VISITED, _is_visiting)


def frame(request: SharedRequest, **context: Any) -> dict[str, Any]:
    """What every page for customers knows: whose it is, and where its own addresses begin."""
    look = {"look": reverse("shared:look", args=[request.token]), "base": reverse("shared:plan", args=[request.token])}
    return {"workspace_name": request.tenant.name, "account_name": request.link.plan.account.name} | look | context


def _guard(view: Page[P], mark: str, may_enter: Callable[[SharedRequest], bool]) -> Guarded:
    @wraps(view)
    def guarded(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        # No tenant: the address names a workspace that isn't there.
        link = sharing.link_of(token) if hasattr(request, "tenant") else None
        if link is None:
            raise Http404("Nothing here")
        shared = cast(SharedRequest, request)
        shared.link, shared.token = link, token
        if not may_enter(shared):
            return redirect("shared:open", token)
        try:
            with transaction.atomic():
                return view(shared, *args, **kwargs)
        except Unreadable as unreadable:
            raise Http404("Nothing here") from unreadable
        except (Conflict, Refused) as refusal:
            return _refused(shared, refusal)

    setattr(guarded, mark, True)
    return guarded


def _is_visiting(request: SharedRequest) -> bool:
    key = request.COOKIES.get(COOKIE, "")
    return bool(key) and sharing.visit_of(request.link, key) is not None


def _refused(request: SharedRequest, refusal: Conflict | Refused) -> HttpResponse:
    """What no form of a page hears, said in the customer's frame; nothing of it was kept."""
    stale = isinstance(refusal, Conflict)
    reasons = [] if isinstance(refusal, Conflict) else [text for each in refusal.errors.values() for text in each]
    context = frame(request, stale=stale, reason=" ".join(reasons))
    return render(request, "plans/shared/refused.html", context, status=409 if stale else 422)
