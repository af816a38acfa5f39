"""People of this installation, as its operator opens and closes them; everybody else comes by invitation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.actions.errors import refuse
from accounts.models import User

FIELDS = ("name", "is_active", "is_staff")


@transaction.atomic
def open(email: str, name: str, *, is_staff: bool = False) -> User:
    """A person without a password: they set one by “Forgot your password?”."""
    address = email.strip().lower()
    if User.objects.filter(email=address).exists():
        raise refuse("email", "Somebody with this e-mail address is here already.")
    return User.objects.create_user(address, None, name=name, is_staff=is_staff)


@transaction.atomic
def edit(user: User, values: Mapping[str, Any]) -> User:
    """Name, whether they may sign in at all, and whether they operate this installation."""
    for field in FIELDS:
        if field in values:
            setattr(user, field, values[field])
    user.save(update_fields=FIELDS)
    return user
