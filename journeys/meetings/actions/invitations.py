"""Who is invited, who hears of changes, and who is told that it won't take place."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from accounts.actions.errors import refuse
from accounts.models import User
from journeys.meetings.actions import mails
from journeys.meetings.actions.standing import locked, must_be_ahead, tell
from journeys.meetings.models import Attendee, Mail, MailMethod, Meeting

# What changes an entry in a calendar; a new goal or another agenda is no reason to ring everybody.
IN_CALENDARS = {"title", "starts_at", "ends_at", "place"}


@transaction.atomic
def send(meeting: Meeting, *, by: User) -> int:
    """A mail with the invitation to everybody on the list who hasn't got it as it is now; how many."""
    row = locked(meeting)
    must_be_ahead(row)
    addresses = _addresses(row)
    if not addresses:
        raise refuse("", "Nobody on the list has an e-mail address.")
    has = Mail.objects.filter(meeting=row, sequence=row.sequence, method=MailMethod.REQUEST)
    there = set(has.values_list("email", flat=True))
    for email, name in addresses.items():
        if email not in there:
            mails.ask(row, email, name, MailMethod.REQUEST)
    count = len(set(addresses) - there)
    if count:
        tell("meeting.invited", row, by, None, count=f"{count} people" if count > 1 else "one person")
    return count


def follow(meeting: Meeting, changed: Iterable[str]) -> None:
    """Whoever has the invitation gets it as it is now."""
    invited = _invited(meeting)
    if not invited or not IN_CALENDARS & set(changed):
        return
    _raise_sequence(meeting)
    for email, name in invited.items():
        mails.ask(meeting, email, name, MailMethod.REQUEST)


def call_off(meeting: Meeting) -> None:
    """Whoever has the invitation is told; one that waits is never sent."""
    _tell_off(meeting, mails.told(meeting))


def uninvite(meeting: Meeting, gone: Iterable[Attendee]) -> None:
    """Those who came off the list."""
    told, addresses = mails.told(meeting), {attendee.email for attendee in gone}
    Mail.objects.filter(meeting=meeting, email__in=addresses, mailed_at=None).delete()
    _tell_off(meeting, {email: name for email, name in told.items() if email in addresses}, all_waiting=False)


def _tell_off(meeting: Meeting, told: dict[str, str], *, all_waiting: bool = True) -> None:
    if all_waiting:
        Mail.objects.filter(meeting=meeting, mailed_at=None).delete()
    if told:
        _raise_sequence(meeting)
    for email, name in told.items():
        mails.ask(meeting, email, name, MailMethod.CANCEL)


def _invited(meeting: Meeting) -> dict[str, str]:
    waiting = Mail.objects.filter(meeting=meeting, mailed_at=None, method=MailMethod.REQUEST)
    return mails.told(meeting) | {mail.email: mail.name for mail in waiting}


def _raise_sequence(meeting: Meeting) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(sequence=F("sequence") + 1)
    meeting.refresh_from_db(fields=["sequence"])


def _addresses(meeting: Meeting) -> dict[str, str]:
    there = meeting.attendees.select_related("user", "contact")
    return {attendee.email: attendee.name for attendee in there if attendee.email}
