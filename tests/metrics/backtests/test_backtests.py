"""A back-test stores what the engine would have matched, to the row, and says what then happened."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import OperationalError, connection
from django.db.models import Sum
from django.db.models.functions import Now
from django.utils import timezone

from accounts.actions import knowledge
from accounts.actions.errors import Refused
from accounts.models import Account, Event, Movement, TenantWork
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


RAISE = "DO $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '{}'; END $$"


def asked(cast, play, *starts) -> list[BackTest]:
    with tenant_context(cast.tenant):
        today = timezone.now().date()
        return [actions.ask(play, start=start, end=today - DAY, today=today, by=cast.olly) for start in starts]


def as_if_later(cast) -> None:
    TenantWork.objects.filter(tenant=cast.tenant, kind=actions.WORK).update(due_at=Now())


@pytest.mark.parametrize("code", ["40P01", "40001", "57P01", "53300", "55P03"])
def test_what_the_database_lets_pass_later_is_no_fault_of_the_test(story, monkeypatch, code):
    cast, play, _turned, first = story
    real, tried = actions._replay, []

    def unlucky(test, number, conditions):
        tried.append(test.pk)
        if len(tried) == 1:
            with connection.cursor() as cursor:
                cursor.execute(RAISE.format(code))
        real(test, number, conditions)

    monkeypatch.setattr(actions, "_replay", unlucky)
    one, other = asked(cast, play, first, first + DAY)
    actions.go_on(cast.tenant.pk)
    with tenant_context(cast.tenant):
        assert {test.state for test in BackTest.objects.all()} == {ReplayState.WAITING}
        assert TenantWork.objects.filter(kind=actions.WORK).exists()
    as_if_later(cast)
    assert actions.waiting_tenants() == [cast.tenant.pk]
    actions.go_on(cast.tenant.pk)
    assert tried == [one.pk, other.pk, one.pk]
    with tenant_context(cast.tenant):
        assert {test.state for test in BackTest.objects.all()} == {ReplayState.DONE}


def test_a_lost_connection_is_no_fault_of_the_test_either(story, monkeypatch):
    cast, play, _turned, first = story

    def gone(test, number, conditions):
        raise OperationalError("server closed the connection unexpectedly")

    asked(cast, play, first)
    with monkeypatch.context() as patch:
        patch.setattr(actions, "_replay", gone)
        actions.go_on(cast.tenant.pk)
    as_if_later(cast)
    actions.go_on(cast.tenant.pk)
    with tenant_context(cast.tenant):
        assert BackTest.objects.get().state == ReplayState.DONE


def test_what_is_wrong_with_the_test_itself_fails_it(story, monkeypatch):
    cast, play, _turned, first = story

    def wrong(test, number, conditions):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(actions, "_replay", wrong)
    asked(cast, play, first)
    actions.go_on(cast.tenant.pk)
    with tenant_context(cast.tenant):
        test = BackTest.objects.get()
        assert (test.state, test.attempts) == (ReplayState.FAILED, 1)
        assert "division by zero" in test.error


def test_what_kills_its_worker_again_and_again_is_given_up_and_holds_up_no_other(story, monkeypatch):
    class Killed(BaseException):
        """Not an Exception: nothing can catch a process's end."""

    cast, play, _turned, first = story
    real = actions._replay

    def kill(test, number, conditions):
        if test.start == first:
            raise Killed
        real(test, number, conditions)

    monkeypatch.setattr(actions, "_replay", kill)
    poison, good = asked(cast, play, first, first + DAY)
    kills = 0
    for _ in range(12):
        try:
            actions.go_on(cast.tenant.pk)
        except Killed:
            kills += 1
        as_if_later(cast)
    with tenant_context(cast.tenant):
        poison.refresh_from_db()
        good.refresh_from_db()
        assert (kills, poison.state, poison.error) == (8, ReplayState.FAILED, actions.CUT_OFF)
        assert good.state == ReplayState.DONE


def test_old_ones_are_forgotten_but_those_that_are_kept(story, settings):
    cast, play, _turned, first = story
    tests = asked(cast, play, first, first + DAY, first + 2 * DAY, first + 3 * DAY)
    actions.go_on(cast.tenant.pk)
    with tenant_context(cast.tenant):
        old, kept, young, waiting = tests
        BackTest.objects.filter(pk__in=[old.pk, kept.pk]).update(done_at=timezone.now() - 400 * DAY)
        BackTest.objects.filter(pk=young.pk).update(done_at=timezone.now() - 300 * DAY)
        BackTest.objects.filter(pk=waiting.pk).update(
            state=ReplayState.WAITING, done_at=None, created_at=timezone.now() - 999 * DAY
        )
        actions.keep(kept, kept=True, by=cast.olly)
    settings.BACK_TEST_MONTHS = 0
    assert actions.forget(cast.tenant) == 0
    settings.BACK_TEST_MONTHS = 12
    assert actions.forget(cast.tenant) == 1
    with tenant_context(cast.tenant):
        assert set(BackTest.objects.values_list("pk", flat=True)) == {kept.pk, young.pk, waiting.pk}
        assert set(FoundMatch.objects.values_list("test_id", flat=True)) == {kept.pk, young.pk, waiting.pk}


def test_a_report_says_how_long_it_stays_and_may_be_kept(story, page):
    cast, play, _turned, first = story
    [test] = asked(cast, play, first)
    actions.go_on(cast.tenant.pk)
    olly, vera = page(cast.olly, cast.tenant), page(cast.vera, cast.tenant)
    assert "Deleted 12 months after it was worked out." in olly.get(f"/back-tests/{test.pk}/").content.decode()
    assert "Keep it" not in vera.get(f"/back-tests/{test.pk}/").content.decode()
    assert vera.post(f"/back-tests/{test.pk}/keep/", {"kept": "1"}).status_code == 403
    html = olly.post(f"/back-tests/{test.pk}/keep/", {"kept": "1"}, follow=True).content.decode()
    assert "Kept, however old it grows." in html
    assert "Keep no longer" in html


def test_who_keeps_one_and_who_lets_it_go_is_told_once(story):
    cast, play, _turned, first = story
    [test] = asked(cast, play, first)
    with tenant_context(cast.tenant):
        for kept in (True, True, False):
            actions.keep(test, kept=kept, by=cast.olly)
        told = Event.objects.filter(kind__startswith="back_test.").order_by("id")
        assert [(event.kind, event.actor, event.account) for event in told] == [
            ("back_test.kept", cast.olly, None),
            ("back_test.let_go", cast.olly, None),
        ]
        assert (told[0].facts["play"], told[0].facts["start"]) == (play.name, first.isoformat())
        assert not BackTest.objects.get().kept


def test_one_that_was_forgotten_meanwhile_cant_be_kept(story, page, monkeypatch):
    cast, play, _turned, first = story
    test, other = asked(cast, play, first, first + DAY)
    with tenant_context(cast.tenant):
        BackTest.objects.filter(pk=test.pk).delete()
        with pytest.raises(Refused, match="deleted meanwhile"):
            actions.keep(test, kept=True, by=cast.olly)
        assert not Event.objects.filter(kind="back_test.kept").exists()
    real = actions.keep

    def late(row, **said):
        BackTest.objects.filter(pk=row.pk).delete()
        real(row, **said)

    monkeypatch.setattr(actions, "keep", late)
    answer = page(cast.olly, cast.tenant).post(f"/back-tests/{other.pk}/keep/", {"kept": "1"}, follow=True)
    assert answer.redirect_chain[-1][0].endswith(f"/plays/{play.pk}/back-tests/")
    assert "deleted meanwhile" in answer.content.decode()


def test_a_period_of_which_nothing_is_known_any_more_is_refused(story, settings):
    cast, play, _turned, _first = story
    settings.PAST_FACTS_MONTHS = 6
    today = timezone.now().date()
    with tenant_context(cast.tenant), pytest.raises(Refused) as refused:
        actions.ask(play, start=today - 250 * DAY, end=today - DAY, today=today, by=cast.olly)
    assert list(refused.value.errors) == ["start"]
    assert knowledge.kept_from(dt.date(2026, 8, 31)) == dt.date(2026, 2, 1)
    settings.PAST_FACTS_MONTHS = 0
    assert knowledge.kept_from(today) is None


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
