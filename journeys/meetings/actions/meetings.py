"""The life of a meeting: scheduled, moved, started, noted, closed; or cancelled on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from accounts import timeline
from accounts.actions import states
from accounts.actions.errors import Conflict, named_refusals, refuse
from accounts.actions.validity import check, check_change, only, settled
from accounts.actions.writing import change, told
from accounts.models import Account, Contact, User
from journeys.meetings.actions import agenda as agendas
from journeys.meetings.actions import attendees as lists
from journeys.meetings.actions import invitations
from journeys.meetings.actions.standing import locked, must_be_ahead, must_not_be_cancelled, tell
from journeys.meetings.models import GoalMet, Kind, Meeting, MeetingStatus

EDITABLE = ("kind", "title", "goal", "starts_at", "ends_at", "place", "is_async", "organizer")
FIELDS = (*EDITABLE, "follows")
LONGEST_NOTES = 50_000
FIRST_IMPACT = "first_impact"  # the note for whoever counts the days from the kickoff
FORGOTTEN_AFTER = dt.timedelta(hours=4)

Guests = Iterable[User | Contact | lists.Guest]


@transaction.atomic
def schedule(
    account: Account,
    values: Mapping[str, Any],
    agenda: Sequence[Mapping[str, Any]] = (),
    attendees: Guests = (),
    *,
    by: User,
    now: dt.datetime | None = None,
) -> Meeting:
    """`values`: kind, title, goal, starts_at, ends_at, place, is_async, organizer (or `by`), follows.

    `agenda`: points as {title, minutes}. `attendees`: users, contacts of this account, or Guests with role and context.
    """
    given = {"organizer": by} | only(values, FIELDS)
    meeting = Meeting(
        account=account, created_by=by, **given, **({"created_at": now, "updated_at": now} if now else {})
    )
    check(meeting)
    _check_times(meeting)
    with named_refusals(Meeting):
        meeting.save(force_insert=True)
    settled(meeting)
    agendas.lay_down(meeting, agenda, new=True)
    for guest in attendees:
        lists.add(meeting, guest)
    tell("meeting.scheduled", meeting, by, now, starts_at=meeting.starts_at.isoformat(), on=_day(meeting))
    return meeting


@transaction.atomic
def edit(meeting: Meeting, values: Mapping[str, Any], *, by: User, version: int | None = None) -> Meeting:
    """Changes what differs; other times are told as a move. Stale `version`, held or cancelled: Conflict."""
    row = locked(meeting)
    must_be_ahead(row)
    if version is not None and version != row.version:
        raise Conflict(row)
    given = only(values, EDITABLE)
    check_change(row, given)
    changed = change(row, given)
    _check_times(row)
    if {"starts_at", "ends_at"} & set(changed):
        tell("meeting.moved", row, by, None, starts_at=row.starts_at.isoformat(), on=_day(row))
    if rest := {name: pair for name, pair in changed.items() if name not in ("starts_at", "ends_at")}:
        tell("meeting.edited", row, by, None, **told(rest))
    invitations.follow(row, changed)
    return row


def move(
    meeting: Meeting, *, starts_at: dt.datetime, ends_at: dt.datetime, by: User, version: int | None = None
) -> Meeting:
    """The same meeting at another time."""
    return edit(meeting, {"starts_at": starts_at, "ends_at": ends_at}, by=by, version=version)


@transaction.atomic
def cancel(
    meeting: Meeting, *, by: User, reason: str = "", version: int | None = None, now: dt.datetime | None = None
) -> Meeting:
    """It won't take place."""
    row = locked(meeting)
    if not row.is_planned:
        raise Conflict(row)
    values = {"status": MeetingStatus.CANCELLED, "cancelled_at": now or Now(), "cancel_reason": reason.strip()}
    check_change(row, {"cancel_reason": reason.strip()})
    change(row, values, version=version)
    tell("meeting.cancelled", row, by, now, reason=reason.strip())
    invitations.call_off(row)
    return row


@transaction.atomic
def start(meeting: Meeting, *, by: User, now: dt.datetime | None = None) -> Meeting:
    """The clock runs from here; somebody who starts it a second time joins."""
    row = locked(meeting)
    must_be_ahead(row)
    if row.is_planned:
        change(row, {"status": MeetingStatus.RUNNING, "started_at": now or Now(), "started_by": by})
        tell("meeting.started", row, by, now)
    return row


@transaction.atomic
def note(meeting: Meeting, notes: str, *, by: User | None, version: int | None = None) -> Meeting:
    """Keeps the notes as they stand, saved while somebody types. Stale notes `version`: Conflict, nothing is lost."""
    row = locked(meeting)
    must_not_be_cancelled(row)
    if len(notes) > LONGEST_NOTES:
        raise refuse("notes", f"At most {LONGEST_NOTES} characters, please.")
    if notes == row.notes:
        return row
    if version is not None and version != row.notes_version:
        raise Conflict(row)
    same = Meeting.objects.filter(pk=row.pk)
    same.update(notes=notes, notes_version=F("notes_version") + 1, updated_at=Now())
    row.refresh_from_db()
    return row


@transaction.atomic
def close(
    meeting: Meeting,
    *,
    goal_met: str,
    ready_to_go_on: bool | None = None,
    next_outcome: str = "",
    next_people: str = "",
    next_async: bool | None = None,
    attended: Iterable[int] | None = None,
    by: User,
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Meeting:
    """Held, with the closing questions answered. `attended`: ids of attendees who were there; None: all of them.

    One that nobody started is held as it was planned, once its time has come.
    """
    row = locked(meeting)
    must_be_ahead(row)
    if goal_met not in GoalMet.values:
        raise refuse("goal_met", "Say whether the goal was met.")
    said = {"next_outcome": next_outcome.strip(), "next_people": next_people.strip()}
    check_change(row, said)
    judged = {"goal_met": goal_met, "ready_to_go_on": ready_to_go_on, "next_async": next_async, "ended_by": by}
    change(row, judged | said | _instants(row, now or timezone.now(), by), version=version)
    there = row.attendees.values_list("pk", flat=True) if attended is None else attended
    count = lists.attended(row, list(there))
    ended_at = row.ended_at
    assert ended_at is not None
    tell("meeting.held", row, by, ended_at, **_outcome(row), attended=count)
    states.touch(row.account, ended_at)
    if row.kind == Kind.KICKOFF:
        timeline.ring(FIRST_IMPACT)
    return row


def hold(meeting: Meeting, *, by: User, goal_met: str = GoalMet.YES, **said: Any) -> Meeting:
    """Started and closed in one, for a meeting that is written down afterwards."""
    return close(meeting, by=by, goal_met=goal_met, **said)


def _instants(meeting: Meeting, now: dt.datetime, by: User) -> dict[str, Any]:
    started_at = meeting.started_at
    if started_at is None:
        if meeting.starts_at > now:
            raise refuse("", "This meeting hasn't begun.")
        begun = {"status": MeetingStatus.HELD, "started_at": meeting.starts_at, "started_by": by}
        return begun | {"ended_at": min(now, meeting.ends_at)}
    # Somebody who forgot to close it didn't sit there overnight.
    over = max(meeting.ends_at, started_at)
    return {"status": MeetingStatus.HELD, "ended_at": over if now - over > FORGOTTEN_AFTER else max(now, started_at)}


def _outcome(meeting: Meeting) -> dict[str, Any]:
    return {
        "goal_met": meeting.goal_met,
        "outcome": f"goal met: {meeting.get_goal_met_display().lower()}",
        "decisions": meeting.decisions.count(),
        "next_steps": meeting.next_steps.count(),
        "next_outcome": meeting.next_outcome,
    }


def _check_times(meeting: Meeting) -> None:
    if meeting.ends_at <= meeting.starts_at:
        raise refuse("ends_at", "A meeting ends after it starts.")


def _day(meeting: Meeting) -> str:
    return meeting.starts_at.astimezone(meeting.tenant.zone).date().isoformat()
