"""How the engine of this workspace keeps up: its last turn, what waits for it, what it couldn't do."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Min, Q
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.models import Account, AccountState, InboxEntry, Touched
from accounts.roles import Permission
from blueprints.actions.parking import MOST_ATTEMPTS
from blueprints.models import Delivery, DeliveryState, Fate, Match, Play, PlayState, Run, RunStep, StepState, Turn
from blueprints.views import frame

FAILED = 20


@require_GET
@requires(Permission.SETTINGS_VIEW)
def engine_page(request: MemberRequest) -> HttpResponse:
    now, turn = timezone.localtime(), Turn.objects.first()
    oldest = InboxEntry.objects.aggregate(at=Min("due_at"))["at"]
    context = {
        "turn": turn,
        "ago": formats.ago(turn.ended_at, now) if turn else "",
        "seconds": f"{(turn.ended_at - turn.began_at).total_seconds():.1f}" if turn else "",
        "lag": formats.ago(oldest, now) if oldest and oldest < now else "",
        "queues": _queues(),
        "unseen": AccountState.objects.filter(seen_on=None).count(),
        "accounts": Account.objects.present().count(),
        "stopped": Play.objects.filter(state=PlayState.PAUSED).exclude(stopped_because=""),
        "parked": _parked(),
        "failed": _failed(now),
    }
    return frame.show(request, "engine.html", context)


def _queues() -> dict[str, int]:
    """How much waits, by what it is."""
    matches = Match.objects.waiting().aggregate(n=Count("pk"))["n"]
    steps = Run.objects.filter(next_at__isnull=False).count()
    deliveries = Delivery.objects.aggregate(
        waiting=Count("pk", filter=Q(state__in=[DeliveryState.WAITING, DeliveryState.SENDING])),
        dead=Count("pk", filter=Q(state=DeliveryState.DEAD)),
    )
    return {
        "touched": Touched.objects.count(),
        "events": InboxEntry.objects.filter(attempts__lt=MOST_ATTEMPTS).count(),
        "matches": matches,
        "tripped": Match.objects.filter(fate=Fate.TRIPPED).count(),
        "steps": steps,
        "asking": RunStep.objects.filter(state=StepState.ASKING).count(),
        "deliveries": deliveries["waiting"],
        "dead": deliveries["dead"],
    }


def _parked() -> list[tuple[str, str]]:
    """Events that failed too often, with the first line of why."""
    entries = InboxEntry.objects.filter(attempts__gte=MOST_ATTEMPTS).select_related("event").order_by("pk")[:FAILED]
    return [(entry.event.kind, entry.last_error.split("\n")[0]) for entry in entries]


def _failed(now: dt.datetime) -> list[tuple[RunStep, str]]:
    steps = RunStep.objects.filter(state=StepState.FAILED).select_related("run__play", "run__account")
    return [(step, formats.ago(step.at, now)) for step in steps.order_by("-at")[:FAILED]]
