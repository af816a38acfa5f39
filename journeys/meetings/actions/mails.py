"""The mails of invitations: a row is claimed, its mail sent outside any transaction, and the row marked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import structlog
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.template.loader import render_to_string

from accounts import formats, timeline
from accounts.models import Tenant, TenantWork
from accounts.tenancy.context import tenant_context
from journeys.meetings import calendars
from journeys.meetings.models import Mail, Meeting

KIND = "meeting_mail"
FIRST_DELAY = dt.timedelta(seconds=30)  # longer than a mail server may think about one mail
DOUBLINGS = 7  # then it is tried about every hour
TRIES = 30  # after about a day nobody waits for it any more
MOST = 50
LONGEST_ERROR = 300

log = structlog.get_logger()


@dataclass(frozen=True)
class Letter:
    """A claimed mail with all that goes into it, so that nothing is read while a mail server thinks."""

    mail: Mail
    text: str
    file: str


def ask(meeting: Meeting, email: str, name: str, method: str) -> Mail:
    """One more mail for this address; one that still waits says the same less well and goes."""
    Mail.objects.filter(meeting=meeting, email=email, mailed_at=None).delete()
    mail = Mail.objects.create(meeting=meeting, email=email, name=name, method=method, sequence=meeting.sequence)
    timeline.ring(KIND)
    return mail


def waiting_tenants() -> list[int]:
    due = TenantWork.objects.filter(kind=KIND, due_at__lte=Now())
    return list(due.order_by("tenant_id").values_list("tenant_id", flat=True).distinct())


def mail_waiting(tenant_id: int) -> int:
    """How many mails went out. Whatever refuses one may refuse all, so the rest waits for the next ring."""
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None:
        return 0
    sent = 0
    while sent < MOST and (letter := _claim(tenant)) and _mail(tenant, letter):
        sent += 1
    _note_the_rest(tenant)
    return sent


def _claim(tenant: Tenant) -> Letter | None:
    """The next one, its try counted and the following one set, so that a killed worker costs a delay and no mail."""
    with tenant_context(tenant):
        due = Mail.objects.filter(mailed_at=None, attempts__lt=TRIES, due_at__lte=Now())
        held = due.select_for_update(skip_locked=True, of=("self",))
        mail = held.select_related("meeting", "meeting__organizer").order_by("due_at", "pk").first()
        if mail is None:
            return None
        delay = FIRST_DELAY * 2 ** min(mail.attempts, DOUBLINGS)
        Mail.objects.filter(pk=mail.pk).update(attempts=F("attempts") + 1, due_at=Now() + delay)
        return Letter(mail, _text(tenant, mail), file_of(mail.meeting, tenant, mail.method).decode())


def _mail(tenant: Tenant, letter: Letter) -> bool:
    try:
        _send(letter)
    except Exception as error:
        # Whatever it is, the organizer should read it on the meeting's page.
        _mark(tenant, letter.mail, error=f"{type(error).__name__}: {error}"[:LONGEST_ERROR])
        log.warning("meeting not mailed", mail_id=letter.mail.pk, error=type(error).__name__)
        return False
    _mark(tenant, letter.mail, mailed_at=Now(), error="")
    return True


def _send(letter: Letter) -> None:
    mail = letter.mail
    words = "Cancelled" if mail.method == calendars.CANCEL else "Updated invitation" if mail.sequence else "Invitation"
    subject = f"{words}: {mail.meeting.title}".replace("\n", " ")
    organizer = mail.meeting.organizer.email
    message = EmailMultiAlternatives(subject, letter.text, None, [mail.email], reply_to=[organizer])
    message.attach_alternative(letter.file, f"text/calendar; method={mail.method}; charset=utf-8")
    message.attach("invite.ics", letter.file, "application/ics")
    message.send()


def _text(tenant: Tenant, mail: Mail) -> str:
    meeting = mail.meeting
    starts_at, ends_at = (at.astimezone(tenant.zone) for at in (meeting.starts_at, meeting.ends_at))
    context = {
        "mail": mail,
        "meeting": meeting,
        "day": formats.date(starts_at.date()),
        "times": f"{formats.clock(starts_at)} to {formats.clock(ends_at)} ({tenant.timezone})",
        "agenda": list(meeting.agenda.all()),
        "workspace": tenant.name,
    }
    return render_to_string("emails/meeting.txt", context)


def _mark(tenant: Tenant, mail: Mail, **values: object) -> None:
    with tenant_context(tenant):
        Mail.objects.filter(pk=mail.pk).update(**values)


@transaction.atomic
def _note_the_rest(tenant: Tenant) -> None:
    """One note for the next mail that waits, instead of all those that rang so far."""
    with tenant_context(tenant):
        TenantWork.objects.filter(tenant=tenant, kind=KIND, due_at__lte=Now()).delete()
        waiting = Mail.objects.filter(mailed_at=None, attempts__lt=TRIES).order_by("due_at").first()
        if waiting is not None:
            timeline.ring(KIND, due_at=waiting.due_at)


def file_of(meeting: Meeting, tenant: Tenant, method: str = calendars.PUBLISH) -> bytes:
    """The meeting for a calendar. Everybody on the list reads it, so it holds the goal and the agenda alone."""
    points = "\n".join(f"- {point.title} ({point.minutes} min)" for point in meeting.agenda.all())
    attendees = [
        calendars.Address(attendee.name, attendee.email)
        for attendee in meeting.attendees.select_related("user", "contact")
        if attendee.email
    ]
    return calendars.write(
        calendars.Entry(
            uid=f"{meeting.uid}@{tenant.slug}.csom",
            sequence=meeting.sequence,
            title=meeting.title,
            description="\n\n".join(part for part in (meeting.goal, points) if part),
            place=meeting.place,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            zone=tenant.timezone,
            organizer=calendars.Address(str(meeting.organizer), meeting.organizer.email),
            attendees=attendees,
            stamped_at=meeting.updated_at,
        ),
        method,
    )


def told(meeting: Meeting) -> dict[str, str]:
    """Who has an invitation in their calendar, or may have: address and name. The newest mail counts."""
    sent = Mail.objects.filter(Q(mailed_at__isnull=False) | Q(attempts__gt=0), meeting=meeting).order_by("id")
    newest = {mail.email: mail for mail in sent}
    return {email: mail.name for email, mail in newest.items() if mail.method == calendars.REQUEST}
