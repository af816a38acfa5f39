"""How plays have fared lately, counted for all of them at once: fired, waiting, open, noise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Q

from accounts.access import MemberRequest
from accounts.models import Account, Outcome, TaskStatus
from blueprints.models import Fate, Match, Run, RunState, RunTask
from blueprints.models.run import RunQuerySet

RECENTLY = dt.timedelta(days=30)
NOISE_OVER = dt.timedelta(days=90)
FEW = 5  # closed tasks below which a share says nothing


@dataclass
class Figures:
    """Of one play; `noise` in percent, None where too few tasks were closed."""

    fired: int = 0
    waiting: int = 0
    open: int = 0
    moving: int = 0
    last: dt.datetime | None = None
    noise: int | None = None


def of_plays(request: MemberRequest, now: dt.datetime) -> dict[int, Figures]:
    """Three statements, whatever the number of plays."""
    found: dict[int, Figures] = {}
    for row in _runs(visible_runs(request), now):
        found[row["play"]] = Figures(fired=row["fired"], moving=row["moving"], last=row["last"])
    for row in _matches():
        figures = found.setdefault(row["play"], Figures())
        figures.waiting, figures.open = row["waiting"], row["open"]
    for row in _noise(now):
        if row["closed"] >= FEW:
            found.setdefault(row["of"], Figures()).noise = round(100 * row["vain"] / row["closed"])
    return found


def visible_runs(request: MemberRequest) -> RunQuerySet:
    return Run.objects.filter(account__in=Account.objects.visible_to(request.membership))


def _runs(runs: RunQuerySet, now: dt.datetime) -> Iterable[Any]:
    recent = Count("pk", filter=Q(started_at__gte=now - RECENTLY))
    moving = Count("pk", filter=Q(state=RunState.MOVING))
    return runs.order_by().values("play").annotate(fired=recent, moving=moving, last=Max("started_at"))


def _matches() -> Iterable[Any]:
    standing = Match.objects.filter(Q(closed_at=None) | Q(fate__in=[Fate.WAITING, Fate.TRIPPED])).order_by()
    waiting = Count("pk", filter=Q(fate__in=[Fate.WAITING, Fate.TRIPPED]))
    return standing.values("play").annotate(waiting=waiting, open=Count("pk", filter=Q(closed_at=None)))


def _noise(now: dt.datetime) -> Iterable[Any]:
    """How many of the tasks that were closed turned out to be of no use."""
    closed = RunTask.objects.filter(run__started_at__gte=now - NOISE_OVER).exclude(task__status=TaskStatus.OPEN)
    vain = Q(task__status=TaskStatus.DROPPED) | Q(task__outcome=Outcome.NOT_NEEDED)
    by_play = closed.order_by().annotate(of=F("run__play")).values("of")
    return by_play.annotate(closed=Count("pk"), vain=Count("pk", filter=vain))
