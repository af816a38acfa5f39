"""Guards at work: of the matches whose turn it is, those that a guard drops, and those that it lets wait longer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts import calendar, timeline
from accounts.models import Tenant
from accounts.tenancy.context import current_tenant_id
from blueprints import guards
from blueprints.actions import watching
from blueprints.actions.parking import MOST_ATTEMPTS
from blueprints.actions.stepping.calling import CALLED
from blueprints.guards import Guards
from blueprints.models import Fate, Match, Play, PlayState, PlayVersion

HOUR = dt.timedelta(hours=1)
LAPSE = """
UPDATE blueprints_match SET fate = 'lapsed'
WHERE tenant_id = %(tenant)s AND fate = 'waiting' AND event_id IS NULL AND closed_at IS NOT NULL
"""
# The same share as guards.held_out takes.
HOLD_OUT = """
UPDATE blueprints_match SET fate = 'held_out'
WHERE tenant_id = %(tenant)s AND fate = 'waiting' AND version_id = %(version)s AND due_at <= %(at)s
    AND ('x' || left(md5(play_id || ':' || account_id), 8))::bit(32)::bigint %% 100 < %(percent)s
"""
# Of several that wait at one account the first may start.
COOL = """
UPDATE blueprints_match m SET fate = 'cooling' FROM (
    SELECT id, account_id, row_number() OVER (PARTITION BY account_id ORDER BY id) AS place FROM blueprints_match
    WHERE tenant_id = %(tenant)s AND fate = 'waiting' AND version_id = %(version)s AND due_at <= %(at)s
) w WHERE m.tenant_id = %(tenant)s AND m.id = w.id AND (w.place > 1 OR EXISTS (
    SELECT FROM blueprints_run r WHERE r.tenant_id = %(tenant)s AND r.account_id = w.account_id
        AND r.play_id = %(play)s AND r.state <> 'undone' AND r.started_at > %(since)s))
"""
# What another play asked for begins nothing where its play is in motion, or where another match of it begins with this
# turn, or has been claimed for it. What may lapse before it begins, or is parked, stands in nobody's way.
ONCE = """
UPDATE blueprints_match m SET fate = 'cooling' FROM accounts_event e
WHERE m.tenant_id = %(tenant)s AND m.id = ANY(%(ids)s::bigint[]) AND m.fate = 'waiting'
    AND e.tenant_id = m.tenant_id AND e.id = m.event_id AND e.kind = %(called)s
    AND (EXISTS (
        SELECT FROM blueprints_run r WHERE r.tenant_id = m.tenant_id AND r.account_id = m.account_id
            AND r.play_id = m.play_id AND r.state = 'moving' AND r.match_id IS DISTINCT FROM m.id
    ) OR EXISTS (
        SELECT FROM blueprints_match w LEFT JOIN accounts_event c ON c.tenant_id = w.tenant_id AND c.id = w.event_id
        WHERE w.tenant_id = m.tenant_id AND w.account_id = m.account_id AND w.play_id = m.play_id
            AND w.fate = 'waiting' AND w.id <> m.id AND (w.id < m.id OR c.kind IS DISTINCT FROM %(called)s)
            AND (w.id = ANY(%(ids)s::bigint[]) OR (w.attempts < %(most)s AND (w.due_at <= %(at)s OR w.attempts > 0)
                AND (w.event_id IS NOT NULL OR w.closed_at IS NULL)))))
"""
WAIT = """
UPDATE blueprints_match SET due_at = %(until)s
WHERE tenant_id = %(tenant)s AND fate = 'waiting' AND version_id = %(version)s AND due_at <= %(at)s
"""
# Accounts without a CSM count as those of one, and what waits under another wording of the play counts too.
CROWDED = """
UPDATE blueprints_match m SET due_at = %(until)s FROM (
    SELECT w.id, w.version_id, row_number() OVER (PARTITION BY a.csm_id ORDER BY w.id) + coalesce(d.runs, 0) AS place
    FROM blueprints_match w JOIN accounts_account a ON a.tenant_id = w.tenant_id AND a.id = w.account_id
    LEFT JOIN (
        SELECT b.csm_id, count(*) AS runs FROM blueprints_run r
        JOIN accounts_account b ON b.tenant_id = r.tenant_id AND b.id = r.account_id
        WHERE r.tenant_id = %(tenant)s AND r.play_id = %(play)s AND r.started_at >= %(midnight)s GROUP BY b.csm_id
    ) d ON d.csm_id IS NOT DISTINCT FROM a.csm_id
    WHERE w.tenant_id = %(tenant)s AND w.fate = 'waiting' AND w.play_id = %(play)s AND w.due_at <= %(at)s
) p WHERE m.tenant_id = %(tenant)s AND m.id = p.id AND p.version_id = %(version)s AND p.place > %(most)s
"""


@dataclass(frozen=True)
class Sieve:
    """Whose wall clock counts, and the instant of the turn."""

    tenant: Tenant
    at: dt.datetime

    @property
    def today(self) -> dt.date:
        return calendar.local_today(self.tenant, self.at)

    @property
    def tomorrow(self) -> dt.datetime:
        return calendar.local_midnight(self.tenant, self.today + calendar.DAY)


def sift(tenant: Tenant, at: dt.datetime) -> None:
    """Statements by the number of plays whose matches wait, whatever the number of matches."""
    sieve = Sieve(tenant, at)
    if not Match.objects.waiting().exists():
        return
    _run(LAPSE, {})
    waiting = Match.objects.waiting().filter(due_at__lte=at, play__state=PlayState.ON)
    versions = PlayVersion.objects.filter(pk__in=waiting.order_by().values("version_id").distinct())
    for version in versions.exclude(guards={}).select_related("play").order_by("pk"):
        _sift(version, guards.parse(version.guards), sieve)


def _sift(version: PlayVersion, said: Guards, sieve: Sieve) -> None:
    here: dict[str, Any] = {"version": version.pk, "play": version.play_id, "at": sieve.at}
    if said.breaker_per_hour is not None and _trips(version, said.breaker_per_hour, sieve):
        return
    _choose(said, here)
    if said.quiet and (until := said.quiet.ends(sieve.at.astimezone(sieve.tenant.zone), sieve.tenant.country)):
        _postpone(WAIT, here, until)
    elif said.per_csm_day is not None:
        midnight = calendar.local_midnight(sieve.tenant, sieve.today)
        _postpone(CROWDED, here | {"most": said.per_csm_day, "midnight": midnight}, sieve.tomorrow)


def choose(play: Play, at: dt.datetime) -> None:
    """Of this play's waiting matches those that its share leaves alone, and those that come too soon."""
    for version in PlayVersion.objects.filter(play=play).exclude(guards={}).order_by("pk"):
        _choose(guards.parse(version.guards), {"version": version.pk, "play": play.pk, "at": at})


def once(ids: Sequence[int], at: dt.datetime) -> None:
    """Of these matches, which are about to begin in this turn: calls of what is in motion already begin nothing."""
    _run(ONCE, {"ids": list(ids), "at": at, "called": CALLED, "most": MOST_ATTEMPTS})


def _choose(said: Guards, here: dict[str, Any]) -> None:
    if said.hold_out_percent:
        _run(HOLD_OUT, here | {"percent": said.hold_out_percent})
    if said.cool_down_days:
        _run(COOL, here | {"since": here["at"] - calendar.DAY * said.cool_down_days})


def _postpone(sql: str, params: dict[str, Any], until: dt.datetime) -> None:
    if _run(sql, params | {"until": until}):
        timeline.ring(timeline.EVENTS, due_at=until)


def _trips(version: PlayVersion, most: int, sieve: Sieve) -> bool:
    """Too many within an hour is more likely a mistake in the play than a bad hour of the customers."""
    play = version.play
    # What a person confirmed, switching it on or wording it anew, opened at that instant.
    said = [instant for instant in (play.on_since, play.confirmed_at) if instant]
    since = max(sieve.at - HOUR, *said) if said else sieve.at
    recent = Match.objects.filter(play=play, opened_at__gt=since, fate__in=[Fate.WAITING, Fate.STARTED]).count()
    if recent <= most:
        return False
    watching.stop(play, f"{recent:,} accounts matched within an hour, more than {most:,}.", "play.tripped")
    Match.objects.waiting().filter(play=play).update(fate=Fate.TRIPPED)
    return True


def _run(sql: str, params: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tenant": current_tenant_id(), **params})
        return cursor.rowcount
