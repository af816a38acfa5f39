"""When the database or Redis is away: a clear page or a 503 problem, and nothing half-written."""

from __future__ import annotations

from collections.abc import Callable

import redis
import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from accounts.middleware import TenantMiddleware

log = structlog.get_logger()
AWAY = (OperationalError, InterfaceError, redis.ConnectionError, redis.TimeoutError)


class OutageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        except AWAY as error:
            return unavailable(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return unavailable(request, exception) if isinstance(exception, AWAY) else None


class ShelteredTenantMiddleware(TenantMiddleware):
    """Django makes a 500 of whatever leaves a middleware, so an outage that meets the tenant's is told right here."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return super().__call__(request)
        except AWAY as error:
            return unavailable(request, error)


def broken(request: HttpRequest) -> HttpResponse:
    """An error of ours: logged by Django, told as a problem to other systems and as a page to people."""
    if not request.path.startswith("/api/"):
        return server_error(request)
    detail = "Something broke on our side. Nothing was written."
    problem = {"type": "about:blank", "title": "Internal Server Error", "status": 500, "detail": detail}
    return JsonResponse(problem, status=500, content_type="application/problem+json")


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("server away", error=type(error).__name__, path=request.path)
    detail = "The database or the queue can't be reached right now. Nothing was written; try again shortly."
    response: HttpResponse
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": "Service unavailable", "status": 503, "detail": detail}
        response = JsonResponse(problem, status=503, content_type="application/problem+json")
    else:
        response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = "10"
    return response
