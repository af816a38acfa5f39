"""Nothing learned after an instant is in the version of that instant, and versions follow each other without a gap."""

from __future__ import annotations

import datetime as dt
import threading
from itertools import pairwise

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions import accounts, contacts, contracts, fact_values, knowledge, notes, tasks
from accounts.calendar import local_today
from accounts.models import Account, AccountFacts, BuyingRole, Contact, PastFacts, Phase, Task
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory, ExternalFactFactory, ProductFactory

MINUTE = dt.timedelta(minutes=1)
ROLES = [BuyingRole.CHAMPION, BuyingRole.DECIDER, BuyingRole.USER]
writes = st.lists(
    st.tuples(
        st.sampled_from(["call", "phase", "arrive", "leave", "sign", "task", "close", "push"]), st.integers(1, 60)
    ),
    min_size=2,
    max_size=9,
)

pytestmark = pytest.mark.django_db


def write(account: Account, what: str, at: dt.datetime, by, product) -> None:
    """One thing that happens at this instant; what can't happen then, doesn't."""
    today, account = at.date(), Account.objects.get(pk=account.pk)
    if what == "call":
        names = ", ".join(Contact.objects.filter(account=account, departed_on=None).values_list("name", flat=True)[:1])
        notes.add(account, kind="call", body=f"Spoke with {names}", by=by, occurred_at=at)
    elif what == "phase":
        to = {Phase.COMMIT: Phase.ONBOARDING, Phase.ONBOARDING: Phase.ADOPTION, Phase.ADOPTION: Phase.EXPANSION}
        accounts.change_phase(account, to.get(Phase(account.phase), Phase.ADOPTION), by=by, now=at)
    elif what == "arrive":
        number = Contact.objects.filter(account=account).count()
        contacts.add(account, {"name": f"Person {number} of", "buying_role": ROLES[number % 3]}, by=by, now=at)
    elif what == "leave":
        if person := Contact.objects.filter(account=account, departed_on=None).first():
            contacts.depart(person, on=today, by=by)
    elif what == "sign":
        values = {"name": "Term", "signed_on": today, "start_on": today, "end_on": today + dt.timedelta(days=200)}
        line = {"product": product, "quantity": 7, "amount_minor": 100_00}
        contracts.sign(account, values, [line], by=by, today=today, now=at)
    elif what == "task":
        tasks.add({"account": account, "title": "Call", "assignee": by, "due_on": today}, by=by, now=at)
    elif what == "close":
        if task := Task.objects.open().filter(account=account).first():
            tasks.complete(task, outcome="achieved", by=by, now=at)
    else:
        row = {"account_id": account.pk, "key": "tickets", "value": at.toordinal(), "observed_on": today}
        fact_values.push([row], reader=None, today=today, now=at)


def chain(account: Account) -> list[tuple[dt.datetime, dt.datetime | None]]:
    past = PastFacts.objects.filter(account_id=account.pk).order_by("valid_from")
    spans = list(past.values_list("valid_from", "valid_to"))
    return [*spans, (AccountFacts.objects.get(account=account).valid_from, None)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happened=writes)
def test_what_is_asked_afterwards_is_what_was_known_then(acme, happened):
    product = ProductFactory()
    if not AccountFacts.objects.exists():
        ExternalFactFactory(key="tickets")
    at = timezone.now() - dt.timedelta(days=100)
    account = accounts.open({"name": "Juniper"}, by=acme.cass, now=at)
    then = []
    for what, hours in happened:
        at += dt.timedelta(hours=hours)
        write(account, what, at, acme.cass, product)
        knowledge.follow([account.pk], tenant=acme.tenant, at=at + MINUTE)
        then.append((at + MINUTE, AccountFacts.objects.get(account=account).facts))
    spans = chain(account)
    assert all(start < end for start, end in spans[:-1])
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    for instant, known in then:
        AccountFacts.objects.filter(account=account).delete()
        knowledge.follow([account.pk], tenant=acme.tenant, at=instant)
        found = AccountFacts.objects.get(account=account).facts
        # Of other systems only the newest value is kept: before it, it is unknown, never another's.
        newer = {name for name in known if name.removeprefix("@").startswith("ext.")} - found.keys()
        assert found == {name: value for name, value in known.items() if name not in newer}


def test_a_late_word_changes_what_is_known_today_and_no_version_before(acme):
    account = AccountFactory()
    now = timezone.now()
    days = [now - dt.timedelta(days=n) for n in (9, 6, 3)]
    for at in days:
        tasks.add({"account": account, "title": "Call", "assignee": acme.cass, "due_on": at.date()}, by=None, now=at)
        knowledge.follow([account.pk], tenant=acme.tenant, at=at)
    before = list(PastFacts.objects.order_by("valid_to").values_list("facts", "valid_from", "valid_to"))
    notes.add(account, kind="call", body="Spoke", by=acme.cass, occurred_at=days[1])
    knowledge.follow([account.pk], tenant=acme.tenant, at=now)
    after = list(PastFacts.objects.order_by("valid_to").values_list("facts", "valid_from", "valid_to"))
    assert after[:-1] == before
    assert all("account.last_touch_on" not in facts for facts, *_ in after)
    today = AccountFacts.objects.get(account=account).facts["account.last_touch_on"]
    assert today == local_today(acme.tenant, days[1]).isoformat()


def test_a_clock_set_back_doesnt_turn_time_around(acme):
    account, now = AccountFactory(segment="A"), timezone.now()
    knowledge.follow([account.pk], tenant=acme.tenant, at=now)
    Account.objects.filter(pk=account.pk).update(segment="B")
    knowledge.follow([account.pk], tenant=acme.tenant, at=now - dt.timedelta(hours=1))
    [(first, end), (second, _open)] = chain(account)
    assert first < end == second


@pytest.mark.django_db(transaction=True)
def test_two_followers_at_once_lose_no_version(acme_cast):
    tenant = acme_cast.tenant
    with tenant_context(tenant):
        account = AccountFactory(segment="start")
        knowledge.follow([account.pk], tenant=tenant, at=timezone.now())
    failed: list[BaseException] = []

    def follow(name: str) -> None:
        try:
            for number in range(4):
                with tenant_context(tenant):
                    Account.objects.filter(pk=account.pk).update(segment=f"{name}{number}")
                    knowledge.follow([account.pk], tenant=tenant, at=timezone.now())
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=follow, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    with tenant_context(tenant):
        spans = chain(account)
        told = [facts["account.segment"] for facts in PastFacts.objects.values_list("facts", flat=True)]
        told.append(AccountFacts.objects.get().facts["account.segment"])
        assert len(spans) == 9
        assert sorted(told) == sorted(["start", *(f"{name}{n}" for name in "ab" for n in range(4))])
        assert all(before[1] == after[0] for before, after in pairwise(spans))
