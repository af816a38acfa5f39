"""The turn of a workspace: looks at what happened and at what changed, opens matches, starts runs, moves them on.

One at a time for each workspace, in short transactions that say themselves where they stand: a turn may be killed
anywhere, overlap another or come twice. What happened goes before the day's round over all accounts.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import DurationField, ExpressionWrapper, Min, Q, QuerySet
from django.db.models.functions import Now

from accounts import calendar, timeline
from accounts.actions import knowledge
from accounts.models import AccountState, InboxEntry, Tenant, TenantWork, Touched
from accounts.tenancy.context import tenant_context
from blueprints.actions import deliveries, hearing, matching, starting, stepping, turns, watching
from blueprints.actions.hearing import Listened
from blueprints.actions.listening import known
from blueprints.models import Turn

SLICE = 2_000
ROUND_SLICE = 10_000  # of what nobody waits for: a second long, and less to plan
SECONDS = 20.0  # then another tenant's turn comes; what is left has its note and is rung again
ROUND = "plays.round"
LONGEST_GAP = 400  # days unseen that are looked at afterwards

__all__ = ["Drained", "behind", "drain", "known", "look", "waiting_tenants"]


@dataclass
class Drained(Listened):
    """What one turn did: accounts looked at, matches opened, and what Listened counts."""

    followed: int = 0
    opened: int = 0
    moved: int = 0


def drain(tenant_id: int) -> Drained:
    """One turn; what it leaves has a note that rings the next one."""
    done, began = Drained(), time.monotonic()
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None:
        return done
    with tenant_context(tenant):
        # Before the work: a note that comes later may speak of an event that this turn never saw.
        notes = list(_due_notes(tenant_id).order_by("pk").values_list("pk", flat=True))
        began_at = turns.clock()
    after: int | None = 0
    while True:
        busy = _look_at_changes(tenant, done) + hearing.drop_unheard(tenant, done) + hearing.hear(tenant, done)
        busy += _start(tenant, done)
        if not busy and after is not None:
            after = _round(tenant, after, done)
            busy = after is not None
        if not busy or time.monotonic() - began > SECONDS:
            break
    done.moved = stepping.advance(tenant, turns.clock())
    with tenant_context(tenant):
        # One note says as much as many; the newest, so that two turns never take down each other's last.
        TenantWork.objects.filter(pk__in=notes[:-1] if _left() else notes).delete()
        _remember(done, began_at)
    return done


def waiting_tenants() -> list[int]:
    """Tenants with something due, whoever waits longest first: read outside any tenant, so from the notes alone."""
    due = TenantWork.objects.filter(kind__in=[timeline.EVENTS, ROUND, stepping.STEPS], due_at__lte=Now())
    longest = due.values("tenant_id").annotate(since=Min("due_at")).order_by("since", "tenant_id")
    waiting = [row["tenant_id"] for row in longest]
    never = Tenant.objects.exclude(pk__in=TenantWork.objects.filter(kind=ROUND).values("tenant_id"))
    return list(dict.fromkeys([*waiting, *never.order_by("pk").values_list("pk", flat=True)]))


def behind() -> dt.timedelta:
    """For how long the oldest work that is due has been waiting, whoever's it is: from the notes alone."""
    kinds = [timeline.EVENTS, ROUND, stepping.STEPS, deliveries.DELIVERIES]
    late = ExpressionWrapper(Now() - Min("due_at"), output_field=DurationField())
    found = TenantWork.objects.filter(kind__in=kinds, due_at__lte=Now()).aggregate(late=late)["late"]
    return found or dt.timedelta(0)


def _due_notes(tenant_id: int) -> QuerySet[TenantWork]:
    return TenantWork.objects.filter(tenant_id=tenant_id, kind=timeline.EVENTS, due_at__lte=Now())


def _left() -> bool:
    """Something waits still, or is in somebody else's hands who may die."""
    unfollowed = InboxEntry.objects.filter(followed_at=None)
    waiting = (hearing.due(), unfollowed, Touched.objects.all(), starting.due(turns.clock()))
    return any(rows.exists() for rows in waiting)


def _look_at_changes(tenant: Tenant, done: Drained) -> int:
    with tenant_context(tenant):
        if not turns.try_take(tenant.pk):
            return 0
        taken = knowledge.take(turns.clock(), most=SLICE)
        # After the taking: what was written just before it counts as looked at, so it must be in what is found.
        at, derived = turns.clock(), {pk for pk, derived in taken.items() if derived}
        look(list(taken), tenant=tenant, at=at, done=done, derived=derived)
    return len(taken)


def _round(tenant: Tenant, after: int, done: Drained) -> int | None:
    """A slice of the day's round over all accounts; None when it is through, and the next one has its note."""
    with tenant_context(tenant):
        if not turns.try_take(tenant.pk):
            return None
        at = turns.clock()
        today = calendar.local_today(tenant, at)
        notes = TenantWork.objects.filter(tenant=tenant, kind=ROUND)
        following = calendar.local_midnight(tenant, today + calendar.DAY)
        if not after and notes.filter(due_at=following).exists():
            return None
        unseen = AccountState.objects.filter(Q(seen_on=None) | Q(seen_on__lt=today), account_id__gt=after)
        ids = list(unseen.order_by("account_id").values_list("account_id", flat=True)[:ROUND_SLICE])
        if ids:
            look(ids, tenant=tenant, at=at, done=done)
            return ids[-1]
        # Also one that was left before the workspace's clock was set to another zone.
        notes.delete()
        timeline.ring(ROUND, due_at=following)
    return None


def look(
    ids: list[int],
    *,
    tenant: Tenant,
    at: dt.datetime,
    done: Drained | None = None,
    derived: Collection[int] = (),
) -> None:
    """Days that passed unseen first, by what was known then; then what is known now. In one transaction.

    Of those in `derived` only what follows from their facts is worked out anew, once they were seen on this day.
    """
    if not ids:
        return
    done, today, watch = done or Drained(), calendar.local_today(tenant, at), watching.fact_plays()
    last_seen = knowledge.missed(ids, today)
    for day in _days(last_seen, today):
        unseen = [account for account, seen_on in last_seen.items() if seen_on < day]
        done.opened += matching.settle(unseen, at=at, day=day, watch=watch).opened
        knowledge.seen(unseen, day)
    enough = set(derived) - set(knowledge.due_today(list(derived), today))
    knowledge.follow([pk for pk in ids if pk not in enough], tenant=tenant, at=at)
    knowledge.derive(sorted(enough), tenant=tenant, at=at)
    done.opened += matching.settle(ids, at=at, day=today, watch=watch).opened
    knowledge.seen(ids, today)
    stepping.wake(ids, at=at)
    done.followed += len(ids)


def _days(last_seen: dict[int, dt.date], today: dt.date) -> list[dt.date]:
    if not last_seen:
        return []
    first = max(min(last_seen.values()) + calendar.DAY, today - calendar.DAY * LONGEST_GAP)
    return [first + calendar.DAY * n for n in range((today - first).days)]


def _start(tenant: Tenant, done: Drained) -> int:
    begun = starting.start_waiting(tenant)
    done.started += begun.runs
    done.failed += begun.failed
    return begun.looked_at


def _remember(done: Drained, began_at: dt.datetime) -> None:
    heard = done.dropped + done.looked_at
    counts = {"followed": done.followed, "heard": heard, "started": done.started, "failed": done.failed}
    Turn.objects.update_or_create(defaults={"began_at": began_at, "ended_at": turns.clock(), **counts})
