"""What a call carries: its body read and unpacked within limits, the events in it, and who says to send them."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import zlib
from dataclasses import dataclass, field
from typing import Any

import orjson

LARGEST_CALL = 500 * 1024
MOST_EVENTS = 5_000
SINGLE = {"track", "identify", "group", "page", "screen", "alias"}


class Unreadable(Exception):
    """The call as a whole can't be understood; `status` says how."""

    def __init__(self, reason: str, status: int = 400) -> None:
        self.status = status
        super().__init__(reason)


@dataclass(frozen=True)
class Envelope:
    """The events of one call. `kind` is the event type that the address names, or "" for a batch of all types."""

    kind: str
    events: list[Any]
    size: int
    null_bytes: bool
    sent_at: Any = None
    context: dict[str, Any] = field(default_factory=dict)
    write_key: str = ""


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body as it was before gzip; a small one that would grow past the limit is stopped on the way."""
    if encoding in ("", "identity"):
        plain = body
    elif encoding in ("gzip", "x-gzip", "deflate"):
        inflate = zlib.decompressobj(wbits=47)  # gzip or zlib, whichever its head says
        try:
            plain = inflate.decompress(body, LARGEST_CALL + 1)
        except zlib.error:
            raise Unreadable("The body isn't what its Content-Encoding says.") from None
        if len(plain) <= LARGEST_CALL and not inflate.eof:
            raise Unreadable("The body ends before its end.")
    else:
        raise Unreadable("Only gzip is understood as Content-Encoding.", 415)
    if len(plain) > LARGEST_CALL:
        raise Unreadable(f"A call holds at most {LARGEST_CALL // 1024} KB: send fewer events at once.", 413)
    return plain


def opened(body: bytes, kind: str) -> Envelope:
    """`kind` is one of SINGLE, or "batch"."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"The body isn't JSON: {error}") from None
    if not isinstance(said, dict):
        raise Unreadable("The body must be a JSON object.")
    key = said.get("writeKey")
    context = said.get("context")
    events: Any = [said]
    if kind == "batch":
        events = said.get("batch")
        if not isinstance(events, list):
            raise Unreadable("“batch” must be a list of events.")
        if len(events) > MOST_EVENTS:
            raise Unreadable(f"A call holds at most {MOST_EVENTS:,} events.", 413)
    return Envelope(
        kind="" if kind == "batch" else kind,
        events=events,
        size=len(body),
        null_bytes=b"\\u0000" in body,
        sent_at=said.get("sentAt"),
        context=context if kind == "batch" and isinstance(context, dict) else {},
        write_key=key if isinstance(key, str) else "",
    )


def basic_user(authorization: str) -> str:
    """The user of HTTP Basic: senders put their write key there and leave the password empty."""
    scheme, _, said = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(said, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def instant(text: Any) -> dt.datetime | None:
    """An ISO 8601 instant, in UTC where it names no zone; None for anything else."""
    if type(text) is not str:
        return None
    try:
        when = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=dt.UTC)
