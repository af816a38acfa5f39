"""Is this process alive, do its servers answer, is the engine in time? For balancers and for `make run`."""

from __future__ import annotations

import datetime as dt

import redis
from django.conf import settings
from django.db import Error, connection, transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from blueprints.actions.engine import behind

SECONDS = 2
LONGEST_LAG = dt.timedelta(minutes=5)


# Without this the request's own transaction would fail before we can say why.
@transaction.non_atomic_requests
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when work can be done, else 503 with the part that doesn't answer."""
    parts = {"database": _database_answers(), "redis": _redis_answers()}
    well = all(parts.values())
    body = {"status": "ok" if well else "unavailable"}
    body |= {part: "ok" if answers else "unavailable" for part, answers in parts.items()}
    return JsonResponse(body, status=200 if well else 503)


@transaction.non_atomic_requests
@never_cache
@require_safe
def engine(request: HttpRequest) -> JsonResponse:
    """503 while anything that is due has waited too long; says for how long, and never for whom."""
    try:
        late = behind()
    except Error:
        return JsonResponse({"status": "unavailable", "lag_seconds": None}, status=503)
    well = late <= LONGEST_LAG
    body = {"status": "ok" if well else "unavailable", "lag_seconds": int(late.total_seconds())}
    return JsonResponse(body, status=200 if well else 503)


@transaction.non_atomic_requests
@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers: restart it when it doesn't, not when the database is away."""
    return JsonResponse({"status": "ok"})


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except Error:
        return False


def _redis_answers() -> bool:
    try:
        with redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
