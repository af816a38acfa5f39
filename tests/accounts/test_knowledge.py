"""Facts: found for many at once, kept version by version, as known then."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.actions import contacts, knowledge
from accounts.models import AccountFacts, AccountState, BuyingRole, PastFacts
from tests.factories.accounts import AccountFactory

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)

pytestmark = pytest.mark.django_db


def facts_of(account) -> dict:
    return AccountFacts.objects.get(account=account).facts


def test_what_changes_becomes_a_version_and_what_was_before_is_kept(acme):
    account = AccountFactory(segment="Enterprise")
    assert knowledge.follow([account.pk], tenant=acme.tenant, at=NOON) == 1
    assert facts_of(account)["people.champion_present"] is False
    knowledge.seen([account.pk], dt.date(2026, 11, 20))
    contacts.add(account, {"name": "Chris", "buying_role": BuyingRole.CHAMPION}, by=acme.cass, now=NOON)
    assert knowledge.follow([account.pk], tenant=acme.tenant, at=NOON + HOUR) == 1
    assert facts_of(account)["people.champion_present"] is True
    past = PastFacts.objects.get(account_id=account.pk)
    assert past.facts["people.champion_present"] is False
    assert (past.valid_from, past.valid_to) == (NOON, NOON + HOUR)
    assert (past.first_day, past.seen_on) == (dt.date(2026, 11, 20), dt.date(2026, 11, 20))


def test_nothing_new_is_no_version(acme):
    account = AccountFactory()
    knowledge.follow([account.pk], tenant=acme.tenant, at=NOON)
    assert knowledge.follow([account.pk], tenant=acme.tenant, at=NOON + HOUR) == 0
    assert PastFacts.objects.count() == 0
    assert AccountFacts.objects.get().valid_from == NOON


def test_an_event_and_a_note_both_lead_to_the_account_once(acme):
    account, other = AccountFactory(), AccountFactory()
    contacts.add(account, {"name": "Chris"}, by=acme.cass)
    knowledge.note([other.pk, other.pk])
    assert set(knowledge.take(NOON, most=100)) == {account.pk, other.pk}
    assert knowledge.take(NOON, most=100) == {}


def test_days_that_passed_unseen_are_named(acme):
    account = AccountFactory()
    knowledge.follow([account.pk], tenant=acme.tenant, at=NOON)
    knowledge.seen([account.pk], dt.date(2026, 11, 20))
    assert knowledge.missed([account.pk], dt.date(2026, 11, 21)) == {}
    assert knowledge.missed([account.pk], dt.date(2026, 11, 23)) == {account.pk: dt.date(2026, 11, 20)}
    assert AccountState.objects.get(account=account).seen_on == dt.date(2026, 11, 20)
