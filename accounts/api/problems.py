"""Every error is a problem (RFC 9457): what went wrong, and in `errors` each field that is wrong."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import transaction
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response

from accounts.actions.errors import Conflict, Refused
from accounts.tenancy.context import has_tenant

MEDIA_TYPE = "application/problem+json"
# What the tables call differently from what other systems say.
RENAMED = {"amount_minor": "amount"}
# Where the libraries and our actions put what is wrong with the whole.
WHOLE = ("", "non_field_errors")


class Problem(exceptions.APIException):
    """An error of our own with a status, a sentence and perhaps fields."""

    def __init__(self, code: int, detail: str, errors: dict[str, Any] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status_code = code
        self.errors = errors
        self.more = more


class Unprocessable(Problem):
    def __init__(self, detail: str) -> None:
        super().__init__(status.HTTP_422_UNPROCESSABLE_ENTITY, detail)


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """None lets the server's own error handling have it: logged there, rolled back, answered with 500 or 503."""
    error = _translated(error, context)
    if not isinstance(error, exceptions.APIException):
        return None
    if has_tenant():
        transaction.set_rollback(True)
    return Response(problem(error), error.status_code, headers=_headers(error), content_type=MEDIA_TYPE)


def problem(error: exceptions.APIException) -> dict[str, Any]:
    code = error.status_code
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(code).phrase, "status": code}
    if isinstance(error, exceptions.ValidationError):
        errors: dict[str, Any] = error.detail if isinstance(error.detail, dict) else {"": error.detail}
        body["detail"] = _whole(errors) or "Some fields can't be taken as they are."
        body["errors"] = {field: by_place(found) for field, found in errors.items() if field not in WHOLE}
        return body
    body["detail"] = str(error.detail) or HTTPStatus(code).phrase
    if isinstance(error, Problem):
        if error.errors is not None:
            body["errors"] = error.errors
        body |= error.more
    return body


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if scheme := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = scheme
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    return headers


def _translated(error: Exception, context: dict[str, Any]) -> Exception:
    if isinstance(error, Refused):
        return exceptions.ValidationError(nested(error.errors))
    if isinstance(error, Conflict):
        current = context["view"].shown_again(error.current)
        return Problem(409, str(error), current=current)
    if isinstance(error, Http404):
        return exceptions.NotFound(str(error) or None)
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied(str(error) or None)
    if isinstance(error, RequestDataTooBig):
        return Problem(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "The body is larger than this server takes.")
    return error


def nested(errors: dict[str, list[str]]) -> dict[str, Any]:
    """«lines.0.amount_minor» becomes {"lines": {"0": {"amount": …}}}, «custom.tier» {"custom": {"tier": …}}."""
    found: dict[str, Any] = {}
    for path, messages in errors.items():
        *above, last = [RENAMED.get(name, name) for name in path.split(".")]
        place = found
        for name in above:
            place = place.setdefault(name, {})
        place[last] = messages
    return found


def together(found: Any, more: Any) -> Any:
    """Two findings by place as one; where both speak of the same place, the first is heard."""
    if not (isinstance(found, dict) and isinstance(more, dict)):
        return found
    both = {name: together(found[name], more[name]) for name in found if name in more}
    return {**more, **found, **both}


def _whole(errors: dict[str, Any]) -> str:
    """What is wrong with the whole rather than with one field."""
    return " ".join(str(message) for name in WHOLE for message in errors.get(name, []))


def by_place(found: Any) -> Any:
    """The errors of a list's items by their index, those without any left out."""
    if isinstance(found, dict):
        return {str(name): by_place(inner) for name, inner in found.items()}
    if isinstance(found, list) and any(isinstance(inner, dict) for inner in found):
        return {str(index): by_place(inner) for index, inner in enumerate(found) if inner}
    return found
