"""Pages by cursor: `results` and `next`, as cheap deep in the list as at its start, steady while rows are added."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.http import urlencode
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

LIMIT, MOST = "limit", 200
CURSOR = "cursor"
DEFAULT = 50
LARGEST_ID = 2**63 - 1
# What orders compare as whole numbers; everything else in an order is an instant.
WHOLE = ("id", "user_id", "number")


class Cursor(BasePagination):
    """The order comes from the view: `order(request)` -> ("id",) or ("-occurred_at", "-id")."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        order: tuple[str, ...] = view.order(request)
        limit = _limit(request)
        if token := request.query_params.get(CURSOR):
            queryset = queryset.filter(after(order, read_token(token, order)))
        rows = list(queryset.order_by(*order)[: limit + 1])
        self.next_token = write_token(order, rows[limit - 1]) if len(rows) > limit else None
        return rows[:limit]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self._next_address()})

    def _next_address(self) -> str | None:
        if self.next_token is None:
            return None
        asked = [pair for pair in self.request.query_params.lists() if pair[0] != CURSOR]
        query = urlencode([*asked, (CURSOR, [self.next_token])], doseq=True)
        return self.request.build_absolute_uri(f"{self.request.path}?{query}")

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        following = {
            "type": ["string", "null"],
            "format": "uri",
            "description": "The address of the next page; null on the last one.",
        }
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {"results": schema, "next": following},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT}
        return [
            {"name": LIMIT, "in": "query", "required": False, "description": "Rows a page.", "schema": size},
            {
                "name": CURSOR,
                "in": "query",
                "required": False,
                "description": "Where the page starts: taken from `next`, never made up.",
                "schema": {"type": "string"},
            },
        ]


def after(order: tuple[str, ...], values: Sequence[Any]) -> Q:
    """Rows past this one. Spelled out and not as a row comparison, which row-level security keeps off the index."""
    name, value = order[0].lstrip("-"), values[0]
    descending = order[0].startswith("-")
    if len(order) == 1:
        return Q(**{f"{name}__{'lt' if descending else 'gt'}": value})
    within = Q(**{f"{name}__{'lte' if descending else 'gte'}": value})
    past = Q(**{f"{name}__{'lt' if descending else 'gt'}": value})
    return within & (past | after(order[1:], values[1:]))


def write_token(order: tuple[str, ...], row: dict[str, Any]) -> str:
    values = [row[name.lstrip("-")] for name in order]
    plain = [value.isoformat() if isinstance(value, dt.date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps([*order, *plain]).encode()).decode().rstrip("=")


def read_token(token: str, order: tuple[str, ...]) -> list[Any]:
    try:
        said = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        names, plain = said[: len(order)], said[len(order) :]
        if tuple(names) != order or len(plain) != len(order):
            raise ValueError("made for another order")
        return [_value(name, value) for name, value in zip(names, plain, strict=True)]
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError, binascii.Error):
        raise ValidationError({CURSOR: ["This isn't a cursor of this list; take it from `next`."]}) from None


def _value(name: str, value: Any) -> int | dt.datetime:
    if name.lstrip("-") in WHOLE:
        if type(value) is not int or not 0 <= value <= LARGEST_ID:
            raise ValueError("not a whole number")
        return value
    instant = dt.datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("no zone")
    return instant.astimezone(dt.UTC)


def _limit(request: Request) -> int:
    said = request.query_params.get(LIMIT)
    if said is None:
        return DEFAULT
    if not (said.isascii() and said.isdigit() and len(said) <= 3 and 1 <= int(said) <= MOST):
        raise ValidationError({LIMIT: [f"This must be a whole number from 1 to {MOST}."]})
    return int(said)
