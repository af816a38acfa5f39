"""Which tenant a request is about: from the address and a membership, or from an API key, never from an id it sent.

What lies under a workspace's /p/ is shared with its customers: there the link in the address decides, and nobody is a
member.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect, reswap, trigger_client_event

from accounts.actions.errors import Conflict, Refused
from accounts.keys import key_of
from accounts.models import Membership, Tenant
from accounts.tenancy.context import tenant_context

PREFIX = re.compile(r"^/w/(?P<slug>[a-z0-9-]{1,50})(?P<rest>/.*)$")
SHARED = "/p/"
SHARED_HEADERS = {
    # The token in the address stays here; without any referrer browsers would post forms as of no origin.
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store, private",
}
API = "/api/v1/"

Handler = Callable[[HttpRequest], HttpResponseBase]


class TenantMiddleware:
    """Opens the tenant's transaction around view and rendering; on a server error it leaves nothing behind."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if match := PREFIX.match(request.path_info):
            if match["rest"].startswith(SHARED):
                return self._shared(request, match["slug"], match["rest"])
            return self._workspace(request, match["slug"], match["rest"])
        if request.path_info.startswith(API):
            return self._api(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal that no form of the page hears: said as a page, or as a toast, and nothing is kept."""
        if not isinstance(exception, Conflict | Refused) or not hasattr(request, "membership"):
            return None
        response = _refusal(request, exception)
        transaction.set_rollback(True)
        return response

    def _workspace(self, request: HttpRequest, slug: str, rest: str) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_login(request)
        member = (
            Membership.objects.active()
            .select_related("tenant", "user")
            .filter(tenant__slug=slug, user_id=request.user.pk)
            .first()
        )
        if member is None:
            raise Http404("No such workspace")
        request.membership = member  # type: ignore[attr-defined]
        return self._under(request, slug, member.tenant, settings.TENANT_URLCONF, rest)

    def _shared(self, request: HttpRequest, slug: str, rest: str) -> HttpResponseBase:
        """Whatever isn't there looks the same: a wrong token, an old one, another workspace's, no workspace at all."""
        tenant = Tenant.objects.filter(slug=slug).first()
        response = self._under(request, slug, tenant, settings.SHARED_URLCONF, rest)
        if response.status_code == 404:
            response = render(request, "plans/shared/gone.html", status=404)
        for name, value in SHARED_HEADERS.items():
            response[name] = value
        return response

    def _under(
        self, request: HttpRequest, slug: str, tenant: Tenant | None, urlconf: str, rest: str
    ) -> HttpResponseBase:
        """The workspace's prefix moves out of the path, and back when the answer is there.

        Without a tenant the request goes the same way, so that forms, methods and slashes are answered alike.
        """
        request.urlconf = urlconf  # type: ignore[attr-defined]
        request.path_info = rest
        outer = get_script_prefix()
        set_script_prefix(f"{outer}w/{slug}/")
        try:
            if tenant is None:
                return self.get_response(request)
            with timezone.override(tenant.zone):  # templates tell instants by the workspace's day; the API tells UTC
                return self._inside(request, tenant)
        finally:
            set_script_prefix(outer)

    def _api(self, request: HttpRequest) -> HttpResponseBase:
        key = key_of(request.headers.get("Authorization", ""))
        if key is None:
            return self.get_response(request)
        request.api_key = key  # type: ignore[attr-defined]
        return self._inside(request, key.tenant)

    def _inside(self, request: HttpRequest, tenant: Tenant) -> HttpResponseBase:
        request.tenant = tenant  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(tenant=tenant.slug), tenant_context(tenant):
            response = self.get_response(request)
            if response.status_code >= 500:
                # The view's exception became a response below us; without this its writes would be kept.
                transaction.set_rollback(True)
        return response


def _refusal(request: HttpRequest, refusal: Conflict | Refused) -> HttpResponse:
    stale = isinstance(refusal, Conflict)
    status, reason = (409, str(refusal)) if stale else (422, _reasons(refusal))
    if getattr(request, "htmx", False):
        return trigger_client_event(reswap(HttpResponse(status=status), "none"), "toast", {"text": reason})
    came_from = request.headers.get("Referer", "")
    known = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    context = {"status": status, "stale": stale, "reason": reason}
    context["back"] = came_from if known else reverse("accounts:home")
    return render(request, "accounts/refused.html", context, status=status)


def _reasons(refusal: Any) -> str:
    return " ".join(message for messages in refusal.errors.values() for message in messages)


def _to_login(request: HttpRequest) -> HttpResponse:
    response = redirect_to_login(request.get_full_path())
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(response["Location"])
    return response
