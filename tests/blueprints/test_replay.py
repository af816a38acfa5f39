"""A replay finds what the live engine opened, to the row: over random writes, missed days and events heard late."""

from __future__ import annotations

import datetime as dt
import random
import time

import pytest
from django.db import connection

from accounts import timeline
from accounts.actions import knowledge
from accounts.models import Account, CustomField, ExternalFact, ExternalValue, InboxEntry
from blueprints import replay
from blueprints.actions import engine, turns
from blueprints.models import Match
from tests.factories.accounts import AccountFactory
from tests.factories.blueprints import PlayFactory

START = dt.datetime(2026, 9, 28, 7, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TREES = {
    "few-seats": {"all": [{"fact": "custom.seats", "less_than": 5}]},
    "renewal": {"all": [{"fact": "custom.renews", "within_days": 6}, {"fact": "custom.seats", "known": True}]},
    "long-ago": {"any": [{"fact": "custom.renews", "older_than_days": 4}, {"fact": "account.segment", "is": "SMB"}]},
    "fresh-nps": {"all": [{"fact": "ext.nps", "at_most": 6}]},
    "silent": {"all": [{"fact": "ext.nps", "known": False}, {"any": [{"fact": "custom.seats", "more_than": 2},
                                                                   {"fact": "account.segment", "is": "SMB"}]}]},
}  # fmt: skip


@pytest.fixture
def stage(acme):
    CustomField.objects.create(key="seats", label="Seats", type="number")
    CustomField.objects.create(key="renews", label="Renews", type="date")
    nps = ExternalFact.objects.create(key="nps", label="NPS", type="number", fresh_days=3)
    plays = {code: PlayFactory(code=code, trigger="", on_since=START, steps__conditions=tree)
             for code, tree in TREES.items()}  # fmt: skip
    departed = {"all": [{"fact": "event.buying_role", "is": "champion"}, {"fact": "custom.seats", "at_least": 3}]}
    plays["departed"] = PlayFactory(code="departed", on_since=START, steps__conditions=departed)
    return acme.tenant, nps, plays


def change(account: Account, nps: ExternalFact, today: dt.date, chance: random.Random) -> None:
    what = chance.choice([0, 0, 1, 1, 2, 3, 3, 3, 4])
    if what == 0:
        account.custom |= {"seats": chance.randrange(8)}
    elif what == 1:
        account.custom |= {"renews": (today + DAY * chance.randint(-8, 12)).isoformat()}
    elif what == 2:
        account.segment = chance.choice(["SMB", "Enterprise"])
    elif what == 3:
        value = {"value": chance.randrange(11), "observed_on": today - DAY * chance.randrange(3)}
        ExternalValue.objects.update_or_create(fact=nps, account=account, defaults=value)
    else:
        account.archived_at = None if account.archived_at else START
    account.save()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_replay_equals_what_the_engine_opened(stage, monkeypatch, seed):
    tenant, nps, plays = stage
    chance = random.Random(seed)
    clock = START

    def tick() -> dt.datetime:
        nonlocal clock
        clock += dt.timedelta(milliseconds=1)
        return clock

    monkeypatch.setattr(turns, "clock", tick)
    accounts = [AccountFactory(segment=chance.choice(["SMB", "Enterprise"])) for _ in range(6)]
    for _ in range(40):
        clock += dt.timedelta(hours=chance.choice([1, 3, 9, 26, 75]))
        today = clock.date()
        for account in chance.sample(accounts, chance.randrange(6)):
            change(account, nps, today, chance)
            knowledge.note([account.pk])
        if chance.random() < 0.5:
            role = chance.choice(["champion", "user"])
            timeline.record("contact.departed", account=chance.choice(accounts), by=None, occurred_at=clock,
                            name="Kim", buying_role=role)  # fmt: skip
        if chance.random() < 0.8:
            engine.drain(tenant.pk)
    engine.drain(tenant.pk)
    assert not InboxEntry.objects.exists()
    for code, play in plays.items():
        opened = Match.objects.filter(play=play).order_by("opened_on", "known_from", "account_id", "event_id")
        live = list(opened.values_list("account_id", "event_id", "opened_on", "known_from", "closed_on"))
        found = replay.matches(play.current(), START.date(), clock.date())
        assert [tuple(row) for row in found] == live, code
    assert Match.objects.exclude(event=None).exists()
    assert Match.objects.filter(event=None).count() > 20


def test_a_day_that_makes_no_difference_is_not_asked(stage):
    sql, _ = replay.statement(("", TREES["few-seats"]), START.date(), START.date() + DAY)
    assert "generate_series" not in sql
    sql, _ = replay.statement(("", TREES["fresh-nps"]), START.date(), START.date() + DAY)
    assert "generate_series" in sql


def test_conditions_that_nobody_can_ask_are_named(stage):
    with pytest.raises(ValueError, match=r"“x\.gone” is no fact that is known here"):
        replay.matches(("", {"all": [{"fact": "x.gone", "is": 1}]}), START.date(), START.date())


YEAR_OF_VERSIONS = """
INSERT INTO accounts_pastfacts (tenant_id, account_id, facts, valid_from, valid_to, first_day, seen_on)
SELECT current_setting('app.tenant_id')::bigint, a, jsonb_build_object('account.archived', false, 'custom.seats', a + n,
        'custom.renews', date '2026-01-01' + (a * 7 + n * 31) %% 500),
    timestamptz '2025-10-01 08:00+00' + interval '20 days' * n,
    timestamptz '2025-10-01 08:00+00' + interval '20 days' * (n + 1),
    date '2025-10-01' + 20 * n, date '2025-10-01' + 20 * n + 19
FROM generate_series(1, %s) a, generate_series(0, 19) n
"""


def test_two_thousand_accounts_over_four_hundred_days_take_one_statement_and_seconds(stage):
    with connection.cursor() as cursor:
        cursor.execute(YEAR_OF_VERSIONS, [2_000])
    start, end = dt.date(2025, 10, 1), dt.date(2026, 11, 4)
    began = time.monotonic()
    found = replay.matches(("", TREES["renewal"]), start, end)
    seconds = time.monotonic() - began
    print(f"replay of 2,000 accounts x 400 days: {seconds:.2f} s, {len(found)} matches")
    assert len(found) > 1_000
    assert seconds < 20
