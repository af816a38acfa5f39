"""What high, low and tech touch mean in a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import timeline
from accounts.actions.validity import check_change, only
from accounts.actions.writing import change, told
from accounts.models import TouchModel, User

FIELDS = ("description", "touch_every_days", "accounts_per_csm")


@transaction.atomic
def edit(model: TouchModel, values: Mapping[str, Any], *, by: User, version: int | None = None) -> TouchModel:
    """With `version`, Conflict when somebody else was first."""
    wanted = only(values, FIELDS)
    check_change(model, wanted)
    changed = change(model, wanted, version=version)
    if changed:
        timeline.record("touch_model.edited", by=by, name=str(model), **told(changed))
    return model
