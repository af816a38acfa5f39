"""Keys of other systems: shown once, kept as a hash, revoked for good."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts import timeline
from accounts.keys import PREFIX_LENGTH, digest, fresh_key
from accounts.models import ApiKey, Tenant, User

NOTED_EVERY = dt.timedelta(minutes=1)


@transaction.atomic
def create(
    tenant: Tenant,
    name: str,
    scope: str,
    by: User,
    *,
    expires_at: dt.datetime | None = None,
    secret: str | None = None,
) -> tuple[ApiKey, str]:
    """The key and its secret, inside the tenant's context. `secret` is given only where it must be known beforehand."""
    secret = secret or fresh_key()
    key = ApiKey.objects.create(
        tenant=tenant, name=name, scope=scope, created_by=by, expires_at=expires_at,
        prefix=secret[:PREFIX_LENGTH], key_hash=digest(secret),
    )  # fmt: skip
    timeline.record("api_key.created", by=by, key_id=key.pk, name=name, scope=key.get_scope_display().lower())
    return key, secret


@transaction.atomic
def revoke(key: ApiKey, *, by: User) -> None:
    """From the next request on it opens nothing."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=Now()):
        timeline.record("api_key.revoked", by=by, key_id=key.pk, name=key.name)


def note_use(key: ApiKey) -> None:
    """When it was last used, to the minute; of many calls at once one writes and the others don't wait for it."""
    if key.last_used_at is not None and timezone.now() - key.last_used_at < NOTED_EVERY:
        return
    mine = ApiKey.objects.filter(pk=key.pk).values_list("pk", flat=True)
    free = mine.select_for_update(skip_locked=True, no_key=True)
    with transaction.atomic():
        ApiKey.objects.filter(pk__in=list(free)).update(last_used_at=Now())
