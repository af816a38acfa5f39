"""`Idempotency-Key`: the same request said twice is done once, and answered twice with the same words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, connection
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import answers
from accounts.api.problems import Problem, Unprocessable
from accounts.models import ApiKey

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST = 200
SHOWN_ONCE = "(shown once, in the first answer)"
# Held until the request's transaction ends, so that of two at once one runs and the other reads its answer.
TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"

Handler = Callable[..., Response]


def once(handler: Handler, secrets: tuple[str, ...] = ()) -> Handler:
    """Only what succeeded is remembered: an error wrote nothing, so the same request may try again.

    `secrets` are the fields that are never kept: said again, the answer says so in their place.
    """

    def answer(request: Request, *args: Any, **kwargs: Any) -> Response:
        key, api_key = _key(request), cast(ApiKey, request.auth)
        said = fingerprint(request)
        _take_turns(f"{api_key.pk}:{key}")
        record = answers.remembered(api_key, key)
        if record is None:
            response = handler(request, *args, **kwargs)
            if response.status_code < 400:
                answers.remember(api_key, key, said, response.status_code, _plain(response.data, secrets))
            return response
        if record.fingerprint != said:
            raise Unprocessable(f"This {HEADER} was used for another request.")
        body = None if record.status == 204 else record.body
        return Response(body, record.status, headers={REPLAYED: "true"})

    return answer


def fingerprint(request: Request) -> str:
    said = json.dumps([request.method, request.path, request.data], sort_keys=True, default=_print_of_file)
    return hashlib.sha256(said.encode()).hexdigest()


def _print_of_file(value: Any) -> list[str]:
    """A file of a form by its name and what it says."""
    if not isinstance(value, UploadedFile):
        raise TypeError(f"{type(value).__name__} can't be said in JSON")
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return [str(value.name), digest.hexdigest()]


def _plain(data: Any, secrets: tuple[str, ...]) -> Any:
    if data is None:
        return None
    plain = json.loads(JSONRenderer().render(data))
    return plain | {name: SHOWN_ONCE for name in secrets if name in plain} if secrets else plain


def _key(request: Request) -> str:
    key = request.headers[HEADER].strip()
    if not key or len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise ValidationError({HEADER: [f"This must be 1 to {LONGEST} printable ASCII characters."]})
    return key


def _take_turns(name: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(TAKE_TURNS, [name])
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") != "55P03":  # lock_not_available
            raise
        raise Problem(409, f"A request with this {HEADER} is still running; try again shortly.") from error
