"""A version that is published scores by what is known already, and says what finding everything anew would say."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.actions import knowledge
from accounts.models import AccountFacts, AccountState, Touched
from blueprints.actions import engine
from metrics.health.actions import hand, models, versions
from tests.factories.accounts import AccountFactory
from tests.factories.health import MOOD, simple

HOUR = dt.timedelta(hours=1)

pytestmark = pytest.mark.django_db


def facts(account) -> dict:
    return AccountFacts.objects.get(account=account).facts


def publish(scored, definition: dict) -> None:
    draft = versions.write(scored.model, definition, by=scored.cast.ada)
    versions.publish(draft, by=scored.cast.ada)


def test_what_is_derived_is_what_following_finds(scored):
    accounts = [AccountFactory(), AccountFactory(phase="ended")]
    ids = [account.pk for account in accounts]
    scored.look(*accounts)
    publish(scored, simple(80, 10, 10))
    assert knowledge.derive(ids, tenant=scored.cast.tenant, at=scored.at + HOUR) == 2
    derived = [facts(account) for account in accounts]
    assert derived[0]["health.model"] == "general v2"
    assert knowledge.follow(ids, tenant=scored.cast.tenant, at=scored.at + 2 * HOUR) == 0
    assert [facts(account) for account in accounts] == derived


def test_a_pillar_that_is_gone_tells_nothing_more(scored):
    account = AccountFactory()
    scored.look(account)
    assert "health.impact" in facts(account)
    definition = simple()
    definition["pillars"] = [dict(definition["pillars"][0], key="results", weight=100)]
    publish(scored, definition)
    knowledge.derive([account.pk], tenant=scored.cast.tenant, at=scored.at + HOUR)
    assert "health.results" in facts(account)
    assert "health.impact" not in facts(account)


def test_an_archived_model_scores_nobody_any_more(scored):
    account = AccountFactory()
    scored.look(account)
    models.archive(scored.model, by=scored.cast.ada)
    knowledge.derive([account.pk], tenant=scored.cast.tenant, at=scored.at + HOUR)
    assert not [name for name in facts(account) if name.startswith("health.")]
    assert AccountState.objects.get(account=account).health_score is None


def test_what_changed_in_the_meantime_stays(scored):
    account = AccountFactory()
    scored.look(account)
    AccountState.objects.filter(account=account).update(arr_minor=4_200)
    publish(scored, simple(80, 10, 10))
    knowledge.derive([account.pk], tenant=scored.cast.tenant, at=scored.at + HOUR)
    state = AccountState.objects.get(account=account)
    assert (state.arr_minor, state.health_score) == (4_200, facts(account)["health.score"])


def test_publishing_asks_for_scores_alone_and_what_happened_asks_for_more(scored):
    told, quiet = AccountFactory(), AccountFactory()
    knowledge.take(scored.at, most=100)
    publish(scored, simple(80, 10, 10))
    assert set(Touched.objects.values_list("derived_only", flat=True)) == {True}
    knowledge.note([told.pk])
    taken = knowledge.take(scored.at, most=100)
    assert (taken[told.pk], taken[quiet.pk]) == (False, True)


def test_the_turn_scores_what_was_published(scored):
    account = AccountFactory()
    scored.look(account, at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    publish(scored, simple(80, 10, 10))
    engine.look([account.pk], tenant=scored.cast.tenant, at=scored.at, derived=[account.pk])
    assert facts(account)["health.model"] == "general v2"


def test_a_judgement_of_old_is_recalled_when_a_draft_asks_for_it(scored):
    account = AccountFactory()
    hand.judge(account, "mood", "good", reason="price", by=scored.cast.ada, today=scored.at.date())
    bare = simple()
    bare["pillars"] = [dict(bare["pillars"][0], weight=100)]
    publish(scored, bare)
    scored.look(account)
    assert "judged.mood" not in facts(account)
    knowledge.take(scored.at, most=100)
    draft = versions.draft(scored.model, by=scored.cast.ada)
    assert not Touched.objects.exists()
    again = dict(bare, pillars=[dict(bare["pillars"][0], measures=[MOOD])])
    versions.edit_draft(draft, again, by=scored.cast.ada)
    assert set(Touched.objects.values_list("derived_only", flat=True)) == {False}
