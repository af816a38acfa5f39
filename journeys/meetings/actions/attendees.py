"""Who is on the list from either side, what they know, and who was there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.actions.errors import named_refusals, refuse
from accounts.actions.validity import check, check_change, only
from accounts.actions.writing import stamp
from accounts.models import Contact, Membership, User
from journeys.meetings.actions import invitations
from journeys.meetings.actions.standing import locked, must_be_ahead, must_not_be_cancelled, noticed
from journeys.meetings.models import Attendee, Meeting

EDITABLE = ("role", "context")


@dataclass(frozen=True)
class Guest:
    """Somebody on the list, with their part in the meeting and what they know of the engagement."""

    who: User | Contact
    role: str = ""
    context: str = ""


@transaction.atomic
def add(meeting: Meeting, who: User | Contact | Guest, *, role: str = "", context: str = "") -> Attendee:
    """A contact of this account, or one of us."""
    guest = who if isinstance(who, Guest) else Guest(who, role, context)
    row = locked(meeting)
    must_not_be_cancelled(row)
    _check(row, guest.who)
    side = "user" if isinstance(guest.who, User) else "contact"
    attendee = Attendee(meeting=row, role=guest.role.strip(), context=guest.context.strip(), **{side: guest.who})
    check(attendee)
    with named_refusals(Attendee):
        attendee.save(force_insert=True)
    return attendee


def _check(meeting: Meeting, who: User | Contact) -> None:
    if isinstance(who, User):
        if not Membership.objects.here().active().filter(user=who).exists():
            raise refuse("attendees", "This person isn't in the workspace.")
    elif who.account_id != meeting.account_id:
        raise refuse("attendees", "This contact belongs to another account.")


@transaction.atomic
def edit(attendee: Attendee, values: Mapping[str, Any]) -> Attendee:
    """Their part in the meeting, and what they know of the engagement."""
    row = locked(attendee.meeting)
    must_not_be_cancelled(row)
    noticed(row)
    given = only(values, EDITABLE)
    check_change(attendee, given)
    Attendee.objects.filter(pk=attendee.pk).update(**given)
    attendee.refresh_from_db()
    return attendee


@transaction.atomic
def set_list(meeting: Meeting, guests: Iterable[User | Contact | Guest]) -> list[Attendee]:
    """The list from now on; who stays keeps role and context, who came off it is told. Returns those."""
    row = locked(meeting)
    must_be_ahead(row)
    there = {_key(attendee.person): attendee for attendee in row.attendees.select_related("user", "contact")}
    wanted = {_key(guest.who if isinstance(guest, Guest) else guest): guest for guest in guests}
    if wanted.keys() != there.keys():
        stamp(row)
    for key, guest in wanted.items():
        if key not in there:
            add(row, guest)
    gone = [attendee for key, attendee in there.items() if key not in wanted]
    invitations.uninvite(row, gone)
    Attendee.objects.filter(pk__in=[attendee.pk for attendee in gone]).delete()
    return gone


def _key(who: User | Contact) -> tuple[str, int]:
    return (type(who).__name__, who.pk)


@transaction.atomic
def attended(meeting: Meeting, attendee_ids: Iterable[int]) -> int:
    """These were there, the others on the list were not; how many were."""
    row = locked(meeting)
    must_not_be_cancelled(row)
    ids = set(attendee_ids)
    row.attendees.exclude(pk__in=ids).update(attended=False)
    return int(row.attendees.filter(pk__in=ids).update(attended=True))
