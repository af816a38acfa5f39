"""API keys and invitation links: random, shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets

from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import ApiKey

MARK = "csk_"
PREFIX_LENGTH = 12


def fresh_secret() -> str:
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """A plain hash is enough for 256 random bits; nothing here can be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def fresh_key() -> str:
    return MARK + secrets.token_hex(4) + secrets.token_urlsafe(32)


def key_of(authorization: str) -> ApiKey | None:
    """The living key behind an `Authorization: Bearer` header, or None."""
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret.startswith(MARK):
        return None
    living = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=Now()))
    key = ApiKey.objects.select_related("tenant", "created_by").filter(living, prefix=secret[:PREFIX_LENGTH]).first()
    if key is None or not secrets.compare_digest(key.key_hash, digest(secret.strip())):
        return None
    return key
