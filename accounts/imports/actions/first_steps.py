"""The first steps on Home, put away by those who know their way."""

from __future__ import annotations

from accounts.imports.models import HiddenPath
from accounts.models import User


def hide(*, by: User) -> None:
    HiddenPath.objects.bulk_create([HiddenPath(user=by)], ignore_conflicts=True)
