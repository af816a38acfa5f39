"""Events and the plays that listen: each event once, however often a turn runs, is killed or overlaps.

The inbox row is the queue: it was written with its event and goes with what the event caused, in one transaction.
A claim before counts the try, so that what kills its worker is counted too.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial

import structlog
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from accounts import calendar, timeline
from accounts.models import InboxEntry, Tenant, TenantWork
from accounts.tenancy.context import current_tenant_id, tenant_context
from blueprints.actions import library, listening, turns, watching
from blueprints.actions.listening import Pair
from blueprints.actions.parking import MOST_ATTEMPTS, Paused, asked_again, heard, put_off
from blueprints.models import Match, PlayState, PlayVersion

BATCH = 50  # what a kill can undo, and how long its rows stay locked
SWEEP_SIZE = 5_000
FIRST_DELAY = dt.timedelta(seconds=5)
CUT_OFF = "The worker ended while it looked at this."
NEW_WORKSPACE = "workspace.created"
# Not before the version of facts that it is tested by, though somebody set the clock back.
HEARD = """
INSERT INTO blueprints_heard (tenant_id, event_id, at)
SELECT i.tenant_id, i.event_id, greatest(%(at)s, k.valid_from) FROM accounts_inboxentry i
JOIN accounts_event e ON e.tenant_id = i.tenant_id AND e.id = i.event_id
LEFT JOIN accounts_accountfacts k ON k.tenant_id = e.tenant_id AND k.account_id = e.account_id
WHERE i.tenant_id = %(tenant)s AND i.id = ANY(%(entries)s) AND e.account_id IS NOT NULL
ON CONFLICT DO NOTHING
"""

log = structlog.get_logger()


@dataclass
class Listened:
    """What a batch came to, in entries; `started` in runs."""

    dropped: int = 0
    looked_at: int = 0
    started: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Claim:
    """Entries that are ours until the note's instant; a later claim counts one attempt more."""

    entries: list[int]
    attempts: int
    note: int


def due() -> QuerySet[InboxEntry]:
    """Whose accounts were followed already; locked ones too: whoever holds them may die and leave them."""
    return InboxEntry.objects.filter(due_at__lte=Now(), attempts__lt=MOST_ATTEMPTS, followed_at__isnull=False)


def drop_unheard(tenant: Tenant, done: Listened) -> int:
    """Takes out what no play listens to.

    In a turn of its own: a play that is being switched on is waited for, or seen.
    """
    with tenant_context(tenant):
        if not turns.try_take(tenant.pk) or _unfurnished():
            return 0
        unheard = due().exclude(heard()).order_by("pk").select_for_update(skip_locked=True, of=("self",))
        ids = list(unheard.values_list("pk", flat=True)[:SWEEP_SIZE])
        if ids:
            _note_heard(ids, turns.clock())
            InboxEntry.objects.filter(pk__in=ids).delete()
    done.dropped += len(ids)
    return len(ids)


def hear(tenant: Tenant, done: Listened) -> int:
    """Claims some entries, then works: each leaves the inbox with its matches, or stays until its claim ends."""
    claim = _claim(tenant)
    if claim is None:
        return 0
    with tenant_context(tenant):
        turns.take(tenant.pk)
        at, entries = turns.clock(), _claimed(claim)
        _note_heard([entry.pk for entry in entries], at)
        failed = _settle(entries, tenant, at, done)
        InboxEntry.objects.filter(pk__in=[entry.pk for entry in entries if entry.pk not in failed]).delete()
        if len(entries) - len(failed) == len(claim.entries):
            TenantWork.objects.filter(pk=claim.note).delete()
    done.looked_at += len(entries)
    return len(claim.entries)


def _unfurnished() -> bool:
    """True until the workspace's first event brought the library: what happens meanwhile waits for its plays."""
    waiting = InboxEntry.objects.filter(attempts__lt=MOST_ATTEMPTS).order_by("pk")
    return waiting.values_list("event__kind", flat=True).first() == NEW_WORKSPACE


def _note_heard(entries: list[int], at: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(HEARD, {"tenant": current_tenant_id(), "entries": entries, "at": at})


def _claim(tenant: Tenant) -> Claim | None:
    """Counts the try and sets the next one, later and later, in a transaction that no kill of the work undoes."""
    with tenant_context(tenant):
        if not turns.try_take(tenant.pk):
            return None
        waiting = due().order_by("pk").select_for_update(skip_locked=True, of=("self",))
        entries = list((waiting.filter(event__kind=NEW_WORKSPACE) if _unfurnished() else waiting)[:BATCH])
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
    return list(ours.select_for_update(skip_locked=True, of=("self",)).select_related("event__account"))


def _settle(entries: list[InboxEntry], tenant: Tenant, at: dt.datetime, done: Listened) -> set[int]:
    """All at once; where that fails each effect by itself: the others have begun. Entries that are kept."""
    watch = watching.listening(entry.event.kind for entry in entries)
    today = calendar.local_today(tenant, at)
    pairs = listening.pairs(watch, [entry.event_id for entry in entries], at=at, day=today)
    by_entry = {entry.pk: _concerned(entry, watch, pairs) for entry in entries}
    every = [version for versions in by_entry.values() for version in versions]
    start = partial(listening.start, watch=watch, tenant=tenant, at=at, day=today)
    if all(version.play.state in (PlayState.ON, PlayState.SHADOW) for version in every):
        chosen = [(entry.event_id, version.pk) for entry in entries for version in by_entry[entry.pk]]
        try:
            with transaction.atomic():
                _furnish(entries, tenant)
                done.started += start(chosen)
            return set()
        except Exception as problem:
            log.warning("events tried one by one", problem=type(problem).__name__, entries=len(entries), exc_info=True)
    return {entry.pk for entry in entries if not _settle_alone(entry, by_entry[entry.pk], tenant, start, done)}


def _furnish(entries: list[InboxEntry], tenant: Tenant) -> None:
    if any(entry.event.kind == NEW_WORKSPACE for entry in entries):
        library.load(tenant)


def _settle_alone(
    entry: InboxEntry, versions: list[PlayVersion], tenant: Tenant, start: partial[int], done: Listened
) -> bool:
    effects = [("Library", partial(_furnish, [entry], tenant))] if entry.event.kind == NEW_WORKSPACE else []
    effects += [(version.play.name, partial(_start_or_wait, entry, version, start, done)) for version in versions]
    problems: dict[str, Exception] = {}
    for name, effect in effects:
        try:
            with transaction.atomic():
                effect()
        except Exception as problem:
            problems[name] = problem
    if problems:
        said = [f"{name}: {type(problem).__name__}: {problem}" for name, problem in problems.items()]
        put_off(entry, said, park=all(isinstance(problem, Paused) for problem in problems.values()))
        log.warning("event put off", event_id=entry.event_id, kind=entry.event.kind, attempts=entry.attempts)
        done.failed += 1
    return not problems


def _start_or_wait(entry: InboxEntry, version: PlayVersion, start: partial[int], done: Listened) -> None:
    """What somebody asked for again must not be lost because its play is paused: it is parked once more."""
    if version.play.state in (PlayState.ON, PlayState.SHADOW):
        done.started += start([(entry.event_id, version.pk)])
    elif not Match.objects.filter(play=version.play, event=entry.event_id).exists():
        raise Paused("switch it on, then try again.")


def _concerned(entry: InboxEntry, watch: watching.Watch, pairs: set[Pair]) -> list[PlayVersion]:
    return [v for v in watch.versions if (entry.event_id, v.pk) in pairs and _concerns(v, entry)]


def _concerns(version: PlayVersion, entry: InboxEntry) -> bool:
    event, play = entry.event, version.play
    # What a person asks for again counts, though the play was paused, mended and switched on since.
    if asked_again(entry):
        return True
    # Both instants: notes and contracts of years ago may be brought in today.
    since = play.on_since if play.state in (PlayState.ON, PlayState.SHADOW) else None
    return since is not None and min(event.occurred_at, event.recorded_at) >= since
