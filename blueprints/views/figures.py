"""How plays have fared lately, counted for all of them at once: fired, waiting, open, noise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet

from accounts.access import MemberRequest
from accounts.models import Account, Outcome, TaskStatus
from blueprints.models import Fate, Match, Play, Run, RunState, RunTask
from blueprints.models.match import MatchQuerySet
from blueprints.models.run import RunQuerySet

RECENTLY = dt.timedelta(days=30)
WEEK = dt.timedelta(weeks=1)
NOISE_OVER = dt.timedelta(days=90)
FEW = 5  # closed tasks below which a share says nothing


@dataclass
class Figures:
    """Of one play. `done` and `noise`: percent of closed tasks, None where too few were closed.

    `csms`: whose accounts it fired at lately, accounts of nobody as those of one.
    """

    fired: int = 0
    csms: int = 0
    waiting: int = 0
    open: int = 0
    moving: int = 0
    last: dt.datetime | None = None
    done: int | None = None
    noise: int | None = None

    @property
    def per_csm_week(self) -> float | None:
        """How often it comes to one of them in a week."""
        return round(self.fired / self.csms / (RECENTLY / WEEK), 1) if self.csms else None


def of_plays(request: MemberRequest, now: dt.datetime, play: Play | None = None) -> dict[int, Figures]:
    """Three statements, whatever the number of plays; None: all of them."""
    found: dict[int, Figures] = {}
    only = {"play": play} if play else {}
    for row in _runs(visible_runs(request).filter(**only), now):
        csms = row["csms"] + bool(row["unowned"])
        found[row["play"]] = Figures(fired=row["fired"], csms=csms, moving=row["moving"], last=row["last"])
    for row in _matches(Match.objects.filter(**only)):
        figures = found.setdefault(row["play"], Figures())
        figures.waiting, figures.open = row["waiting"], row["open"]
    for row in _closed(RunTask.objects.filter(**{"run__play": play} if play else {}), now):
        if row["closed"] >= FEW:
            figures = found.setdefault(row["of"], Figures())
            figures.done, figures.noise = (round(100 * row[name] / row["closed"]) for name in ("done", "vain"))
    return found


def visible_runs(request: MemberRequest) -> RunQuerySet:
    return Run.objects.filter(account__in=Account.objects.visible_to(request.membership))


def _runs(runs: RunQuerySet, now: dt.datetime) -> Iterable[Any]:
    lately = Q(started_at__gte=now - RECENTLY)
    counts = {
        "fired": Count("pk", filter=lately),
        "csms": Count("account__csm", filter=lately, distinct=True),
        "unowned": Count("pk", filter=lately & Q(account__csm=None)),
        "moving": Count("pk", filter=Q(state=RunState.MOVING)),
        "last": Max("started_at"),
    }
    return runs.order_by().values("play").annotate(**counts)


def _matches(matches: MatchQuerySet) -> Iterable[Any]:
    standing = matches.filter(Q(closed_at=None) | Q(fate__in=[Fate.WAITING, Fate.TRIPPED])).order_by()
    waiting = Count("pk", filter=Q(fate__in=[Fate.WAITING, Fate.TRIPPED]))
    return standing.values("play").annotate(waiting=waiting, open=Count("pk", filter=Q(closed_at=None)))


def _closed(links: QuerySet[RunTask], now: dt.datetime) -> Iterable[Any]:
    """How many of the tasks that were closed were done, and how many turned out to be of no use."""
    closed = links.filter(run__started_at__gte=now - NOISE_OVER).exclude(task__status=TaskStatus.OPEN)
    vain = Q(task__status=TaskStatus.DROPPED) | Q(task__outcome=Outcome.NOT_NEEDED)
    by_play = closed.order_by().annotate(of=F("run__play")).values("of")
    return by_play.annotate(closed=Count("pk"), vain=Count("pk", filter=vain), done=Count("pk", filter=~vain))
