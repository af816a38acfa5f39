"""Keys that let usage in: shown once, kept as a hash, revoked for good."""

from __future__ import annotations

import datetime as dt
import secrets
import time
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts import timeline
from accounts.keys import PREFIX_LENGTH, digest
from accounts.models import Tenant, User
from metrics.usage.actions import metrics
from metrics.usage.models import WriteKey

MARK = "csw_"
NOTED_EVERY = dt.timedelta(minutes=1)
REMEMBERED, MOST_REMEMBERED = 1.0, 1_000  # seconds, keys
COLUMNS = ", ".join(f't."{field.column}"' for field in Tenant._meta.concrete_fields)
LIVING = f"""
SELECT k.id, k.key_hash, k.last_used_at, {COLUMNS} FROM usage_writekey k JOIN accounts_tenant t ON t.id = k.tenant_id
WHERE k.prefix = %s AND k.revoked_at IS NULL
"""


@transaction.atomic
def create(tenant: Tenant, name: str, by: User, *, secret: str | None = None) -> tuple[WriteKey, str]:
    """The key and its secret, inside the tenant's context. `secret` is given only where it must be known beforehand."""
    secret = secret or MARK + secrets.token_hex(4) + secrets.token_urlsafe(24)
    key = WriteKey.objects.create(
        tenant=tenant, name=name, created_by=by, prefix=secret[:PREFIX_LENGTH], key_hash=digest(secret)
    )
    metrics.ensure_defaults()
    timeline.record("write_key.created", by=by, key_id=key.pk, name=name)
    return key, secret


@transaction.atomic
def revoke(key: WriteKey, *, by: User) -> None:
    """From the next call on it lets nothing in."""
    if WriteKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=Now()):
        timeline.record("write_key.revoked", by=by, key_id=key.pk, name=key.name)


@dataclass
class Sender:
    """Who a living key is, as it was read a moment ago."""

    key: int
    tenant: Tenant
    key_hash: str
    read_at: float


_senders: dict[str, Sender] = {}


def sender_of(secret: str) -> Sender | None:
    """Who sends with this key; None for a key that is unknown or revoked.

    Kept in the process for a second, which spares the busy their queries. Nobody may rely on it alone: what takes
    events in asks again for the key, in the statement that takes them (receiving.Revoked).
    """
    if not secret.startswith(MARK) or len(secret) > 200:
        return None
    prefix = secret[:PREFIX_LENGTH]
    sender = _senders.get(prefix)
    if sender is None or time.monotonic() - sender.read_at > REMEMBERED:
        sender = _read(prefix)
        if len(_senders) >= MOST_REMEMBERED:
            _senders.clear()
        if sender is None:
            _senders.pop(prefix, None)
            return None
        _senders[prefix] = sender
    return sender if secrets.compare_digest(sender.key_hash, digest(secret)) else None


def _read(prefix: str) -> Sender | None:
    with connection.cursor() as cursor:
        cursor.execute(LIVING, [prefix])
        row = cursor.fetchone()
    if row is None:
        return None
    pk, key_hash, used_at, *columns = row
    if used_at is None or timezone.now() - used_at > NOTED_EVERY:
        _note_use(pk)
    names = [field.attname for field in Tenant._meta.concrete_fields]
    return Sender(pk, Tenant.from_db("default", names, columns), key_hash, time.monotonic())


def _note_use(pk: int) -> None:
    """When it was last used, to the minute; of many calls at once one writes and the others don't wait for it."""
    with transaction.atomic():
        mine = WriteKey.objects.filter(pk=pk).values_list("pk", flat=True)
        free = list(mine.select_for_update(skip_locked=True, no_key=True))
        WriteKey.objects.filter(pk__in=free).update(last_used_at=Now())
