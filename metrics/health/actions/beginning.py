"""A first way to score: the two models that a workspace may begin with, published at once."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.actions.errors import refuse
from accounts.models import User
from metrics.health import defaults, live
from metrics.health.actions import models, versions
from metrics.health.models import HealthModel


@transaction.atomic
def begin(*, by: User | None, now: dt.datetime | None = None) -> list[HealthModel]:
    """With the facts that this workspace knows today. Refused where a model is there already."""
    if HealthModel.objects.exists():
        raise refuse("", "There are health models already.")
    known = live.inputs()
    made = []
    for key, name, applies, pillars in defaults.MODELS:
        model = models.add({"key": key, "name": name, "applies": applies}, defaults.definition(pillars, known), by=by)
        versions.publish(model.versions.get(), by=by, now=now)
        made.append(model)
    return made
