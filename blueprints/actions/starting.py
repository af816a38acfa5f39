"""From a match to its run: in slices, each in one transaction with its fate; what fails is tried again alone.

A claim before counts the try, so that what kills its worker is counted too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from accounts import calendar, timeline
from accounts.models import Tenant, TenantWork, User
from accounts.tenancy.context import current_tenant_id, tenant_context
from blueprints.actions import sifting, stepping, turns
from blueprints.actions.parking import LONGEST_ERROR, MOST_ATTEMPTS
from blueprints.models import Fate, Match, Play, PlayState

SLICE = 1_000
FIRST_DELAY = dt.timedelta(seconds=5)
CUT_OFF = "The worker ended while it started this."

log = structlog.get_logger()


@dataclass
class Started:
    """`looked_at` and `failed` in matches, `runs` in runs."""

    looked_at: int = 0
    runs: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Claim:
    """Matches that are ours until the note's instant; a later claim counts one attempt more."""

    ids: list[int]
    attempts: int
    note: int


def due(at: dt.datetime) -> QuerySet[Match]:
    return Match.objects.waiting().filter(due_at__lte=at, attempts__lt=MOST_ATTEMPTS, play__state=PlayState.ON)


def start_waiting(tenant: Tenant) -> Started:
    """One slice of what waits, guards first."""
    done = Started()
    claim = _claim(tenant)
    if claim is None:
        return done
    with tenant_context(tenant):
        turns.take(tenant.pk)
        at = turns.clock()
        sifting.once(claim.ids, at)
        ours = list(Match.objects.waiting().filter(pk__in=claim.ids, attempts=claim.attempts).order_by("pk"))
        done.looked_at = len(claim.ids)
        done.failed = _begin_all(ours, tenant, at, done)
        if not done.failed:
            TenantWork.objects.filter(pk=claim.note).delete()
    return done


def begin(matches: Sequence[Match], *, tenant: Tenant, at: dt.datetime) -> int:
    """Their runs and their fate; raises what stepping raises."""
    today = calendar.local_today(tenant, at)
    began = stepping.begin(matches, tenant=tenant, at=at, today=today)
    Match.objects.filter(pk__in=[match.pk for match in matches]).update(fate=Fate.STARTED, last_error="")
    return began


def _claim(tenant: Tenant) -> Claim | None:
    with tenant_context(tenant):
        if not turns.try_take(tenant.pk):
            return None
        at = turns.clock()
        sifting.sift(tenant, at)
        first = due(at).order_by("pk").first()
        if first is None:
            return None
        # Alone from the second try on: what kills its worker must not count against its neighbors.
        fresh = due(at).filter(attempts=0).order_by("pk")
        ids = [first.pk] if first.attempts else list(fresh.values_list("pk", flat=True)[:SLICE])
        error = {"last_error": CUT_OFF} if first.attempts and not first.last_error else {}
        until = at + FIRST_DELAY * 2**first.attempts
        Match.objects.filter(pk__in=ids).update(attempts=F("attempts") + 1, due_at=until, **error)
        return Claim(ids, first.attempts + 1, timeline.ring(timeline.EVENTS, until).pk)


def _begin_all(matches: list[Match], tenant: Tenant, at: dt.datetime, done: Started) -> int:
    """All at once; where that fails each by itself, so that one holds up nobody. How many failed."""
    if not matches:
        return 0
    try:
        with transaction.atomic():
            done.runs += begin(matches, tenant=tenant, at=at)
        return 0
    except Exception as problem:
        if len(matches) == 1:
            error = f"{type(problem).__name__}: {problem}"[:LONGEST_ERROR]
            Match.objects.filter(pk=matches[0].pk).update(last_error=error)
            log.warning("match put off", match_id=matches[0].pk, attempts=matches[0].attempts, exc_info=True)
            return 1
        log.warning("matches begun one by one", problem=type(problem).__name__, matches=len(matches), exc_info=True)
    return sum(_begin_all([match], tenant, at, done) for match in matches)


def parked(play: Play) -> QuerySet[Match]:
    """Matches that failed too often to be tried again unasked."""
    return Match.objects.waiting().filter(play=play, attempts__gte=MOST_ATTEMPTS)


@transaction.atomic
def retry(matches: QuerySet[Match]) -> int:
    """A person mended the cause: these are tried again with the next ring. Returns how many."""
    count = matches.update(attempts=0, last_error="", due_at=Now())
    if count:
        timeline.ring(timeline.EVENTS)
    return count


@transaction.atomic
def release(play: Play, *, tenant: Tenant, by: User | None) -> int:
    """Starts what the circuit breaker stopped and what still holds; the rest has expired. How many runs began.

    Whom the play's share leaves alone is left alone here too, or nobody could say any more what the play is worth.
    """
    turns.take(tenant.pk)
    at = turns.clock()
    stopped = Match.objects.filter(play=play, fate=Fate.TRIPPED)
    stopped.filter(event=None, closed_at__isnull=False).update(fate=Fate.EXPIRED)
    ids = list(stopped.values_list("pk", flat=True))
    stopped.update(fate=Fate.WAITING, due_at=at)
    sifting.choose(play, at)
    sifting.once(ids, at)
    began = begin(list(Match.objects.waiting().filter(pk__in=ids).order_by("pk")), tenant=tenant, at=at)
    timeline.record("play.released", by=by, play=play.name, play_id=play.pk, count=began)
    return began


@transaction.atomic
def drop(play: Play, *, by: User | None) -> int:
    """Forgets what the circuit breaker stopped: it starts nothing. In a turn, as an undoing takes some of these too."""
    turns.take(current_tenant_id())
    count = Match.objects.filter(play=play, fate=Fate.TRIPPED).update(fate=Fate.DROPPED)
    if count:
        timeline.record("play.dropped", by=by, play=play.name, play_id=play.pk, count=count)
    return count
