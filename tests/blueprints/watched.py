"""A workspace whose accounts have seats, and plays that watch them: what tests of matching begin with."""

from __future__ import annotations

import datetime as dt

from django.db.models.functions import Now

from accounts.actions import knowledge
from accounts.models import Account, CustomField, Tenant
from blueprints.actions import engine
from blueprints.models import Match, Play, PlayVersion
from tests.factories.blueprints import step

FEW = {"all": [{"fact": "custom.seats", "less_than": 5}]}


def declare_seats() -> CustomField:
    return CustomField.objects.create(key="seats", label="Seats", type="number")


def watcher(conditions: dict | None = None, *, exit: dict | None = None, guards: dict | None = None, **values) -> Play:
    """A play that watches facts, with its first version."""
    made = {"name": "Watcher", "because": "seats matter", "state": "on", "on_since": Now()} | values
    play = Play.objects.create(code=f"watcher-{Play.objects.count()}", trigger="", **made)
    PlayVersion.objects.create(
        play=play, number=1, steps=[step()], conditions=conditions or FEW, exit=exit or {}, guards=guards or {}
    )
    return Play.objects.get(pk=play.pk)


def seat(account: Account, seats: int | None) -> None:
    """Written as a user would, and noted."""
    account.custom = {} if seats is None else {"seats": seats}
    account.save()
    knowledge.note([account.pk])


def turn(cast) -> engine.Drained:
    return engine.drain(cast.tenant.pk)


def around_now(tenant: Tenant) -> dict[str, str]:
    """Quiet hours in which the workspace is now and for an hour more, at whatever minute this runs."""
    now, hour = dt.datetime.now(tenant.zone), dt.timedelta(hours=1)
    return {"from": f"{now - hour:%H:%M}", "until": f"{now + 2 * hour:%H:%M}"}


def fates(play: Play) -> list[str]:
    return list(Match.objects.filter(play=play).order_by("pk").values_list("fate", flat=True))
