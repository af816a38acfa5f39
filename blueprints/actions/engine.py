"""Looks at what happened and starts the plays that listen, exactly once, however often it runs, is killed or overlaps.

The inbox row is the queue: it was written with its event and goes with what the event caused, in one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now

from accounts import calendar, timeline
from accounts.models import Account, Event, InboxEntry, Tenant, TenantWork
from accounts.tenancy.context import tenant_context
from blueprints import rules
from blueprints.actions import library, runs
from blueprints.models import Play, PlayVersion

BATCH = 20  # what a kill can undo, and how long its rows stay locked
SWEEP_SIZE = 5_000
BATCHES = 10  # then another tenant's turn comes; what is left has its note and is rung again
TURN_LOCK = 7_201  # names our advisory locks; the second half is the tenant
MOST_ATTEMPTS = 8
FIRST_DELAY = dt.timedelta(seconds=5)
LONGEST_ERROR = 500
PEOPLE = ("event__account__csm", "event__account__ae", "event__account__delivery")
NEW_WORKSPACE = "workspace.created"
ACCOUNT_FACTS = ("name", "segment", "region", "industry", "touch_model", "phase", "currency")

log = structlog.get_logger()


@dataclass
class Drained:
    """What one turn did, in entries; `started` in runs."""

    dropped: int = 0
    looked_at: int = 0
    started: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Moment:
    """Whose wall clock and holidays count while a batch is looked at."""

    tenant: Tenant
    today: dt.date


def drain(tenant_id: int) -> Drained:
    """Empties the tenant's inbox in short transactions and takes down the notes that led here."""
    done = Drained()
    with tenant_context(tenant_id):
        # Before the work: a note that comes later may speak of an event that this turn never saw.
        notes = list(_due_notes(tenant_id).values_list("pk", flat=True))
        _furnish(tenant_id)
    for _ in range(BATCHES):
        if not _drop_unheard(tenant_id, done) + _fire_batch(tenant_id, done):
            break
    with tenant_context(tenant_id):
        if not _due().exists():
            TenantWork.objects.filter(pk__in=notes).delete()
    return done


def waiting_tenants() -> list[int]:
    """Tenants whose events wait: read outside any tenant, so from the notes alone."""
    due = TenantWork.objects.filter(kind=timeline.EVENTS, due_at__lte=Now())
    return list(due.values_list("tenant_id", flat=True).distinct())


def parked(kind: str) -> QuerySet[InboxEntry]:
    """Events of this kind that failed too often to be tried again unasked."""
    return InboxEntry.objects.filter(attempts__gte=MOST_ATTEMPTS, event__kind=kind)


@transaction.atomic
def retry(entries: QuerySet[InboxEntry]) -> int:
    """A person mended the cause: these events are looked at again with the next ring. Returns how many."""
    count = entries.update(attempts=0, last_error="", due_at=Now())
    if count:
        timeline.ring(timeline.EVENTS)
    return count


def _furnish(tenant_id: int) -> None:
    """A workspace that was just created gets the library before anything else is looked at."""
    if _due().filter(event__kind=NEW_WORKSPACE).exists():
        library.load(Tenant.objects.get(pk=tenant_id))


def _due_notes(tenant_id: int) -> QuerySet[TenantWork]:
    return TenantWork.objects.filter(tenant_id=tenant_id, kind=timeline.EVENTS, due_at__lte=Now())


def _due() -> QuerySet[InboxEntry]:
    """Locked ones too: whoever holds them may die and leave them."""
    return InboxEntry.objects.filter(due_at__lte=Now(), attempts__lt=MOST_ATTEMPTS)


def _drop_unheard(tenant_id: int, done: Drained) -> int:
    """Takes out what no play listens to.

    One statement, so one snapshot: a play switched on while it runs can't lose an event that came after it.
    """
    listening = Play.objects.on().filter(trigger=OuterRef("event__kind"))
    unheard = _due().filter(~Exists(listening)).order_by("pk").select_for_update(skip_locked=True, of=("self",))
    with tenant_context(tenant_id):
        count, _ = InboxEntry.objects.filter(pk__in=unheard.values("pk")[:SWEEP_SIZE]).delete()
    done.dropped += count
    return count


def _fire_batch(tenant_id: int, done: Drained) -> int:
    """One transaction: every claimed entry leaves the inbox with its runs, or is put off."""
    claim = _due().order_by("pk").select_for_update(skip_locked=True, of=("self",))
    with tenant_context(tenant_id):
        if not _alone(tenant_id):
            return 0
        entries = list(claim.select_related(*PEOPLE)[:BATCH])
        if not entries:
            return 0
        moment, plays = _moment(tenant_id), _listening({entry.event.kind for entry in entries})
        settled = [entry.pk for entry in entries if _settle(entry, plays[entry.event.kind], moment, done)]
        InboxEntry.objects.filter(pk__in=settled).delete()
    done.looked_at += len(entries)
    return len(entries)


def _alone(tenant_id: int) -> bool:
    """False while another turn looks at this tenant's events, so that one busy tenant never fills every worker.

    Good manners only: what keeps runs single is their constraint. Ends with the transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashint8(%s))", [TURN_LOCK, tenant_id])
        return bool(cursor.fetchone()[0])


def _moment(tenant_id: int) -> Moment:
    tenant = Tenant.objects.get(pk=tenant_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now: dt.datetime = cursor.fetchone()[0]
    return Moment(tenant, calendar.local_today(tenant, now))


def _listening(kinds: set[str]) -> dict[str, list[PlayVersion]]:
    """The newest wording of every play that is on, by the kind of event that it listens to."""
    newest = PlayVersion.objects.filter(play__in=Play.objects.on().filter(trigger__in=kinds))
    plays: dict[str, list[PlayVersion]] = defaultdict(list)
    for version in newest.order_by("play_id", "-number").distinct("play_id").select_related("play"):
        plays[version.play.trigger].append(version)
    return plays


def _settle(entry: InboxEntry, versions: list[PlayVersion], moment: Moment, done: Drained) -> bool:
    """Each play on its own: one that can't start keeps the event for another try, and the others have begun."""
    problems: list[str] = []
    for version in versions:
        try:
            with transaction.atomic():
                done.started += _start(version, entry.event, moment)
        except Exception as problem:
            problems.append(f"{version.play.name}: {type(problem).__name__}: {problem}")
    if problems:
        _put_off(entry, problems)
        done.failed += 1
    return not problems


def _start(version: PlayVersion, event: Event, moment: Moment) -> bool:
    play = version.play
    if event.account is None or event.account.archived_at:
        return False
    if play.on_since is None or event.recorded_at < play.on_since:
        return False
    if not rules.holds(version.conditions, known(event)):
        return False
    return runs.start(play, version, event, tenant=moment.tenant, today=moment.today) is not None


def known(event: Event) -> dict[str, Any]:
    """What conditions may ask about: the event's facts and the account's fields, a tenant's own ones too."""
    account: Account = event.account  # type: ignore[assignment]
    facts = {f"event.{name}": value for name, value in event.facts.items()}
    facts |= {f"account.{name}": getattr(account, name) for name in ACCOUNT_FACTS}
    return facts | {f"account.custom.{key}": value for key, value in account.custom.items()}


def _put_off(entry: InboxEntry, problems: list[str]) -> None:
    """Later and later, with a note for that instant; after the last try it is parked where people see it."""
    delay = FIRST_DELAY * 2**entry.attempts
    InboxEntry.objects.filter(pk=entry.pk).update(
        attempts=F("attempts") + 1, last_error="\n".join(problems)[:LONGEST_ERROR], due_at=Now() + delay
    )
    entry.refresh_from_db(fields=["attempts", "due_at"])
    log.warning("event put off", event_id=entry.event_id, kind=entry.event.kind, attempts=entry.attempts)
    if entry.attempts < MOST_ATTEMPTS:
        timeline.ring(timeline.EVENTS, entry.due_at)
