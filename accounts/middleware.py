"""Which tenant a request is about: from the address and a membership, or from an API key, never from an id it sent."""

from __future__ import annotations

import re
from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import get_script_prefix, set_script_prefix
from django_htmx.http import HttpResponseClientRedirect

from accounts.keys import key_of
from accounts.models import Membership, Tenant
from accounts.tenancy.context import tenant_context

PREFIX = re.compile(r"^/w/(?P<slug>[a-z0-9-]{1,50})(?P<rest>/.*)$")
API = "/api/v1/"

Handler = Callable[[HttpRequest], HttpResponseBase]


class TenantMiddleware:
    """Opens the tenant's transaction around view and rendering; on a server error it leaves nothing behind."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if match := PREFIX.match(request.path_info):
            return self._workspace(request, match["slug"], match["rest"])
        if request.path_info.startswith(API):
            return self._api(request)
        return self.get_response(request)

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
        request.urlconf = settings.TENANT_URLCONF  # type: ignore[attr-defined]
        request.path_info = rest
        outer = get_script_prefix()
        set_script_prefix(f"{outer}w/{slug}/")
        try:
            return self._inside(request, member.tenant)
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


def _to_login(request: HttpRequest) -> HttpResponse:
    response = redirect_to_login(request.get_full_path())
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(response["Location"])
    return response
