"""A back-test stores what the engine would have matched, to the row, and says what then happened."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from accounts.actions import knowledge
from accounts.actions.errors import Refused
from accounts.models import Account, Movement
from accounts.tenancy.context import tenant_context
from blueprints import replay
from metrics.backtests import actions, outcomes
from metrics.backtests.figures import share
from metrics.backtests.models import BackTest, FoundMatch, ReplayState
from tests.factories.accounts import AccountFactory, ContractFactory, ProductFactory
from tests.factories.blueprints import PlayFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
RISKY = {"all": [{"fact": "account.segment", "is": "Enterprise"}]}


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)


def live(tenant, account: Account, day: dt.date, segment: str) -> None:
    Account.objects.filter(pk=account.pk).update(segment=segment)
    knowledge.follow([account.pk], tenant=tenant, at=noon(day))
    knowledge.seen([account.pk], day)


@pytest.fixture
def story(acme_cast):
    """One account that turned risky twice, one never."""
    with tenant_context(acme_cast.tenant):
        play = PlayFactory(trigger="", state="draft", steps__conditions=RISKY)
        turned, calm = AccountFactory(name="Turned", csm=acme_cast.cass), AccountFactory(name="Calm")
        first = timezone.now().date() - 100 * DAY
        for n, segment in ((0, "Small"), (10, "Enterprise"), (20, "Small"), (30, "Enterprise")):
            live(acme_cast.tenant, turned, first + n * DAY, segment)
        live(acme_cast.tenant, calm, first, "Small")
    return acme_cast, play, turned, first


def test_what_is_stored_is_what_the_replay_finds(story):
    cast, play, _turned, first = story
    with tenant_context(cast.tenant):
        test = actions.ask(play, start=first, end=first + 60 * DAY, today=timezone.now().date(), by=cast.olly)
    assert actions.waiting_tenants() == [cast.tenant.pk]
    actions.go_on(cast.tenant.pk)
    with tenant_context(cast.tenant):
        test.refresh_from_db()
        assert (test.state, test.error) == (ReplayState.DONE, "")
        stored = FoundMatch.objects.filter(test=test).order_by("opened_on")
        found = replay.matches(test.version, test.start, test.end)
        columns = ("account_id", "event_id", "opened_on", "known_from", "closed_on")
        assert list(stored.values_list(*columns)) == [tuple(row) for row in found]
        assert [row.opened_on for row in found] == [first + 10 * DAY, first + 30 * DAY]
        [figures] = test.result["variants"]
        assert (figures["count"], figures["accounts"], figures["open"]) == (2, 1, 1)
        assert figures["load"] == [{"csm": "Cass of Acme", "count": 2, "per_week": round(2 / (61 / 7), 2)}]
    assert actions.waiting_tenants() == []


def test_working_twice_stores_nothing_twice(story):
    cast, play, _turned, first = story
    with tenant_context(cast.tenant):
        test = actions.ask(play, start=first, end=first + 60 * DAY, today=timezone.now().date(), by=cast.olly)
    actions.go_on(cast.tenant.pk)
    with tenant_context(cast.tenant):
        BackTest.objects.update(state=ReplayState.WAITING)
    actions.go_on(cast.tenant.pk)
    with tenant_context(cast.tenant):
        assert FoundMatch.objects.filter(test=test).count() == 2


def test_one_that_takes_too_long_is_said_to_and_holds_nobody_up(story, monkeypatch):
    cast, play, _turned, first = story
    real = actions._replay

    def slow(test, number, conditions):
        if test.start == first:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(5)")
        real(test, number, conditions)

    monkeypatch.setattr(actions, "_replay", slow)
    monkeypatch.setattr(actions, "AT_MOST", "2s")
    with tenant_context(cast.tenant):
        today = timezone.now().date()
        for start in (first, first + DAY):
            actions.ask(play, start=start, end=first + 60 * DAY, today=today, by=cast.olly)
    actions.go_on(cast.tenant.pk)
    with tenant_context(cast.tenant):
        slow_one, other = BackTest.objects.order_by("pk")
        assert (slow_one.state, other.state) == (ReplayState.FAILED, ReplayState.DONE)
        assert "longer than four minutes" in slow_one.error
    assert actions.waiting_tenants() == []


def test_two_wordings_stand_side_by_side(story):
    cast, play, _turned, first = story
    other = {"all": [{"fact": "account.segment", "is": "Small"}]}
    with tenant_context(cast.tenant):
        today = timezone.now().date()
        test = actions.ask(play, start=first, end=first + 60 * DAY, variant=other, today=today, by=cast.olly)
    actions.go_on(cast.tenant.pk)
    with tenant_context(cast.tenant):
        test.refresh_from_db()
        assert [found["count"] for found in test.result["variants"]] == [2, 3]


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [(0, -1, "end"), (0, 200, "end"), (-2000, 0, "end")],
    ids=["backwards", "in the future", "too long"],
)
def test_a_period_that_makes_no_sense_is_refused(story, start, end, field):
    cast, play, _turned, first = story
    with tenant_context(cast.tenant), pytest.raises(Refused) as refused:
        actions.ask(play, start=first + start * DAY, end=first + end * DAY, today=timezone.now().date(), by=cast.olly)
    assert list(refused.value.errors) == [field]


def test_a_condition_that_nobody_knows_is_named(story):
    cast, play, _turned, first = story
    strange = {"all": [{"fact": "ext.gone", "is": 1}]}
    with tenant_context(cast.tenant), pytest.raises(Refused) as refused:
        actions.ask(play, start=first, end=first, variant=strange, today=timezone.now().date(), by=cast.olly)
    assert "ext.gone" in str(refused.value.errors["variant"])


def test_what_happened_is_counted_from_the_ledger(acme):
    left, stayed = AccountFactory(), AccountFactory()
    since, today = dt.date(2026, 1, 1), dt.date(2026, 11, 1)
    for account in (left, stayed):
        contract = ContractFactory(account=account)
        add = account.movements.model.objects.create
        common = {"account": account, "contract": contract, "product": ProductFactory(), "currency": "USD"}
        add(kind=Movement.NEW, amount_minor=100_00, effective_on=dt.date(2025, 6, 1), **common)
        if account is left:
            total = account.movements.aggregate(sum=Sum("amount_minor"))["sum"]
            add(kind=Movement.CHURN, amount_minor=-total, effective_on=since + 60 * DAY, **common)
        else:
            add(kind=Movement.EXPANSION, amount_minor=50_00, effective_on=since + 20 * DAY, **common)
    of = """SELECT id AS account_id, %(since)s::date AS since, 'fired' AS arm FROM accounts_account
        WHERE tenant_id = %(tenant)s"""
    found = outcomes.after(of, {"since": since}, today=today)
    assert found["fired", 30] == outcomes.After(n=2, churned=0, contracted=0, expanded=1, renewed=0)
    assert found["fired", 90] == outcomes.After(n=2, churned=1, contracted=0, expanded=1, renewed=0)
    assert outcomes.after(of, {"since": today}, today=today) == {}


def test_who_paid_nothing_is_no_loss_and_what_was_corrected_is_none(acme):
    """One that never bought, one that had gone before, one whose contraction was a mistake, one that truly shrank."""
    since, today = dt.date(2026, 1, 1), dt.date(2026, 11, 1)
    AccountFactory(name="Never")
    gone, typo, less = AccountFactory(), AccountFactory(), AccountFactory()
    for account in (gone, typo, less):
        contract = ContractFactory(account=account, start_on=dt.date(2025, 6, 1), end_on=dt.date(2027, 6, 1))
        common = {"account": account, "contract": contract, "product": contract.lines.get().product, "currency": "USD"}
        add = account.movements.model.objects.create
        if account is gone:
            add(kind=Movement.CHURN, amount_minor=-12_000_00, effective_on=dt.date(2025, 12, 1), **common)
        else:
            add(kind=Movement.CONTRACTION, amount_minor=-2_000_00, effective_on=since + 9 * DAY, **common)
        if account is typo:
            add(kind=Movement.CORRECTION, amount_minor=2_000_00, effective_on=since + 9 * DAY, **common)
    of = """SELECT id AS account_id, %(since)s::date AS since, 'rest' AS arm FROM accounts_account
        WHERE tenant_id = %(tenant)s"""
    found = outcomes.after(of, {"since": since}, today=today)
    assert found["rest", 90] == outcomes.After(n=2, churned=0, contracted=1, expanded=0, renewed=0)


def test_a_share_has_its_interval_and_says_when_it_is_too_few():
    assert share(5, 20) == {
        "n": 20, "hits": 5, "percent": 25.0, "low": 11.2, "high": 46.9, "too_few": False
    }  # fmt: skip
    assert share(1, 2)["too_few"] is True
    assert share(0, 0)["percent"] is None
