"""JSON as other systems send it, refused by name where the database couldn't hold it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any, cast

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser, MultiPartParser


class StrictJson(JSONParser):
    """Through `request.body`, so that the limit on its size holds; no NaN, no lone surrogates, no NUL."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = cast(Mapping[str, Any], parser_context)["request"]._request.body
        return read_json(body)


class Form(MultiPartParser):
    """A form with files, which go to the disk while they come in."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return super().parse(stream, media_type, dict(parser_context or {}))
        except RequestDataTooBig:
            raise
        except SuspiciousOperation as error:
            raise ParseError(f"The form can't be read: {error}") from None


def read_json(body: bytes | str) -> Any:
    try:
        value = json.loads(body.decode("utf-8") if isinstance(body, bytes) else body, parse_constant=_no_constant)
        _hold(value)
    except RecursionError:
        raise ParseError("The JSON is nested too deeply.") from None
    except UnicodeError:
        raise ParseError("The JSON isn't valid UTF-8 text.") from None
    except ValueError as error:
        raise ParseError(f"The JSON can't be read: {error}.") from None
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _hold(value: Any) -> None:
    if isinstance(value, str):
        value.encode("utf-8")
        if "\0" in value:
            raise ValueError("a text contains the character NUL")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a number is too large")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _hold(key)
            _hold(inner)
    elif isinstance(value, list):
        for inner in value:
            _hold(inner)
