"""Accounts: opened, edited, assigned, moved on."""

import datetime as dt

import pytest
from django.db import connection, transaction

from accounts.actions import accounts
from accounts.actions.errors import Conflict, Refused
from accounts.models import (
    Account,
    AccountState,
    CustomField,
    Event,
    InboxEntry,
    Phase,
    PhaseChange,
    TenantWork,
)
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory, ContractFactory

NOON = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)


def kinds():
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def test_a_new_account_is_committed_with_its_state_and_first_step(acme):
    account = accounts.open(
        {"name": " Blue Yonder ", "domain": "BlueYonder.test", "currency": "eur", "csm": acme.cass}, by=acme.sal
    )
    assert (account.name, account.domain, account.currency, account.phase) == (
        "Blue Yonder", "blueyonder.test", "EUR", "commit",
    )  # fmt: skip
    assert AccountState.objects.get().account == account
    step = PhaseChange.objects.get()
    assert (step.from_phase, step.to_phase, step.changed_by) == ("", "commit", acme.sal)
    event = Event.objects.get()
    assert (event.kind, event.account, event.actor, event.facts) == (
        "account.created", account, acme.sal, {"name": "Blue Yonder"},
    )  # fmt: skip
    assert InboxEntry.objects.get().event == event
    assert TenantWork.objects.filter(kind="events", tenant=acme.tenant).count() == 1


def test_history_keeps_its_own_instants(acme):
    account = accounts.open({"name": "Old"}, by=acme.sal, now=NOON)
    accounts.change_phase(account, Phase.ONBOARDING, by=acme.lee, now=NOON + dt.timedelta(days=2))
    assert account.created_at == NOON
    assert account.phase_since == NOON + dt.timedelta(days=2)
    assert [step.changed_at for step in PhaseChange.objects.all()] == [NOON, NOON + dt.timedelta(days=2)]
    assert [event.occurred_at for event in Event.objects.order_by("id")] == [NOON, NOON + dt.timedelta(days=2)]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "X", "touch_model": "cold"}, "touch_model"),
        ({"name": "X", "currency": "EURO"}, "currency"),
        ({"name": "X", "phase": "adoption"}, "phase"),
        ({"name": "X", "custom": {"nowhere": 1}}, "custom.nowhere"),
        ({"name": "X", "custom": [1]}, "custom"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_written(acme, values, field):
    with pytest.raises(Refused) as refused:
        accounts.open(values, by=acme.lee)
    assert list(refused.value.errors) == [field]
    assert (Account.objects.count(), AccountState.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_a_stranger_can_not_own_an_account(acme, rival):
    with pytest.raises(Refused) as refused:
        accounts.open({"name": "X", "csm": rival.rita}, by=acme.lee)
    assert list(refused.value.errors) == ["csm"]
    assert Account.objects.count() == 0


def test_an_edit_says_what_changed_and_who_owns_it_now(acme):
    account = accounts.open({"name": "Blue", "csm": acme.cass}, by=acme.lee)
    accounts.edit(account, {"name": "Blue Yonder", "region": "", "csm": acme.lee}, by=acme.ada, version=1)
    assert account.version == 2
    owner, edited = Event.objects.order_by("id")[1:]
    assert owner.kind == "account.owner_changed"
    assert owner.facts["before"] == "Cass of Acme"
    assert owner.facts["after"] == "Lee of Acme"
    assert edited.facts["fields"] == ["name"]
    assert edited.facts["before"] == {"name": "Blue"}
    assert edited.facts["after"] == {"name": "Blue Yonder"}


def test_an_edit_that_changes_nothing_says_nothing(acme):
    account = accounts.open({"name": "Blue"}, by=acme.lee)
    accounts.edit(account, {"name": "Blue"}, by=acme.lee)
    assert account.version == 1
    assert kinds() == ["account.created"]


def test_the_later_of_two_editors_is_told(acme):
    account = accounts.open({"name": "Blue"}, by=acme.lee)
    theirs = Account.objects.get(pk=account.pk)
    accounts.edit(theirs, {"name": "Theirs"}, by=acme.cass, version=1)
    with pytest.raises(Conflict) as conflict:
        accounts.edit(account, {"name": "Mine"}, by=acme.lee, version=1)
    assert conflict.value.current.name == "Theirs"
    assert Account.objects.get().name == "Theirs"
    assert kinds() == ["account.created", "account.edited"]


def test_an_account_can_not_come_above_itself(acme):
    top = accounts.open({"name": "Top"}, by=acme.lee)
    middle = accounts.open({"name": "Middle", "parent": top}, by=acme.lee)
    with pytest.raises(Refused) as refused:
        accounts.edit(top, {"parent": middle}, by=acme.lee)
    assert list(refused.value.errors) == ["parent"]
    assert Account.objects.get(pk=top.pk).parent is None


def test_a_circle_that_is_there_already_holds_nobody_up(acme):
    one, two, third = (accounts.open({"name": name}, by=acme.lee) for name in ("One", "Two", "Third"))
    Account.objects.filter(pk=one.pk).update(parent=two)
    Account.objects.filter(pk=two.pk).update(parent=one)
    one.refresh_from_db()
    assert accounts.edit(third, {"parent": one}, by=acme.lee).parent == one


def test_the_currency_stays_once_there_is_a_contract(acme):
    contract = ContractFactory()
    with pytest.raises(Refused) as refused:
        accounts.edit(contract.account, {"currency": "EUR"}, by=acme.lee)
    assert refused.value.errors == {"currency": ["The contracts of this account are in USD."]}


def test_many_accounts_change_hands_in_three_statements(acme, django_assert_num_queries):
    held = [AccountFactory(csm=acme.cass) for _ in range(3)]
    already = AccountFactory(csm=acme.lee)
    with django_assert_num_queries(6):  # savepoint twice with its release, the one statement, the note
        changed = accounts.assign([a.pk for a in [*held, already]], csm=acme.lee, by=acme.ada)
    assert changed == 3
    assert set(Account.objects.values_list("csm_id", flat=True)) == {acme.lee.pk}
    events = Event.objects.filter(kind="account.owner_changed")
    assert {event.account_id for event in events} == {account.pk for account in held}
    assert {(e.facts["before"], e.facts["after"], e.actor_id) for e in events} == {
        ("Cass of Acme", "Lee of Acme", acme.ada.pk)
    }
    assert InboxEntry.objects.count() == 3


def test_assigning_to_a_stranger_changes_nothing(acme, rival):
    account = AccountFactory(csm=acme.cass)
    with pytest.raises(Refused):
        accounts.assign([account.pk], csm=rival.rita, by=acme.ada)
    assert Account.objects.get().csm == acme.cass
    assert Event.objects.count() == 0


def test_assigning_another_tenants_account_changes_nothing(acme_cast, rival):
    with tenant_context(acme_cast.tenant):
        ours = AccountFactory(csm=acme_cast.cass)
    with tenant_context(rival.tenant):
        assert accounts.assign([ours.pk], csm=None, by=rival.rita) == 0
    with tenant_context(acme_cast.tenant):
        assert Account.objects.get().csm == acme_cast.cass


def test_a_phase_is_entered_once(acme):
    account = accounts.open({"name": "Blue"}, by=acme.lee)
    accounts.change_phase(account, Phase.ONBOARDING, by=acme.cass)
    accounts.change_phase(account, Phase.ONBOARDING, by=acme.cass)
    assert Account.objects.get().phase == "onboarding"
    assert kinds() == ["account.created", "phase.changed"]
    assert PhaseChange.objects.count() == 2
    assert Event.objects.get(kind="phase.changed").facts == {
        "before": "Committed", "after": "Onboarding", "from_phase": "commit", "to_phase": "onboarding",
    }  # fmt: skip


def test_an_archived_account_comes_back_as_it_was(acme):
    account = accounts.open({"name": "Blue"}, by=acme.lee)
    accounts.archive(account, by=acme.ada)
    assert Account.objects.present().count() == 0
    accounts.restore(account, by=acme.ada)
    assert Account.objects.present().count() == 1
    assert kinds() == ["account.created", "account.archived", "account.restored"]


def test_an_upsert_makes_one_and_then_changes_it(acme):
    first, created = accounts.upsert_by_external_id("crm-1", {"name": "Blue"}, by=None)
    assert created
    again, created = accounts.upsert_by_external_id("crm-1", {"name": "Blue Yonder"}, by=None)
    assert not created
    assert (again.pk, again.name) == (first.pk, "Blue Yonder")
    assert Account.objects.count() == 1


def test_an_external_id_is_given_once(acme):
    accounts.open({"name": "Blue", "external_id": "crm-1"}, by=acme.lee)
    with pytest.raises(Refused) as refused:
        accounts.open({"name": "Red", "external_id": "crm-1"}, by=acme.lee)
    assert refused.value.errors == {"external_id": ["Another account has this external id."]}
    assert Account.objects.count() == 1


def test_what_breaks_halfway_leaves_nothing(acme, monkeypatch):
    monkeypatch.setattr("accounts.actions.accounts.timeline.record", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        accounts.open({"name": "Blue"}, by=acme.lee)
    assert (Account.objects.count(), AccountState.objects.count(), PhaseChange.objects.count()) == (0, 0, 0)
    assert connection.in_atomic_block
    assert not transaction.get_rollback()


@pytest.fixture
def fields(acme):
    return [
        CustomField.objects.create(key=key, label=key, type=key, choices=["a", "b"] if key == "choice" else [])
        for key in ("text", "number", "date", "boolean", "choice")
    ]


def test_own_fields_are_typed_and_laid_over_each_other(acme, fields):
    given = {"text": " hi ", "number": "12.5", "date": dt.date(2026, 3, 1), "boolean": True, "choice": "a"}
    account = accounts.open({"name": "Blue", "custom": given}, by=acme.lee)
    assert account.custom == {"text": "hi", "number": 12.5, "date": "2026-03-01", "boolean": True, "choice": "a"}
    accounts.edit(account, {"custom": {"number": 3, "text": None}}, by=acme.lee)
    assert account.custom == {"number": 3, "date": "2026-03-01", "boolean": True, "choice": "a"}


@pytest.mark.parametrize(
    ("key", "value"),
    [("text", 5), ("number", "x"), ("number", True), ("number", "NaN"), ("date", "31.3.2026"), ("date", 5),
     ("boolean", "yes"), ("choice", "c"), ("choice", ["a"])],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_refused_by_name(acme, fields, key, value):
    with pytest.raises(Refused) as refused:
        accounts.open({"name": "Blue", "custom": {key: value}}, by=acme.lee)
    assert list(refused.value.errors) == [f"custom.{key}"]
    assert Account.objects.count() == 0


def test_a_new_account_is_in_the_workspaces_currency_unless_said(acme):
    acme.tenant.currency = "EUR"
    acme.tenant.save()
    assert accounts.open({"name": "Quiet"}, by=acme.sal).currency == "EUR"
    assert accounts.open({"name": "Said", "currency": "jpy"}, by=acme.sal).currency == "JPY"


@pytest.mark.parametrize("currency", ["ABC", "XXX", "XAU", "HRK", "DOLLAR", "", "12A"])
def test_a_currency_that_nobody_pays_in_is_refused(acme, currency):
    with pytest.raises(Refused) as refused:
        accounts.open({"name": "X", "currency": currency}, by=acme.sal)
    assert set(refused.value.errors) == {"currency"}
    assert not Account.objects.exists()


@pytest.mark.parametrize("domain", ["not a domain", "http://x", "x", "acme.com/path", "acme..com", "-a.com", "a@b.com"])
def test_what_is_no_domain_is_refused(acme, domain):
    with pytest.raises(Refused) as refused:
        accounts.open({"name": "X", "domain": domain}, by=acme.sal)
    assert refused.value.errors == {"domain": ["This must be a domain, such as acme.com."]}


@pytest.mark.parametrize("domain", ["Example.COM", "a.b.co.uk", "bücher.example", "xn--bcher-kva.example", ""])
def test_a_domain_is_kept_in_lower_case(acme, domain):
    assert accounts.open({"name": "X", "domain": domain}, by=acme.sal).domain == domain.lower()


def test_what_was_kept_before_the_rules_stays_until_it_is_changed(acme):
    account = AccountFactory(domain="intranet", currency="HRK")
    same = {"name": "Renamed", "domain": "Intranet", "currency": "HRK"}
    assert accounts.edit(account, same, by=acme.ada).name == "Renamed"
    with pytest.raises(Refused) as refused:
        accounts.edit(account, {"domain": "other", "currency": "XAU", "name": ""}, by=acme.ada)
    assert set(refused.value.errors) == {"domain", "currency", "name"}
