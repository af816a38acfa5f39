"""Beginning a journey."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions.errors import named_refusals
from accounts.models import Account, Phase, User
from journeys.models import Journey


@transaction.atomic
def begin(account: Account, *, committed_on: dt.date, by: User | None, now: dt.datetime | None = None) -> Journey:
    """The account's running journey; a former customer who comes back starts a new one."""
    running = Journey.objects.running().filter(account=account).first()
    if running is not None and account.phase != Phase.ENDED:
        return running
    if running is not None:
        Journey.objects.filter(pk=running.pk).update(ended_at=now or Now())
    with named_refusals(Journey):
        journey = Journey.objects.create(
            account=account, committed_on=committed_on, began_by=by, **({"began_at": now} if now else {})
        )
    timeline.record(
        "journey.began",
        account=account,
        by=by,
        occurred_at=now,
        journey_id=journey.pk,
        committed_on=committed_on.isoformat(),
    )
    return journey
