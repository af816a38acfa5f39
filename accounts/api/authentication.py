"""The middleware has bound the request to its key's tenant; here DRF learns about it."""

from __future__ import annotations

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiKey, User


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer csk_…`. What a key does is told as done by the person who made it."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        key: ApiKey | None = getattr(request._request, "api_key", None)
        if key is not None:
            return key.created_by, key
        if request.headers.get("Authorization"):
            raise AuthenticationFailed(
                "This key is unknown, has expired or was revoked. Send `Authorization: Bearer <key>`."
            )
        return None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="csom"'
