"""So many calls a minute and key, said in every answer's headers. Without Redis everybody may come in."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

import redis
import structlog
from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.models import ApiKey

log = structlog.get_logger()
WINDOW = 60
# A Redis that is away is asked again after this, so that its silence isn't added to every call.
PATIENCE = 5.0
_away_until = 0.0


class KeyThrottle(BaseThrottle):
    """A fixed window of a minute. `request.rate` = (limit, remaining, seconds until it starts anew)."""

    def allow_request(self, request: Request, view: Any) -> bool:
        key = request.auth
        if not isinstance(key, ApiKey):
            return True
        limit = settings.API_RATE_PER_MINUTE
        window, past = divmod(int(time.time()), WINDOW)
        used = _count(f"csom:rate:{key.prefix}:{window}")
        self.reset = WINDOW - past
        request._request.rate = (limit, max(0, limit - used), self.reset)  # type: ignore[attr-defined]
        return used <= limit

    def wait(self) -> float:
        return float(self.reset)


def headers(request: Request) -> dict[str, str]:
    rate = getattr(request._request, "rate", None)
    if rate is None:
        return {}
    limit, remaining, reset = (str(part) for part in rate)
    return {"RateLimit-Limit": limit, "RateLimit-Remaining": remaining, "RateLimit-Reset": reset}


@lru_cache(maxsize=1)
def _redis() -> redis.Redis:
    return redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)


def _count(name: str) -> int:
    """This call's number in its window; 0 while nobody counts."""
    global _away_until
    if time.monotonic() < _away_until:
        return 0
    try:
        used = int(_redis().incr(name))  # type: ignore[arg-type]
        if used == 1:
            _redis().expire(name, 2 * WINDOW)
        return used
    except redis.RedisError as error:
        _away_until = time.monotonic() + PATIENCE
        log.warning("nobody counts API calls", error=type(error).__name__)
        return 0
