"""How one person likes the product, and when they last looked at their day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models.functions import Now

from accounts.models import Membership, User

FIELDS = ("name", "theme", "density", "single_keys")


def change(user: User, values: Mapping[str, Any]) -> User:
    """Takes name, theme, density, single_keys; whatever is left out stays."""
    wanted = {name: values[name] for name in FIELDS if name in values}
    for name, value in wanted.items():
        setattr(user, name, value)
    if wanted:
        user.save(update_fields=list(wanted))
    return user


def see_home(member: Membership) -> None:
    """The next visit tells what changed since this instant."""
    Membership.objects.filter(pk=member.pk).update(home_seen_at=Now())
