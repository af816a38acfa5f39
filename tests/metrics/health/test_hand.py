"""What people say counts, with its reason, and no longer than it may."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.actions.errors import Refused
from accounts.models import Account, AccountState, Event
from metrics.health import moving
from metrics.health.actions import hand
from metrics.health.models import Judgement, Override
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.health import TODAY
from tests.metrics.health.conftest import NOON

pytestmark = pytest.mark.django_db
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


@pytest.fixture
def account(acme):
    account = AccountFactory()
    ContactFactory(account=account, buying_role="champion")
    return account


def test_a_judgement_is_a_fact_that_scores(acme, scored, account):
    assert scored.look(account)["health.known"] == 60
    hand.judge(account, "mood", "bad", reason="price", by=acme.cass, today=TODAY)
    facts = scored.look(account)
    assert (facts["judged.mood"], facts["@judged.mood"], facts["health.satisfaction"]) == ("bad", "2030-01-10", 0)
    assert facts["health.score"] == 60
    hand.judge(account, "mood", "good", reason="people", by=acme.cass, today=TODAY)
    assert scored.look(account)["health.score"] == 80
    assert Judgement.objects.count() == 2


def test_a_judgement_that_is_too_old_counts_no_more(acme, scored, account):
    hand.judge(account, "mood", "good", reason="people", by=acme.cass, today=TODAY)
    assert scored.look(account)["health.satisfaction"] == 100
    late = scored.look(account, at=NOON + 91 * DAY)
    assert "health.satisfaction" not in late
    assert late["health.known"] == 60


def test_a_judgement_says_its_level_and_its_reason(acme, scored, account):
    with pytest.raises(Refused) as refused:
        hand.judge(account, "mood", "so-so", by=acme.cass, today=TODAY)
    assert sorted(refused.value.errors) == ["level", "reason"]
    with pytest.raises(Refused, match="measure"):
        hand.judge(account, "weather", "good", by=acme.cass, today=TODAY)
    assert not Judgement.objects.exists()


def test_a_score_set_by_hand_holds_until_its_day(acme, scored, account):
    hand.override(account, 20, reason="They gave notice by phone", until=TODAY + 10 * DAY, by=acme.cass, today=TODAY)
    facts = scored.look(account)
    assert (facts["health.score"], facts["health.computed"], facts["health.band"]) == (20, 75, "at_risk")
    state = AccountState.objects.get(account=account)
    assert (state.health_score, state.health_band) == (20, "at_risk")
    assert scored.look(account, at=NOON + 10 * DAY)["health.score"] == 20
    late = scored.look(account, at=NOON + 11 * DAY)
    assert "override.score" not in late
    assert late["health.score"] == late["health.computed"]


def test_it_is_lifted_by_hand_or_by_the_next_one(acme, scored, account):
    hand.override(account, 20, reason="Notice", until=TODAY + 10 * DAY, by=acme.cass, today=TODAY)
    hand.override(account, 90, reason="Taken back", until=TODAY + 5 * DAY, by=acme.cass, today=TODAY)
    assert scored.look(account)["health.score"] == 90
    hand.lift(account, by=acme.lee)
    hand.lift(account, by=acme.lee)
    assert scored.look(account)["health.score"] == 75
    assert Override.objects.filter(lifted_at=None).count() == 0
    assert Event.objects.filter(kind="override.lifted").count() == 1


def test_lifting_one_that_was_lifted_before_leaves_the_one_that_holds(acme, scored, account):
    old = hand.override(account, 20, reason="Notice", until=TODAY + DAY, by=acme.cass, today=TODAY)
    hand.override(account, 90, reason="Taken back", until=TODAY + DAY, by=acme.cass, today=TODAY)
    hand.lift(account, by=acme.cass, only=old.pk)
    assert Override.objects.get(lifted_at=None).score == 90


@pytest.mark.parametrize(
    ("said", "field"),
    [({"score": 101}, "score"), ({"until": TODAY}, "until"), ({"until": TODAY + 31 * DAY}, "until"),
     ({"reason": " "}, "reason")],
)  # fmt: skip
def test_a_score_set_by_hand_has_a_reason_and_an_end(acme, scored, account, said, field):
    values = {"score": 20, "reason": "Notice", "until": TODAY + DAY} | said
    score = values.pop("score")
    with pytest.raises(Refused) as refused:
        hand.override(account, score, **values, by=acme.cass, today=TODAY)
    assert list(refused.value.errors) == [field]
    assert not Override.objects.exists()


def test_who_changed_band_since_is_found_for_all_at_once(acme, scored, account, django_assert_num_queries):
    other = AccountFactory()
    scored.look(account, other)
    hand.override(account, 20, reason="Notice", until=TODAY + 10 * DAY, by=acme.cass, today=TODAY)
    scored.look(account, other, at=NOON + HOUR)
    with django_assert_num_queries(1):
        found = moving.moved(Account.objects.present(), NOON + HOUR / 2)
    assert [(m.account_id, m.before, m.after, m.score_before, m.score_after) for m in found] == [
        (account.pk, "healthy", "at_risk", 75, 20)
    ]
    assert moving.moved(Account.objects.present(), NOON + 2 * HOUR) == []
    rows = moving.versions(account, NOON - HOUR)
    assert [row.score for row in rows] == [75, 20]
    assert moving.daily(rows, TODAY - DAY, TODAY, dt.UTC) == [None, 20]
