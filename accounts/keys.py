"""API keys, random and kept as a hash; invitation links, signed from their row and kept nowhere."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import connection
from django.db.models import Model

from accounts.models import ApiKey, Invitation, Tenant, User

MARK = "csk_"
PREFIX_LENGTH = 12
LONGEST_ID = 19


def digest(secret: str) -> str:
    """A plain hash is enough for 256 random bits; nothing here can be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_of(invitation: Invitation) -> str:
    """What stands in the invitation's link: its id and a signature, which only this installation can make."""
    return f"{invitation.pk}-{_sign().signature(_named(invitation))}"


def invitation_of(token: str) -> Invitation | None:
    """The invitation that this link was made for, open or not; None for a token that was never ours."""
    pk, _dash, signature = token.partition("-")
    if not (pk.isascii() and pk.isdigit() and len(pk) < LONGEST_ID):
        return None
    invitation = Invitation.objects.select_related("tenant", "invited_by").filter(pk=int(pk)).first()
    if invitation is None:
        return None
    try:
        _sign().unsign(f"{_named(invitation)}:{signature}")
    except BadSignature:
        return None
    return invitation


def _sign() -> Signer:
    return Signer(salt="accounts.invitation")


def _named(invitation: Invitation) -> str:
    # The id alone would mean somebody else's row once a table was restored from yesterday.
    return f"{invitation.pk}.{invitation.nonce}"


def fresh_key() -> str:
    return MARK + secrets.token_hex(4) + secrets.token_urlsafe(32)


def _columns(alias: str, model: type[Model]) -> str:
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


# Every call of the API begins with this, so it isn't compiled anew each time. A key acts in its maker's name, so it
# opens nothing once the maker may not enter.
LIVING = f"""
SELECT {_columns("k", ApiKey)}, {_columns("t", Tenant)}, {_columns("u", User)}
FROM accounts_apikey k JOIN accounts_tenant t ON t.id = k.tenant_id
JOIN accounts_user u ON u.id = k.created_by_id AND u.is_active
JOIN accounts_membership m ON m.tenant_id = k.tenant_id AND m.user_id = k.created_by_id AND m.ended_at IS NULL
WHERE k.prefix = %s AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
"""


def key_of(authorization: str) -> ApiKey | None:
    """The living key behind an `Authorization: Bearer` header, with its tenant and its maker, or None."""
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret.startswith(MARK):
        return None
    with connection.cursor() as cursor:
        cursor.execute(LIVING, [secret[:PREFIX_LENGTH]])
        row = cursor.fetchone()
    if row is None:
        return None
    values = iter(row)
    key, tenant, maker = (_read(model, values) for model in (ApiKey, Tenant, User))
    if not secrets.compare_digest(key.key_hash, digest(secret.strip())):
        return None
    key.tenant, key.created_by = tenant, maker
    return key


def _read(model: type[Model], values: Iterator[Any]) -> Any:
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db("default", names, list(islice(values, len(names))))
