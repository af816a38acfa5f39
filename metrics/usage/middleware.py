"""The short way of usage: senders have a key and no session, so nothing that serves people stands in between."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, ResolverMatch, resolve

PREFIX = "/v1/"


class ShortWay:
    """Calls under /v1/ go from here straight to their view; what isn't there takes the long way to its 404."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        try:
            found = _found(request.path_info, settings.ROOT_URLCONF)
        except Resolver404:
            return self.get_response(request)
        request.resolver_match = found
        answer: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
        return answer


@lru_cache(maxsize=64)
def _found(path: str, urlconf: str) -> ResolverMatch:
    """The handful of addresses that there are; what isn't there is looked for each time."""
    return resolve(path, urlconf)
