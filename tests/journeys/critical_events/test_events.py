"""Finding, changing and settling a critical event, and what SPICED says of it."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.actions.errors import Conflict, Refused
from accounts.calendar import local_today
from accounts.models import Event, Task
from journeys.actions import spiced
from journeys.critical_events.actions import events
from journeys.critical_events.models import CriticalEvent, TimelineStep
from journeys.models import SpicedEntry
from tests.factories import critical_events as factory
from tests.factories.accounts import AccountFactory, ContactFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def told(kind: str) -> list[dict]:
    return [event.facts for event in Event.objects.filter(kind=kind).order_by("id")]


def test_a_found_event_is_a_spiced_statement_said_once(acme):
    event = factory.found(acme)
    entry = SpicedEntry.objects.standing().get(letter="critical_event")
    assert event.entry == entry
    assert (entry.statement, entry.due_on, entry.consequence) == (event.title, event.happens_on, factory.CONSEQUENCE)
    assert (entry.gap, event.is_critical, event.country, event.currency) == ("", True, "US", "USD")
    assert told("critical_event.found")[0]["noun"] == "critical event"


def test_what_the_handoff_said_is_taken_up_and_not_said_again(acme):
    account = AccountFactory(csm=acme.cass)
    day = local_today(acme.tenant) + 90 * DAY
    more = {"source": "handoff", "occurred_on": factory.local_today(acme.tenant), "by": acme.sal}
    said = spiced.say(account, "critical_event", "Peak", due_on=day, consequence="Chaos", **more)
    same = events.find(account, {"title": "Peak", "due_on": day, "consequence": "Chaos"}, by=acme.cass, entry=said)
    assert same.entry == said
    assert SpicedEntry.objects.count() == 1
    with pytest.raises(Refused):
        factory.found(acme, account, title="Peak", due_on=day, consequence="Chaos") and events.find(
            account, {"title": "Peak", "due_on": day, "consequence": "Chaos"}, by=acme.cass, entry=said
        )


def test_a_change_corrects_the_statement(acme):
    event = factory.found(acme)
    events.edit(event, {"consequence": "Two depots close."}, by=acme.cass, version=event.version)
    event.refresh_from_db()
    standing = SpicedEntry.objects.standing().get(letter="critical_event")
    assert (standing.consequence, event.entry) == ("Two depots close.", standing)
    assert SpicedEntry.objects.count() == 2
    assert told("critical_event.changed")[0]["fields"] == ["consequence"]


def test_a_day_without_a_consequence_is_only_compelling(acme):
    event = factory.compelling(acme)
    assert not event.is_critical
    assert list(CriticalEvent.objects.compelling()) == [event]
    assert not CriticalEvent.objects.critical().exists()
    assert told("critical_event.found")[0]["noun"] == "compelling event"


def test_a_threshold_happens_on_its_forecast(acme):
    event = factory.threshold(acme)
    assert event.happens_on == event.forecast_on
    day = local_today(acme.tenant) + 30 * DAY
    moved = events.edit(event, {"kind": "date", "due_on": day}, by=acme.cass)
    assert (moved.happens_on, moved.metric, moved.threshold, moved.forecast_on) == (day, "", None, None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"due_on": None}, "due_on"),
        ({"kind": "threshold", "due_on": None}, "metric"),
        ({"metric": "Subscribers"}, "metric"),
        ({"country": "USA"}, "country"),
        ({"title": " "}, "title"),
        ({"value_minor": -1}, "value_minor"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_written(acme, values, field):
    with pytest.raises(Refused) as refused:
        factory.found(acme, **values)
    assert field in refused.value.errors
    assert not CriticalEvent.objects.exists()
    assert not SpicedEntry.objects.exists()


def test_a_person_of_another_account_says_nothing_here(acme):
    with pytest.raises(Refused) as refused:
        factory.found(acme, said_by=ContactFactory())
    assert "said_by" in refused.value.errors


def test_moving_the_event_moves_its_steps_and_their_tasks(acme):
    lines = [{"title": "Trained", "days": 3, "side": "us", "our_owner": acme.dee}, {"title": "Invited", "days": 2}]
    event = factory.found(acme, lines=lines, due_on=dt.date(2027, 6, 1))  # Memorial Day is 31 May
    last, first = TimelineStep.objects.order_by("position")
    assert (last.start_by, last.finish_by) == (dt.date(2027, 5, 26), dt.date(2027, 5, 28))
    assert (first.start_by, first.finish_by) == (dt.date(2027, 5, 24), dt.date(2027, 5, 25))
    assert Task.objects.get().due_on == dt.date(2027, 5, 28)
    events.edit(event, {"due_on": dt.date(2027, 7, 6)}, by=acme.cass)  # after the long weekend of 4 July
    last.refresh_from_db()
    assert (last.start_by, last.finish_by) == (dt.date(2027, 6, 30), dt.date(2027, 7, 2))
    assert Task.objects.get().due_on == dt.date(2027, 7, 2)


def test_another_country_has_other_days_off(acme):
    lines = [{"title": "Trained", "days": 1}]
    factory.found(acme, lines=lines, due_on=dt.date(2027, 10, 5), country="DE")
    assert TimelineStep.objects.get().finish_by == dt.date(2027, 10, 4)


def test_an_event_is_reached_missed_or_withdrawn_once(acme):
    event = factory.found(acme)
    events.reach(event, by=acme.cass, note="Live in both depots.")
    assert CriticalEvent.objects.get().status == "reached"
    assert told("critical_event.reached")[0]["note"] == "Live in both depots."
    with pytest.raises(Conflict):
        events.miss(event, by=acme.cass)
    with pytest.raises(Refused):
        events.edit(event, {"title": "Other"}, by=acme.cass)
    events.reopen(event, by=acme.cass)
    events.miss(event, by=acme.cass)
    assert told("critical_event.missed")[0]["consequence"] == factory.CONSEQUENCE


def test_a_withdrawn_event_lets_its_tasks_go_and_says_why(acme):
    event = factory.found(acme, lines=[{"title": "Train", "side": "us", "our_owner": acme.dee}])
    with pytest.raises(Refused):
        events.withdraw(event, note=" ", by=acme.cass)
    events.withdraw(event, note="The season was called off.", by=acme.cass)
    assert Task.objects.get().status == "dropped"


def test_two_at_once_the_second_is_told(acme):
    event = factory.found(acme)
    seen = event.version
    events.edit(event, {"title": "Peak week"}, by=acme.cass, version=seen)
    with pytest.raises(Conflict) as conflict:
        events.edit(event, {"title": "High season"}, by=acme.dee, version=seen)
    assert conflict.value.current.title == "Peak week"
