"""Looks at what happened and starts the plays that listen, exactly once, however often it runs, is killed or overlaps.

The inbox row is the queue: it was written with its event and goes with what the event caused, in one transaction.
A claim before counts the try, so that what kills its worker is counted too.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from accounts import calendar, timeline
from accounts.models import Account, Event, InboxEntry, Tenant, TenantWork
from accounts.tenancy.context import tenant_context
from blueprints import rules
from blueprints.actions import library, runs, turns
from blueprints.actions.parking import MOST_ATTEMPTS, Paused, asked_again, heard, put_off
from blueprints.models import Play, PlayState, PlayVersion, Run

BATCH = 20  # what a kill can undo, and how long its rows stay locked
SWEEP_SIZE = 5_000
BATCHES = 10  # then another tenant's turn comes; what is left has its note and is rung again
FIRST_DELAY = dt.timedelta(seconds=5)
CUT_OFF = "The worker ended while it looked at this."
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
    present: frozenset[int]


@dataclass(frozen=True)
class Claim:
    """Entries that are ours until the note's instant; a later claim counts one attempt more."""

    entries: list[int]
    attempts: int
    note: int


def drain(tenant_id: int) -> Drained:
    """Empties the tenant's inbox in short transactions and takes down the notes that led here."""
    done = Drained()
    with tenant_context(tenant_id):
        # Before the work: a note that comes later may speak of an event that this turn never saw.
        notes = list(_due_notes(tenant_id).order_by("pk").values_list("pk", flat=True))
    for _ in range(BATCHES):
        if not _drop_unheard(tenant_id, done) + _fire_batch(tenant_id, done):
            break
    with tenant_context(tenant_id):
        # One note says as much as many; the newest, so that two turns never take down each other's last.
        TenantWork.objects.filter(pk__in=notes[:-1] if _due().exists() else notes).delete()
    return done


def waiting_tenants() -> list[int]:
    """Tenants whose events wait: read outside any tenant, so from the notes alone."""
    due = TenantWork.objects.filter(kind=timeline.EVENTS, due_at__lte=Now())
    return list(due.values_list("tenant_id", flat=True).distinct())


def _unfurnished() -> bool:
    """True until the workspace's first event brought the library: what happens meanwhile waits for its plays."""
    waiting = InboxEntry.objects.filter(attempts__lt=MOST_ATTEMPTS).order_by("pk")
    return waiting.values_list("event__kind", flat=True).first() == NEW_WORKSPACE


def _due_notes(tenant_id: int) -> QuerySet[TenantWork]:
    return TenantWork.objects.filter(tenant_id=tenant_id, kind=timeline.EVENTS, due_at__lte=Now())


def _due() -> QuerySet[InboxEntry]:
    """Locked ones too: whoever holds them may die and leave them."""
    return InboxEntry.objects.filter(due_at__lte=Now(), attempts__lt=MOST_ATTEMPTS)


def _drop_unheard(tenant_id: int, done: Drained) -> int:
    """Takes out what no play listens to.

    In a turn of its own: a play that is being switched on is waited for, or seen.
    """
    unheard = _due().exclude(heard()).order_by("pk").select_for_update(skip_locked=True, of=("self",))
    with tenant_context(tenant_id):
        if not turns.try_take(tenant_id) or _unfurnished():
            return 0
        count, _ = InboxEntry.objects.filter(pk__in=unheard.values("pk")[:SWEEP_SIZE]).delete()
    done.dropped += count
    return count


def _fire_batch(tenant_id: int, done: Drained) -> int:
    """Claims some entries, then works: each leaves the inbox with its runs, or stays until its claim ends."""
    claim = _claim(tenant_id)
    if claim is None:
        return 0
    with tenant_context(tenant_id):
        turns.take(tenant_id)
        entries = _claimed(claim)
        moment, plays = _moment(tenant_id, entries), _listening({entry.event.kind for entry in entries})
        settled = [entry.pk for entry in entries if _settle(entry, plays[entry.event.kind], moment, done)]
        InboxEntry.objects.filter(pk__in=settled).delete()
        if len(settled) == len(claim.entries):
            TenantWork.objects.filter(pk=claim.note).delete()
    done.looked_at += len(entries)
    return len(claim.entries)


def _claim(tenant_id: int) -> Claim | None:
    """Counts the try and sets the next one, later and later, in a transaction that no kill of the work undoes."""
    with tenant_context(tenant_id):
        if not turns.try_take(tenant_id):
            return None
        due = _due().order_by("pk").select_for_update(skip_locked=True, of=("self",))
        entries = list((due.filter(event__kind=NEW_WORKSPACE) if _unfurnished() else due)[:BATCH])
        if not entries:
            return None
        first = entries[0]
        # Alone from the second try on: what kills its worker must not count against its neighbors.
        ours = [first.pk] if first.attempts else [entry.pk for entry in entries if not entry.attempts]
        error = {"last_error": CUT_OFF} if first.attempts and not first.last_error else {}
        InboxEntry.objects.filter(pk__in=ours).update(
            attempts=F("attempts") + 1, due_at=Now() + FIRST_DELAY * 2**first.attempts, **error
        )
        first.refresh_from_db(fields=["attempts", "due_at"])
        return Claim(ours, first.attempts, timeline.ring(timeline.EVENTS, first.due_at).pk)


def _claimed(claim: Claim) -> list[InboxEntry]:
    """Without those that somebody else claimed after our claim had ended."""
    ours = InboxEntry.objects.filter(pk__in=claim.entries, attempts=claim.attempts).order_by("pk")
    return list(ours.select_for_update(skip_locked=True, of=("self",)).select_related(*PEOPLE))


def _moment(tenant_id: int, entries: list[InboxEntry]) -> Moment:
    tenant = Tenant.objects.get(pk=tenant_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now: dt.datetime = cursor.fetchone()[0]
    accounts = [entry.event.account for entry in entries if entry.event.account]
    return Moment(tenant, calendar.local_today(tenant, now), runs.present_at(accounts))


def _listening(kinds: set[str]) -> dict[str, list[PlayVersion]]:
    """The newest wording of every play that is on, or was, by the kind of event that it listens to."""
    plays_of = Play.objects.filter(trigger__in=kinds).exclude(state=PlayState.DRAFT)
    newest = PlayVersion.objects.filter(play__in=plays_of)
    plays: dict[str, list[PlayVersion]] = defaultdict(list)
    for version in newest.order_by("play_id", "-number").distinct("play_id").select_related("play"):
        plays[version.play.trigger].append(version)
    return plays


def _settle(entry: InboxEntry, versions: list[PlayVersion], moment: Moment, done: Drained) -> bool:
    """Each effect on its own: one that fails keeps the event for another try, and the others have begun."""
    problems: dict[str, Exception] = {}
    for name, effect in _effects(entry, versions, moment):
        try:
            with transaction.atomic():
                done.started += bool(effect())
        except Exception as problem:
            problems[name] = problem
    if problems:
        said = [f"{name}: {type(problem).__name__}: {problem}" for name, problem in problems.items()]
        put_off(entry, said, park=all(isinstance(problem, Paused) for problem in problems.values()))
        log.warning("event put off", event_id=entry.event_id, kind=entry.event.kind, attempts=entry.attempts)
        done.failed += 1
    return not problems


def _effects(
    entry: InboxEntry, versions: list[PlayVersion], moment: Moment
) -> Iterator[tuple[str, Callable[[], bool | None]]]:
    if entry.event.kind == NEW_WORKSPACE:
        yield "Library", partial(library.load, moment.tenant)
    for version in versions:
        if version.play.state == PlayState.ON:
            yield version.play.name, partial(_start, version, entry, moment)
        elif asked_again(entry):
            yield version.play.name, partial(_wait, version, entry)


def _start(version: PlayVersion, entry: InboxEntry, moment: Moment) -> bool:
    play, event = version.play, entry.event
    if not _concerns(version, entry):
        return False
    return (
        runs.start(play, version, event, tenant=moment.tenant, today=moment.today, present=moment.present) is not None
    )


def _wait(version: PlayVersion, entry: InboxEntry) -> None:
    """What somebody asked for again must not be lost because its play is paused: it is parked once more."""
    if _concerns(version, entry) and not Run.objects.filter(play=version.play, event=entry.event).exists():
        raise Paused("switch it on, then try again.")


def _concerns(version: PlayVersion, entry: InboxEntry) -> bool:
    event, since = entry.event, version.play.on_since
    if event.account is None or event.account.archived_at:
        return False
    # Both instants: notes and contracts of years ago may be brought in today.
    too_early = since is None or min(event.occurred_at, event.recorded_at) < since
    # What a person asks for again counts, though the play was paused, mended and switched on since.
    if too_early and not asked_again(entry):
        return False
    return rules.holds(version.conditions, known(event))


def known(event: Event) -> dict[str, Any]:
    """What conditions may ask about: the event's facts and the account's fields, a tenant's own ones too."""
    account: Account = event.account  # type: ignore[assignment]
    facts = {f"event.{name}": value for name, value in event.facts.items()}
    facts |= {f"account.{name}": getattr(account, name) for name in ACCOUNT_FACTS}
    return facts | {f"account.custom.{key}": value for key, value in account.custom.items()}
