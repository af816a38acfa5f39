"""The rooms' resources under one roof, `/api/v1`, without trailing slashes; and their description."""

from __future__ import annotations

import functools
from pathlib import Path

import yaml
from csp.decorators import csp_update
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounts.api import facts
from accounts.api import routes as accounts
from accounts.api.me import MeResource
from accounts.api.resource import Resource
from accounts.imports import api as imports
from accounts.roles import Permission
from blueprints import api as blueprints
from journeys import api as journeys
from journeys.critical_events import api as critical_events
from journeys.deployments import api as deployments
from journeys.meetings import api as meetings
from journeys.onboarding import api as onboarding
from journeys.people import api as people
from journeys.plans import api as plans
from metrics import api as metrics
from metrics.backtests import api as backtests
from metrics.health import api as health
from metrics.maturity import api as maturity
from metrics.usage import api as usage

SCHEMA = Path(settings.BASE_DIR) / "csom" / "assets" / "openapi.yaml"
YAML = "application/vnd.oai.openapi"
METHODS = ("get", "post", "put", "patch", "delete")


class Nothing(Resource):
    """Whatever isn't here answers like whatever isn't there: 401 without a key, else 404."""

    schema = None  # type: ignore[assignment]
    permissions = {"nowhere": Permission.ACCOUNT_VIEW}

    def nowhere(self, request: Request) -> Response:
        raise Http404("There is nothing at this address.")


@functools.cache
def _described() -> str:
    return SCHEMA.read_text()


@transaction.non_atomic_requests
@require_safe
@cache_control(public=True, max_age=300)
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1 out of the repository: YAML, or JSON for who asks for it."""
    if request.GET.get("format") == "json" or "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(yaml.safe_load(_described()))
    return HttpResponse(_described(), content_type=f"{YAML}; charset=utf-8")


# The reader's stylesheet carries its icons as data.
@require_safe
@csp_update({"img-src": ["data:"]})  # type: ignore[untyped-decorator]
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "csom/api_docs.html")


router = SimpleRouter(trailing_slash=False)
for prefix, resource, basename in [
    *accounts.routes,
    *imports.routes,
    *journeys.routes,
    *meetings.routes,
    *plans.routes,
    *critical_events.routes,
    *deployments.routes,
    *onboarding.routes,
    *people.routes,
    *blueprints.routes,
    *health.routes,
    *maturity.routes,
    *backtests.routes,
    *usage.routes,
    *metrics.routes,
]:
    router.register(prefix, resource, basename)

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema", schema, name="api-schema"),
    path("docs", docs, name="api-docs"),
    path("me", MeResource.as_view({"get": "read"}), name="api-me"),
    path("facts", facts.FactResource.as_view({"get": "known", "put": "push"}), name="api-facts"),
    *router.urls,
    re_path("", Nothing.as_view(dict.fromkeys(METHODS, "nowhere")), name="api-nothing"),
]
