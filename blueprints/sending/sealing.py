"""Secrets as the database keeps them: sealed with a key made of the installation's own, which no copy of it holds."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"csom.blueprints.endpoint"  # another purpose, another key
PLAIN = "whsec_"  # what no sealed one begins with


class Unreadable(ValueError):
    """Sealed with a key that this installation has no longer."""


def seal(secret: str) -> str:
    """Nothing stays nothing."""
    return _keys().encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str) -> str:
    """One that was never sealed says so itself: while versions follow each other, the one before still writes it so."""
    if sealed.startswith(PLAIN):
        return sealed
    try:
        return _keys().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as problem:
        raise Unreadable("Its secret was sealed with another SECRET_KEY: give the endpoint a new secret.") from problem


def _keys() -> MultiFernet:
    """The first one seals; those that were replaced still open."""
    return _made((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=8)
def _made(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(secret)) for secret in secrets])


def _derived(secret: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(key)
