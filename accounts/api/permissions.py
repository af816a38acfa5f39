"""What a key may do: its scope, and the permission that the resource names for each of its actions."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import ApiKey
from accounts.roles import Permission


class KeyMay(BasePermission):
    """401 without a key; 403 for writing with a key that reads, or where the role of keys isn't enough."""

    def has_permission(self, request: Request, view: Any) -> bool:
        key = request.auth
        if not isinstance(key, ApiKey):
            return False
        if request.method not in SAFE_METHODS and key.scope != "write":
            raise PermissionDenied("This key may only read. Writing needs a key of the scope “write”.")
        if view.action in (None, "metadata"):  # a method that the resource doesn't have: 405 says so
            return True
        permission: Permission = view.permissions[view.action]
        if not key.may(permission):
            raise PermissionDenied(f"Keys don't include “{permission}”.")
        return True
