"""How the workspace's engine is doing: the last turn, how far behind it is, what waits and what failed. Only read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Min, Q

from accounts.models import InboxEntry, Touched
from blueprints.models import Delivery, DeliveryState, Match, Run, Turn

MOST_ATTEMPTS = 8  # then an event or a match is tried again only when somebody asks


@dataclass(frozen=True)
class Flow:
    """`lag`: for how long the oldest change has been waiting to be looked at."""

    last_turn: Turn | None
    lag: dt.timedelta
    events_waiting: int
    events_parked: int
    accounts_touched: int
    matches_waiting: int
    matches_parked: int
    steps_due: int
    deliveries_waiting: int
    deliveries_dead: int


def now(at: dt.datetime) -> Flow:
    """As it stands at this instant, inside the tenant's context: six statements, whatever waits."""
    parked = Q(attempts__gte=MOST_ATTEMPTS)
    events = InboxEntry.objects.aggregate(
        oldest=Min("event__recorded_at", filter=~parked), waiting=Count("pk", filter=~parked),
        parked=Count("pk", filter=parked),
    )  # fmt: skip
    matches = Match.objects.waiting().aggregate(waiting=Count("pk", filter=~parked), parked=Count("pk", filter=parked))
    open_ones = Q(state__in=[DeliveryState.WAITING, DeliveryState.SENDING])
    deliveries = Delivery.objects.aggregate(
        waiting=Count("pk", filter=open_ones), dead=Count("pk", filter=Q(state=DeliveryState.DEAD))
    )
    return Flow(
        last_turn=Turn.objects.first(),
        lag=max(at - events["oldest"], dt.timedelta(0)) if events["oldest"] else dt.timedelta(0),
        events_waiting=events["waiting"],
        events_parked=events["parked"],
        accounts_touched=Touched.objects.count(),
        matches_waiting=matches["waiting"],
        matches_parked=matches["parked"],
        steps_due=Run.objects.filter(next_at__lte=at).count(),
        deliveries_waiting=deliveries["waiting"],
        deliveries_dead=deliveries["dead"],
    )
