"""Word left for the other rooms: declared kinds alone, each with its place in the inbox."""

import pytest

from accounts import timeline
from accounts.actions import handing_on, ownership
from accounts.models import Account, Event, InboxEntry, Task
from tests.factories.accounts import AccountFactory, TaskFactory


def test_many_at_once_are_refused_an_undeclared_kind_like_one(acme, monkeypatch):
    account, task = AccountFactory(csm=acme.cass), TaskFactory(assignee=acme.cass)
    before = Event.objects.count()
    with monkeypatch.context() as patch:
        patch.setattr(timeline, "event_kind", {}.__getitem__)
        with pytest.raises(KeyError):
            ownership.assign([account.pk], {"csm": acme.lee}, by=acme.ada)
        with pytest.raises(KeyError):
            handing_on.reassign([task.pk], assignee=acme.lee, by=acme.ada)
    assert Event.objects.count() == before
    assert Account.objects.get(pk=account.pk).csm == acme.cass
    assert Task.objects.get(pk=task.pk).assignee == acme.cass


def test_every_event_of_many_waits_in_the_inbox_in_the_order_of_its_rows(acme):
    accounts = [AccountFactory(csm=acme.cass) for _ in range(3)]
    assert ownership.assign([account.pk for account in reversed(accounts)], {"csm": acme.lee}, by=acme.ada) == 3
    events = list(Event.objects.filter(kind="account.owner_changed").order_by("pk"))
    assert [event.account for event in events] == accounts
    assert {event.actor for event in events} == {acme.ada}
    assert InboxEntry.objects.filter(event__in=events).count() == 3
