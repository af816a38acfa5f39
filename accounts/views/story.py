"""The timeline of one account, a page at a time, newest first."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Account
from accounts.views.happenings import TYPED, Happening, of_account, told

SIZE = 20


@dataclass(frozen=True)
class Story:
    entries: list[Happening]
    next: str = ""


def story(account: Account, now: dt.datetime, *, touches: bool = False, after: str = "", size: int = SIZE) -> Story:
    """The newest first, behind the cursor; `touches`: contact with the customer and notes alone."""
    events = of_account(account.pk).order_by("-occurred_at", "-id")
    if touches:
        events = events.filter(kind__in=TYPED)
    if (behind := _read(after)) is not None:
        occurred_at, pk = behind
        events = events.filter(Q(occurred_at__lt=occurred_at) | Q(id__lt=pk), occurred_at__lte=occurred_at)
    found = told(events, size + 1, now)
    following = _write(found[size - 1]) if len(found) > size else ""
    return Story(found[:size], following)


def _write(last: Happening) -> str:
    return base64.urlsafe_b64encode(f"{last.at.isoformat()} {last.pk}".encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[dt.datetime, int] | None:
    try:
        instant, pk = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        read = dt.datetime.fromisoformat(instant)
        return (read, int(pk)) if read.tzinfo else None
    except (ValueError, binascii.Error):
        return None
