"""What the API answered to a key, for a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import ApiKey, IdempotencyRecord

KEPT = dt.timedelta(hours=24)


def remembered(api_key: ApiKey, key: str) -> IdempotencyRecord | None:
    return IdempotencyRecord.objects.filter(api_key=api_key, key=key, created_at__gt=Now() - KEPT).first()


@transaction.atomic
def remember(api_key: ApiKey, key: str, fingerprint: str, status: int, body: Any) -> IdempotencyRecord:
    """`body` in plain JSON, as it will be said again; an answer older than a day makes room."""
    IdempotencyRecord.objects.filter(api_key=api_key, key=key, created_at__lte=Now() - KEPT).delete()
    return IdempotencyRecord.objects.create(
        api_key=api_key, key=key, fingerprint=fingerprint, status=status, body=body if body is not None else {}
    )


def forget() -> int:
    """Drops the open tenant's answers that are older than a day; how many there were."""
    return IdempotencyRecord.objects.filter(created_at__lte=Now() - KEPT).delete()[0]
