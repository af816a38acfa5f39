"""Keys that let usage in: shown once, kept as a hash, revoked for good."""

from __future__ import annotations

import datetime as dt
import secrets

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


def tenant_of(secret: str) -> Tenant | None:
    """Whose usage this key lets in; None for a key that is unknown or revoked. One query."""
    if not secret.startswith(MARK) or len(secret) > 200:
        return None
    with connection.cursor() as cursor:
        cursor.execute(LIVING, [secret[:PREFIX_LENGTH]])
        row = cursor.fetchone()
    if row is None or not secrets.compare_digest(row[1], digest(secret)):
        return None
    if row[2] is None or timezone.now() - row[2] > NOTED_EVERY:
        _note_use(row[0])
    names = [field.attname for field in Tenant._meta.concrete_fields]
    return Tenant.from_db("default", names, row[3:])


def _note_use(pk: int) -> None:
    """When it was last used, to the minute; of many calls at once one writes and the others don't wait for it."""
    with transaction.atomic():
        mine = WriteKey.objects.filter(pk=pk).values_list("pk", flat=True)
        free = list(mine.select_for_update(skip_locked=True, no_key=True))
        WriteKey.objects.filter(pk__in=free).update(last_used_at=Now())
