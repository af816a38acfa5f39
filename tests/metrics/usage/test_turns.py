"""Turns: they rest between two counts, and what is moved takes along what was on its way."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import TenantWork
from accounts.tenancy.context import tenant_context
from metrics.usage.actions import moving, receiving, turns
from metrics.usage.messages import Act, Taken, key_of
from metrics.usage.models import Arrival, Daily, Intake, Origin, UsageEvent
from tests.factories.accounts import AccountFactory
from tests.factories.usage import event, figures


def today() -> dt.date:
    return timezone.now().date()


def counted(sender, account) -> int:
    """Events of today, as a page would say."""
    with tenant_context(sender.tenant):
        return figures(account).get(("events", today()), (0, 0))[0]


def waiting(sender) -> tuple[int, int]:
    """Arrivals, and notes that bring a worker back."""
    with tenant_context(sender.tenant):
        return Arrival.objects.count(), TenantWork.objects.filter(kind="usage").count()


@pytest.mark.django_db
def test_what_comes_right_after_a_count_is_counted_together_a_little_later(sender, account):
    sender.batch([event(group="org-1")])
    turns.go_on(sender.tenant.pk)
    assert (counted(sender, account), waiting(sender)) == (1, (0, 0))
    for _ in range(3):
        sender.batch([event(group="org-1")])
        turns.go_on(sender.tenant.pk)
    assert (counted(sender, account), waiting(sender)) == (1, (3, 3))
    with tenant_context(sender.tenant):
        Intake.objects.update(counted_at=timezone.now() - turns.REST)
    turns.go_on(sender.tenant.pk)
    assert (counted(sender, account), waiting(sender)) == (4, (0, 0))


@pytest.mark.django_db
def test_a_pile_is_counted_without_a_rest(sender, account, monkeypatch):
    monkeypatch.setattr(turns, "ARRIVALS", 2)
    for _ in range(5):
        sender.batch([event(group="org-1")])
    turns.go_on(sender.tenant.pk)  # two, two, and then a rest; a day that is counted is counted whole
    assert (counted(sender, account), waiting(sender)) == (5, (1, 5))


@pytest.fixture
def southwind(acme_cast):
    with tenant_context(acme_cast.tenant):
        return AccountFactory(name="Southwind")


class Call:
    """A call of a client of its own that has looked up whose usage it is, and isn't committed yet."""

    def __init__(self, sender) -> None:
        self.inside, self.end, self.sender = threading.Event(), threading.Event(), sender
        self.thread = threading.Thread(target=self._run)

    def __enter__(self) -> Call:
        self.thread.start()
        assert self.inside.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        self.end.set()
        self.thread.join()

    def _run(self) -> None:
        act = Act(key_of("late"), "track", "export", "u9", ("group", "org-1"), timezone.now(), "{}")
        try:
            with tenant_context(self.sender.tenant):
                receiving.receive(self.sender.tenant, Taken(acts=[act]))
                self.inside.set()
                self.end.wait(20)
        finally:
            connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_call_under_way_while_its_group_is_moved_counts_for_the_new_account(
    acme_cast, sender, account, southwind, monkeypatch
):
    monkeypatch.setattr(moving, "WAIT", moving.WAIT.replace("2s", "50ms"))
    sender.batch([event(group="org-1")])
    sender.count()
    with Call(sender):
        with tenant_context(acme_cast.tenant):
            moving.move(Origin.objects.get(kind="group"), southwind, by=acme_cast.ada)
        sender.count()
        assert waiting(sender) == (1, 1)
    sender.count()
    assert (counted(sender, account), counted(sender, southwind), waiting(sender)) == (0, 2, (0, 0))


@pytest.mark.django_db
def test_moves_there_and_back_before_a_turn_end_where_the_last_one_said(acme_cast, sender, account, southwind):
    sender.batch([event(group="org-1")])
    sender.count()
    for to in (southwind, account, None):
        with tenant_context(acme_cast.tenant):
            moving.move(Origin.objects.get(kind="group"), to, by=acme_cast.ada)
    sender.count()
    with tenant_context(acme_cast.tenant):
        assert not Daily.objects.exists()
        assert list(UsageEvent.objects.values_list("account_id", flat=True)) == [None]
