"""What is known about accounts now, and when it is worked out again."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts import tasks
from accounts.actions import contracts, notes, states, tenants
from accounts.models import AccountState, Tenant, TenantWork
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import TODAY, AccountFactory, ContractFactory

START, END, NEXT = dt.date(2026, 3, 1), dt.date(2027, 3, 1), dt.date(2028, 3, 1)


def known(account):
    state = AccountState.objects.get(account=account)
    return state.arr_minor, state.renewal_on


def test_arr_counts_from_its_first_day_to_its_last(acme):
    contract = ContractFactory(start_on=START, end_on=END, arr_minor=500)
    contracts.end(contract, on=END, reason="Closed down", by=None, today=TODAY)
    for today, arr in [(START - dt.timedelta(days=1), 0), (START, 500), (END - dt.timedelta(days=1), 500), (END, 0)]:
        states.refresh([contract.account_id], today=today)
        assert known(contract.account) == (arr, None)


def test_the_next_renewal_is_the_earliest_that_is_still_open(acme):
    first = ContractFactory(start_on=START, end_on=END)
    second = ContractFactory(account=first.account, start_on=START, end_on=END + dt.timedelta(days=30))
    assert known(first.account)[1] == END
    lines = [{"product": first.lines.get().product, "amount_minor": 12_000_00}]
    contracts.renew(first, {"end_on": NEXT}, lines, by=None, today=TODAY)
    assert known(first.account)[1] == second.end_on
    contracts.end(second, on=second.end_on, reason="Not used", by=None, today=TODAY)
    assert known(first.account)[1] == NEXT


def test_a_term_that_ran_out_still_pays_but_is_no_renewal_ahead(acme):
    contract = ContractFactory(start_on=START, end_on=END, arr_minor=500)
    states.refresh(None, today=END)
    assert known(contract.account) == (500, END)
    states.refresh(None, today=END + dt.timedelta(days=1))
    assert known(contract.account) == (500, None)


def test_only_rows_that_changed_are_written_and_only_those_asked_for(acme):
    ours, other = ContractFactory(), ContractFactory()
    assert states.refresh(None, today=TODAY) == 0
    assert states.refresh([ours.account_id], today=dt.date(2020, 1, 1)) == 1
    assert known(other.account)[0] == 12_000_00
    assert states.refresh([], today=dt.date(2020, 1, 1)) == 0


def test_a_round_mends_what_is_missing_and_finds_the_last_touch(acme):
    account = AccountFactory()
    call = notes.add(account, kind="call", body="Hi", by=acme.cass)
    notes.add(account, kind="note", body="No touch", by=acme.cass)
    AccountState.objects.all().delete()
    assert states.refresh(None, today=TODAY) == 1
    assert AccountState.objects.get().last_touch_at == call.occurred_at


def test_no_round_reaches_into_another_tenant(acme_cast, rival):
    with tenant_context(acme_cast.tenant):
        contract = ContractFactory()
    with tenant_context(rival.tenant):
        assert states.refresh(None, today=dt.date(2020, 1, 1)) == 0
        assert states.refresh([contract.account_id], today=dt.date(2020, 1, 1)) == 0
    with tenant_context(acme_cast.tenant):
        assert known(contract.account)[0] == 12_000_00


def test_a_round_leaves_one_note_for_the_next_local_midnight(acme_cast):
    tenant = acme_cast.tenant
    tenant.timezone = "America/New_York"
    now = dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)  # still the 19th in New York
    for _ in range(2):
        states.round_of(tenant, now=now)
    note = TenantWork.objects.get(tenant=tenant, kind="states")
    assert note.due_at == dt.datetime(2026, 11, 20, 5, 0, tzinfo=dt.UTC)


def test_a_tenant_is_due_until_its_round_and_again_after_midnight(acme_cast, rival):
    assert states.tenants_due() == [acme_cast.tenant.pk, rival.tenant.pk]
    states.round_of(acme_cast.tenant, now=timezone.now())
    assert states.tenants_due() == [rival.tenant.pk]
    TenantWork.objects.filter(kind="states").update(due_at=timezone.now())
    assert acme_cast.tenant.pk in states.tenants_due()


def test_another_time_zone_asks_for_a_round_at_once(acme_cast):
    states.round_of(acme_cast.tenant, now=timezone.now())
    with tenant_context(acme_cast.tenant):
        tenants.edit(acme_cast.tenant, {"name": "Acme Works"}, by=acme_cast.ada)
        assert acme_cast.tenant.pk not in states.tenants_due()
        tenants.edit(acme_cast.tenant, {"timezone": "Asia/Tokyo"}, by=acme_cast.ada)
        assert acme_cast.tenant.pk in states.tenants_due()


@pytest.mark.parametrize(
    ("sweep", "turn"), [("sweep_states", "refresh_states"), ("sweep_idempotency", "forget_answers")]
)
def test_a_sweep_rings_every_tenant_that_is_due(acme_cast, rival, monkeypatch, sweep, turn):
    rung = []
    monkeypatch.setattr(getattr(tasks, turn), "delay", rung.append)
    getattr(tasks, sweep)()
    assert rung == list(Tenant.objects.order_by("pk").values_list("pk", flat=True))


def test_a_turn_brings_what_is_known_up_to_this_day(acme_cast):
    with tenant_context(acme_cast.tenant):
        contract = ContractFactory()
        states.refresh(None, today=dt.date(2020, 1, 1))
    tasks.refresh_states(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        assert known(contract.account)[0] == 12_000_00
