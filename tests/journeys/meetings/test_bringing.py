"""Meetings that were held before anybody kept them here."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from accounts.models import AccountState, Event
from journeys.meetings.actions.bringing import Past, bring
from journeys.meetings.models import Attendee, Meeting
from tests.factories import meetings as make
from tests.factories.accounts import AccountFactory, ContactFactory


def past(cast: SimpleNamespace, days: int, **values: object) -> Past:
    account = values.pop("account", None) or AccountFactory()
    there, absent = ContactFactory(account=account), ContactFactory(account=account)
    given = {
        "account": account, "organizer": cast.cass, "kind": "kickoff", "title": "Kickoff", "goal": "Agree.",
        "starts_at": make.now() - dt.timedelta(days=days), "minutes": 60, "guests": [cast.cass, there, absent],
        "agenda": [("Goals", 30), ("Close", 10)], "decisions": ["North first."], "absent": frozenset({absent.pk}),
    }  # fmt: skip
    return Past(**(given | values))


def test_they_come_with_all_that_came_of_them(acme: SimpleNamespace) -> None:
    one = past(acme, 10)
    assert bring([one], today=make.now().date()) == 1
    meeting = Meeting.objects.get()
    assert (meeting.status, meeting.ended_at, meeting.goal_met) == ("held", one.ends_at, "yes")
    assert [attendee.attended for attendee in Attendee.objects.order_by("id")] == [True, True, False]
    assert [(point.title, point.is_done) for point in meeting.agenda.all()] == [("Goals", True), ("Close", True)]
    assert meeting.decisions.get().text == "North first."
    event = Event.objects.get(kind="meeting.held")
    assert (event.occurred_at, event.facts["attended"]) == (one.ends_at, 2)


def test_an_account_knows_its_last_touch_afterwards(acme: SimpleNamespace) -> None:
    account = AccountFactory()
    older, newer = past(acme, 40, account=account), past(acme, 4, account=account)
    bring([newer, older], today=make.now().date())
    assert AccountState.objects.get(account=account).last_touch_at == newer.ends_at


def test_a_hundred_cost_as_many_statements_as_one(acme: SimpleNamespace, django_assert_max_num_queries: object) -> None:
    held = [past(acme, days) for days in range(1, 20)]
    with django_assert_max_num_queries(14):
        bring(held, today=make.now().date())


def test_none_is_nothing(acme: SimpleNamespace) -> None:
    assert bring([], today=make.now().date()) == 0
