"""Around the event: what was answered, who gains, what was sent, who went dark, who was in a similar place."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.actions import notes
from accounts.actions.errors import Refused
from accounts.calendar import local_today
from accounts.models import Account, AccountState, Event, Task, TenantWork
from accounts.tenancy.context import tenant_context
from journeys.critical_events import examples, timelines
from journeys.critical_events.actions import answers, events, messages, nurtures, stakeholders, steps
from journeys.critical_events.models import CriticalEvent, DiscoveryAnswer, Nurture, Stakeholder
from tests.factories import critical_events as factory
from tests.factories.accounts import AccountFactory, ContactFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_the_newest_answer_stands_and_older_ones_stay(acme):
    account = AccountFactory()
    factory.answer(acme, account, text="Rotas on paper")
    newest = factory.answer(acme, account, text="Rotas on paper, and nobody knows whose turn it is")
    other = factory.answer(acme, account, question="missed", text="Overtime for 60 people")
    assert list(DiscoveryAnswer.objects.standing()) == [newest, other]
    assert DiscoveryAnswer.objects.count() == 3
    with pytest.raises(Refused):
        answers.say(account, "weather", "Fine", on=local_today(acme.tenant), by=acme.cass)


def test_those_who_gain_are_invited_to_see_the_timeline(acme):
    event = factory.planned(acme)
    starts_at = timezone.now() + DAY
    times = {"starts_at": starts_at, "ends_at": starts_at + dt.timedelta(hours=1), "place": "Room 4"}
    with pytest.raises(Refused):
        stakeholders.invite(event, times, by=acme.cass)
    one = factory.stakeholder(acme, event)
    meeting = stakeholders.invite(event, times, by=acme.cass)
    assert meeting.kind == "stakeholder"
    assert {attendee.contact or attendee.user for attendee in meeting.attendees.all()} == {one.contact, acme.cass}
    assert "Present the timeline, last step first" in [point.title for point in meeting.agenda.all()]
    assert CriticalEvent.objects.get().meeting == meeting
    with pytest.raises(Refused):
        stakeholders.invite(event, times, by=acme.cass)


def test_a_person_gains_once_and_belongs_to_the_account(acme):
    one = factory.stakeholder(acme)
    for contact in (one.contact, ContactFactory()):
        with pytest.raises(Refused):
            stakeholders.name(one.event, contact, "Sleep", by=acme.cass)
    stakeholders.remove(one, by=acme.cass)
    assert not Stakeholder.objects.exists()


def test_the_message_runs_back_from_the_event_and_says_nothing_else(acme):
    event = factory.found(
        acme, lines=[{"title": "Live", "days": 2}, {"title": "Trained", "days": 2, "side": "them"}, {"title": "Done"}],
        due_on=dt.date(2027, 6, 1),
    )  # fmt: skip
    rows = timelines.steps_of(event)
    steps.done(rows[2], by=acme.cass)
    layout = timelines.lay_out(event, timelines.steps_of(event), dt.date(2027, 1, 4))
    subject, text = timelines.message_of(layout, to="Ida", sender="Cass", us="Acme")
    name = event.account.name
    assert subject == "Peak season: 1 June 2027"
    assert text == (
        f"Hello Ida,\n\n1 June 2027: Peak season.\n\nIf that day goes by: {factory.CONSEQUENCE}\n\n"
        "To be in time, counted back from that day:\n\n"
        f"- by 28 May 2027: Live ({name} and Acme)\n- by 26 May 2027: Trained ({name})\n\nCass"
    )


def test_what_was_sent_is_kept_and_counts_as_contact(acme):
    event = factory.found(acme)
    messages.sent(event, subject="Peak season", text="1 June: peak season.", by=acme.cass)
    assert Event.objects.get(kind="critical_event.message_sent").facts["body"] == "1 June: peak season."
    assert AccountState.objects.get(account=event.account).last_touch_at is not None
    with pytest.raises(Refused):
        messages.sent(event, subject="", text="x", by=acme.cass)


def test_who_goes_dark_hears_of_others_one_story_at_a_time(acme_cast):
    with tenant_context(acme_cast.tenant):
        nurture = factory.dark(acme_cast)
        today = local_today(acme_cast.tenant)
        assert CriticalEvent.objects.get().dark_since == today
        assert Task.objects.get().title == "Send a story: How a depot halved its overtime"
        assert Nurture.objects.get().next_on == today + 7 * DAY
    now = timezone.now()
    assert nurtures.go_on(acme_cast.tenant.pk, now=now) == 0
    assert nurtures.go_on(acme_cast.tenant.pk, now=now + 7 * DAY) == 1
    assert nurtures.go_on(acme_cast.tenant.pk, now=now + 7 * DAY) == 0
    assert nurtures.go_on(acme_cast.tenant.pk, now=now + 99 * DAY) == 0
    with tenant_context(acme_cast.tenant):
        assert Task.objects.count() == 2
        assert Nurture.objects.get().next_on is None
        assert TenantWork.objects.filter(kind="nurture").count() == 1
        assert nurture.pk


def test_a_word_from_them_ends_it(acme_cast):
    with tenant_context(acme_cast.tenant):
        nurture = factory.dark(acme_cast)
        notes.add(nurture.event.account, kind="note", body="Still silent", by=acme_cast.cass)
    nurtures.go_on(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        assert Nurture.objects.get().ended_at is None
        notes.add(nurture.event.account, kind="call", body="They called back", by=acme_cast.cass)
    nurtures.go_on(acme_cast.tenant.pk, now=timezone.now() + 9 * DAY)
    with tenant_context(acme_cast.tenant):
        assert (Nurture.objects.get().answered, CriticalEvent.objects.get().dark_since) == (True, None)
        assert Task.objects.get().status == "dropped"
        assert Event.objects.filter(kind="critical_event.came_back").count() == 1
        assert nurtures.waiting_tenants() == []


def test_stories_run_once_for_an_event_and_end_with_it(acme):
    event = factory.dark(acme).event
    with pytest.raises(Refused):
        factory.dark(acme, event)
    with pytest.raises(Refused):
        nurtures.begin(factory.found(acme), [" "], by=acme.cass)
    events.reach(event, by=acme.cass)
    assert Nurture.objects.get().ended_at is not None
    assert Task.objects.get().status == "dropped"


def test_similar_customers_who_were_in_time_come_first(acme):
    account = AccountFactory(industry="Logistics", segment="Mid")
    alike, other = AccountFactory(industry="Logistics", name="Alike"), AccountFactory(name="Other")
    for one in (alike, other):
        events.reach(factory.found(acme, one), by=acme.cass)
    factory.found(acme, AccountFactory(industry="Logistics"))
    assert [(one.name, one.reached, one.alike) for one in examples.of(account, Account.objects.all())] == [
        ("Alike", "Peak season", ("Logistics",))
    ]
    assert [one.name for one in examples.of(account, Account.objects.exclude(pk=alike.pk))] == ["Other"]
    assert examples.of(account, Account.objects.none()) == []
