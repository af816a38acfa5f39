"""Two at once: one of them does it, the other learns so; nothing is done twice."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection

from accounts.actions import accounts, contacts, contracts, notes, states, tasks
from accounts.actions.errors import Conflict, Refused
from accounts.models import Account, Contract, Event, RevenueMovement, Task
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import TODAY, ContractFactory, TaskFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(tenant, *deeds: Callable[[], object]) -> list[object]:
    """Each deed in a thread and a transaction of its own, let go together; what each gave or raised."""
    gate, outcomes = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place: int, deed: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            with tenant_context(tenant):
                outcomes[place] = deed()
        except (Refused, Conflict) as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def test_two_upserts_of_one_id_make_one_account(acme_cast):
    deeds = [lambda n=n: accounts.upsert_by_external_id("crm-1", {"name": f"Blue {n}"}, by=None) for n in range(2)]
    outcomes = at_once(acme_cast.tenant, *deeds)
    assert sorted(created for _, created in outcomes) == [False, True]
    with tenant_context(acme_cast.tenant):
        assert Account.objects.count() == 1
        assert Event.objects.filter(kind="account.created").count() == 1


def test_two_renewals_at_once_are_one(acme_cast):
    with tenant_context(acme_cast.tenant):
        contract = ContractFactory(arr_minor=1000)
        lines = [{"product": contract.lines.get().product, "amount_minor": 1500}]
    term = {"end_on": dt.date(2028, 3, 1)}
    outcomes = at_once(acme_cast.tenant, *[lambda: contracts.renew(contract, term, lines, by=None, today=TODAY)] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Contract", "Refused"]
    with tenant_context(acme_cast.tenant):
        assert Contract.objects.count() == 2
        assert [row.amount_minor for row in RevenueMovement.objects.all()] == [1000, 500]


def test_two_first_contracts_at_once_are_both_in_the_ledger(acme_cast):
    with tenant_context(acme_cast.tenant):
        account = accounts.open({"name": "Blue"}, by=None)
    deeds = [lambda: ContractFactory(account=account, arr_minor=700).pk] * 2
    at_once(acme_cast.tenant, *deeds)
    with tenant_context(acme_cast.tenant):
        assert [row.amount_minor for row in RevenueMovement.objects.all()] == [700, 700]
        assert account.states.get().arr_minor == 1400


def test_a_round_keeps_what_is_written_while_it_runs(acme_cast):
    with tenant_context(acme_cast.tenant):
        signing, called = (accounts.open({"name": name}, by=None) for name in ("Blue", "Red"))
    written = threading.Event()

    def write() -> None:
        ContractFactory(account=signing, arr_minor=700)
        notes.add(called, kind="call", body="Hi", by=acme_cast.cass)
        written.set()
        time.sleep(0.5)

    def go_round() -> None:
        written.wait(10)
        states.round_of(acme_cast.tenant, now=dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC))

    at_once(acme_cast.tenant, write, go_round)
    with tenant_context(acme_cast.tenant):
        assert signing.states.get().arr_minor == 700
        assert called.states.get().last_touch_at is not None


@pytest.mark.parametrize("field", ["parent", "reports_to"])
def test_two_who_come_above_each_other_at_once_close_no_circle(acme_cast, field):
    actions = accounts if field == "parent" else contacts
    with tenant_context(acme_cast.tenant):
        home = accounts.open({"name": "Home"}, by=None)
        if field == "parent":
            one, two = (accounts.open({"name": name}, by=None) for name in ("Blue", "Red"))
        else:
            one, two = (contacts.add(home, {"name": name}, by=None) for name in ("Kim", "Lou"))
        as_seen = type(one).objects.get(pk=one.pk)
    written = threading.Event()

    def first() -> None:
        actions.edit(one, {field: two}, by=None)
        written.set()
        time.sleep(0.5)

    def second() -> None:
        written.wait(10)
        actions.edit(two, {field: as_seen}, by=None)

    _, outcome = at_once(acme_cast.tenant, first, second)
    assert isinstance(outcome, Refused)
    assert list(outcome.errors) == [field]


def test_a_task_is_closed_by_one_of_two(acme_cast):
    with tenant_context(acme_cast.tenant):
        pk = TaskFactory().pk
        seen = [Task.objects.get(pk=pk) for _ in range(2)]
    deeds = [lambda t=t: tasks.complete(t, outcome="achieved", by=acme_cast.cass, version=1) for t in seen]
    outcomes = at_once(acme_cast.tenant, *deeds)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Task"]
    with tenant_context(acme_cast.tenant):
        assert Event.objects.filter(kind="task.completed").count() == 1
