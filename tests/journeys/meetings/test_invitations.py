"""Who gets which mail, and what its file says."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from unittest import mock

import pytest
from django.core import mail as outbox
from icalendar import Calendar

from accounts.models import TenantWork
from accounts.tenancy.context import tenant_context
from journeys.meetings import followup
from journeys.meetings.actions import attendees, invitations, mails, meetings
from journeys.meetings.models import Mail, Meeting
from tests.factories import meetings as make


def sent(cast: SimpleNamespace) -> list[tuple[str, str, int, str]]:
    """(address, method, sequence, uid) of every mail since the last look."""
    mails.mail_waiting(cast.tenant.pk)
    found = []
    for message in outbox.outbox:
        [file] = [part.content for part in message.alternatives]
        calendar = Calendar.from_ical(file)
        [event] = calendar.walk("VEVENT")
        found.append((message.to[0], str(calendar["method"]), int(event["sequence"]), str(event["uid"])))
    outbox.outbox.clear()
    return found


@pytest.fixture
def invited(acme_cast: SimpleNamespace) -> SimpleNamespace:
    with tenant_context(acme_cast.tenant):
        meeting = make.planned(acme_cast)
        acme_cast.theirs = meeting.attendees.get(user=None).email
        assert invitations.send(meeting, by=acme_cast.cass) == 2
    acme_cast.meeting = meeting
    acme_cast.uid = f"{meeting.uid}@acme.csom"
    return acme_cast


def test_everybody_on_the_list_gets_the_invitation_once(invited):
    assert sent(invited) == [
        ("cass@acme.test", "REQUEST", 0, invited.uid), (invited.theirs, "REQUEST", 0, invited.uid),
    ]  # fmt: skip
    with tenant_context(invited.tenant):
        assert invitations.send(invited.meeting, by=invited.cass) == 0
    assert sent(invited) == []
    assert not TenantWork.objects.filter(kind=mails.KIND).exists()


def test_who_was_invited_hears_of_another_time(invited):
    sent(invited)
    with tenant_context(invited.tenant):
        later = invited.meeting.starts_at + dt.timedelta(days=1)
        meetings.move(invited.meeting, starts_at=later, ends_at=later + make.HOUR, by=invited.cass)
    assert sent(invited) == [
        ("cass@acme.test", "REQUEST", 1, invited.uid), (invited.theirs, "REQUEST", 1, invited.uid),
    ]  # fmt: skip


def test_a_new_goal_rings_nobody(invited):
    sent(invited)
    with tenant_context(invited.tenant):
        meetings.edit(invited.meeting, {"goal": "Agree on June."}, by=invited.cass)
    assert sent(invited) == []


def test_a_cancellation_reaches_whoever_has_the_invitation(invited):
    sent(invited)
    with tenant_context(invited.tenant):
        meetings.cancel(invited.meeting, by=invited.cass)
    assert sent(invited) == [
        ("cass@acme.test", "CANCEL", 1, invited.uid), (invited.theirs, "CANCEL", 1, invited.uid),
    ]  # fmt: skip


def test_what_was_never_sent_needs_no_cancellation(invited):
    with tenant_context(invited.tenant):
        meetings.cancel(invited.meeting, by=invited.cass)
    assert sent(invited) == []


def test_who_comes_off_the_list_is_told(invited):
    sent(invited)
    with tenant_context(invited.tenant):
        attendees.set_list(invited.meeting, [invited.cass])
    assert sent(invited) == [(invited.theirs, "CANCEL", 1, invited.uid)]


def test_a_mail_that_fails_is_tried_again(invited):
    with mock.patch("django.core.mail.EmailMultiAlternatives.send", side_effect=OSError("no route")):
        assert mails.mail_waiting(invited.tenant.pk) == 0
    with tenant_context(invited.tenant):
        first = Mail.objects.order_by("id").first()
        assert (first.attempts, first.mailed_at, first.error) == (1, None, "OSError: no route")
        Mail.objects.update(due_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert TenantWork.objects.filter(kind=mails.KIND).count() == 1
    assert len(sent(invited)) == 2
    with tenant_context(invited.tenant):
        assert not Mail.objects.exclude(error="").exists()


def test_an_invitation_says_nothing_internal(invited):
    with tenant_context(invited.tenant):
        Meeting.objects.update(notes="Their COO is about to leave.")
    mails.mail_waiting(invited.tenant.pk)
    for message in outbox.outbox:
        assert "about to leave" not in message.body + message.alternatives[0].content
        assert "Read the handoff" not in message.body + message.alternatives[0].content


HELD = followup.Held(
    title="Kickoff", account="Halden", day="3 Mar 2027", guests=["Elena Brandt", "Tom Ruiz"],
    decisions=["North first."],
    steps=[
        followup.Promise("Send the template", "Cass", "10 Mar 2027"),
        followup.Promise("Open the firewall", "Tom Ruiz", "8 Mar 2027"),
        followup.Promise("Book the room", "Cass", "12 Mar 2027"),
    ],
    next_outcome="The data is in", sender="Cass",
)  # fmt: skip


def test_the_follow_up_names_decisions_and_steps_by_owner():
    text = followup.body(HELD)
    assert text.startswith("Hello Elena and Tom,\n\nthank you for your time on 3 Mar 2027.")
    assert "Decided:\n- North first." in text
    lines = [line for line in text.splitlines() if ", by " in line]
    assert lines == [
        "- Cass: Send the template, by 10 Mar 2027", "- Cass: Book the room, by 12 Mar 2027",
        "- Tom Ruiz: Open the firewall, by 8 Mar 2027",
    ]  # fmt: skip
    assert "Notes" not in text


def test_a_mail_program_gets_the_draft_whole():
    link = followup.mailto(["elena@halden.test"], "What & why", "One\nTwo + three")
    assert link == "mailto:elena@halden.test?subject=What%20%26%20why&body=One%0D%0ATwo%20%2B%20three"
