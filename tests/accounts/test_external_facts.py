"""Facts of other systems: pushed by the batch, the newest day wins, each wrong row is named."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.actions import external_facts, fact_values, knowledge
from accounts.actions.errors import Refused
from accounts.models import AccountFacts, ExternalFact, ExternalValue, Touched
from tests.factories.accounts import AccountFactory, ExternalFactFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 20)
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def push(*rows, now=None):
    return fact_values.push(rows, reader=None, today=TODAY, now=now)


def value_of(account) -> object:
    return ExternalValue.objects.get(account=account).value


def test_the_newest_day_wins_and_sent_twice_nothing_changes(acme):
    account, fact = AccountFactory(external_id="a-1"), ExternalFactFactory(key="tickets")
    row = {"account_external_id": "a-1", "key": "tickets", "value": 3, "observed_on": "2026-11-19"}
    assert push(row).changed == 1
    assert (push(row).changed, push(row).kept) == (0, 1)
    assert push(row | {"value": 9, "observed_on": "2026-11-01"}).kept == 1
    assert value_of(account) == 3
    push(row | {"value": 4}, row | {"value": 5})
    assert value_of(account) == 5
    assert ExternalValue.objects.count() == 1
    assert set(Touched.objects.values_list("account_id", flat=True)) == {account.pk}
    assert fact.active


def test_each_wrong_row_is_named_and_the_others_are_kept(acme, rival):
    AccountFactory(external_id="a-1")
    ExternalFactFactory(key="tickets")
    ExternalFactFactory(key="mood", type="choice", choices=["good", "bad"])
    good = {"account_external_id": "a-1", "key": "tickets", "value": 3}
    answer = push(
        good, "text", good | {"account_external_id": "nobody"}, good | {"key": "unknown"}, good | {"value": "many"},
        good | {"observed_on": "2026-11-21"}, good | {"observed_on": "soon"}, good | {"x" * 200: 1},
        {"key": "tickets", "value": 3}, good | {"account_id": 1}, good | {"key": "mood", "value": "odd"},
        {"account_external_id": "a-1", "key": "tickets"}, good | {"value": True}, good | {"account_external_id": []},
    )  # fmt: skip
    assert [(wrong.index, wrong.field) for wrong in answer.refused] == list(enumerate(
        ("", "account_external_id", "key", "value", "observed_on", "observed_on", "x" * 80, "account_external_id",
         "account_external_id", "value", "value", "value", "account_external_id"), start=1,
    ))  # fmt: skip
    assert answer.changed == 1
    assert "one of: good, bad" in answer.refused[9].reason
    assert max(len(wrong.reason) for wrong in answer.refused) < 150


def test_null_says_that_it_is_no_longer_known(acme):
    account = AccountFactory(external_id="a-1")
    ExternalFactFactory(key="tickets", fresh_days=3)
    row = {"account_external_id": "a-1", "key": "tickets", "value": 3}
    push(row, now=NOON)
    knowledge.follow([account.pk], tenant=acme.tenant, at=NOON)
    facts = AccountFacts.objects.get(account=account).facts
    assert (facts["ext.tickets"], facts["@ext.tickets"]) == (3, "2026-11-20")
    push(row | {"value": None}, now=NOON)
    knowledge.follow([account.pk], tenant=acme.tenant, at=NOON + dt.timedelta(hours=1))
    assert "ext.tickets" not in AccountFacts.objects.get(account=account).facts


def test_a_retired_fact_is_known_of_nobody(acme):
    account, fact = AccountFactory(external_id="a-1"), ExternalFactFactory(key="tickets")
    push({"account_id": account.pk, "key": "tickets", "value": 3}, now=NOON)
    knowledge.follow([account.pk], tenant=acme.tenant, at=NOON)
    Touched.objects.all().delete()
    external_facts.edit(fact, {"active": False}, by=acme.ada)
    assert Touched.objects.filter(account_id=account.pk).exists()
    knowledge.follow([account.pk], tenant=acme.tenant, at=NOON + dt.timedelta(hours=1))
    assert "ext.tickets" not in AccountFacts.objects.get(account=account).facts
    assert "key" in push({"account_id": account.pk, "key": "tickets", "value": 4}).refused[0].reason


def test_another_freshness_is_looked_at_without_finding_everything_anew(acme):
    account, fact = AccountFactory(), ExternalFactFactory(key="tickets", fresh_days=3)
    external_facts.edit(fact, {"label": "Tickets"}, by=acme.ada)
    assert not Touched.objects.exists()
    external_facts.edit(fact, {"fresh_days": 30}, by=acme.ada)
    assert list(Touched.objects.values_list("account_id", "derived_only")) == [(account.pk, True)]


def test_a_key_is_made_from_the_label_and_stands_once(acme):
    fact = external_facts.define({"label": "Open critical tickets", "type": "number"}, by=acme.ada)
    assert fact.key == "open_critical_tickets"
    for values in (
        {"label": "Open critical tickets", "type": "number"}, {"label": "!!!", "type": "number"},
        {"label": "Mood", "type": "choice", "choices": []}, {"label": "Mood", "type": "color"},
    ):  # fmt: skip
        with pytest.raises(Refused):
            external_facts.define(values, by=acme.ada)
    assert ExternalFact.objects.count() == 1


def test_archived_accounts_take_no_values(acme):
    AccountFactory(external_id="a-1", archived_at=NOON)
    ExternalFactFactory(key="tickets")
    assert len(push({"account_external_id": "a-1", "key": "tickets", "value": 3}).refused) == 1
