"""Matches: opened on the rising edge, closed on the falling one, in one scan for all plays and accounts."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import timeline
from accounts.actions import knowledge
from accounts.actions.errors import Refused
from accounts.models import Account, Event, Task
from blueprints.actions import engine, matching, plays, watching
from blueprints.models import Fate, Match, Notice, PlayState, Run, RunState
from tests.blueprints.watched import FEW, declare_seats, fates, seat, turn, watcher
from tests.factories.accounts import AccountFactory
from tests.factories.blueprints import PlayFactory, step

NOW = dt.datetime.now(dt.UTC)
MANY = {"all": [{"fact": "custom.seats", "at_least": 5}]}


@pytest.fixture
def account(acme):
    declare_seats()
    return AccountFactory(csm=acme.cass)


def test_a_play_fires_when_it_becomes_true_and_not_while_it_stays_true(acme, account):
    play = watcher()
    seat(account, 8)
    assert turn(acme).started == 0
    seat(account, 3)
    assert turn(acme).started == 1
    match = Match.objects.get()
    assert (match.facts, match.closed_at, match.fate) == ({"custom.seats": 3}, None, Fate.STARTED)
    assert Run.objects.get().match == match
    seat(account, 2)
    assert turn(acme).started == 0
    seat(account, 9)
    turn(acme)
    match.refresh_from_db()
    assert match.closed_at is not None
    seat(account, 1)
    assert turn(acme).started == 1
    assert fates(play) == [Fate.STARTED, Fate.STARTED]
    assert Task.objects.count() == 2


def test_an_edit_fires_no_open_episode_again(acme, account):
    play = watcher()
    seat(account, 3)
    turn(acme)
    plays.revise(play, {"conditions": {"all": [{"fact": "custom.seats", "at_most": 4}]}}, by=acme.olly)
    seat(account, 2)
    assert turn(acme).started == 0
    assert Match.objects.count() == 1


def test_an_archived_account_matches_nothing(acme, account):
    watcher()
    account.archived_at = NOW
    seat(account, 3)
    assert turn(acme).opened == 0


def test_a_condition_on_a_fact_that_is_gone_stops_its_play_alone(acme, account):
    gone, other = watcher({"all": [{"fact": "custom.gone", "is": 1}]}), watcher()
    bad_exit = watcher(exit={"all": [{"fact": "custom.seats", "in_past": True}]})
    seat(account, 3)
    assert turn(acme).started == 1
    gone.refresh_from_db()
    bad_exit.refresh_from_db()
    assert (gone.state, gone.stopped_because) == (PlayState.PAUSED, "“custom.gone” is no fact that is known here.")
    assert bad_exit.state == PlayState.PAUSED
    assert list(Match.objects.values_list("play", flat=True)) == [other.pk]
    told = Event.objects.filter(kind="play.disabled").values_list("facts__play_id", flat=True)
    assert set(told) == {gone.pk, bad_exit.pk}


def test_a_play_in_the_shadow_logs_and_does_nothing(acme, account):
    play = watcher(state="shadow")
    seat(account, 3)
    assert turn(acme).started == 0
    assert fates(play) == [Fate.LOGGED]
    play.refresh_from_db()
    plays.switch_on(play, by=acme.olly)
    assert turn(acme).started == 1


def test_an_exit_that_comes_true_ends_the_run_and_its_tasks(acme, account):
    watcher(exit=MANY)
    seat(account, 3)
    turn(acme)
    seat(account, 50)
    turn(acme)
    assert Run.objects.get().state == RunState.LEFT
    assert Task.objects.get().status != "open"


@pytest.mark.parametrize(("leave", "state"), [(True, RunState.LEFT), (False, RunState.FINISHED)])
def test_a_run_ends_with_its_match_where_the_play_says_so(acme, account, leave, state):
    watcher(guards={"leave_when_over": leave})
    seat(account, 3)
    turn(acme)
    seat(account, 6)
    turn(acme)
    assert Run.objects.get().state == state


def test_statements_do_not_grow_with_the_accounts(acme):
    declare_seats()
    for _ in range(5):
        watcher(), watcher(MANY, exit=FEW, guards={"leave_when_over": True})
    accounts = Account.objects.bulk_create(Account(name=f"A {n}", custom={"seats": n % 10}) for n in range(510))
    ids = [account.pk for account in accounts]
    knowledge.follow(ids, tenant=acme.tenant, at=NOW)
    counts = []
    for some in (ids[:10], ids[10:]):
        with CaptureQueriesContext(connection) as said:
            done = matching.settle(some, at=NOW, day=NOW.date())
        counts.append(len(said))
        assert done.opened == len(some) * 5
    assert counts[0] == counts[1] <= 12


def test_days_that_nobody_looked_at_are_looked_at_by_what_was_known_then(acme, account):
    declare = {"all": [{"fact": "account.since", "older_than_days": 3}]}
    play = watcher(declare)
    then = NOW - dt.timedelta(days=10)
    knowledge.follow([account.pk], tenant=acme.tenant, at=then)
    knowledge.seen([account.pk], then.date())
    account.created_at = then - dt.timedelta(days=1)
    account.save()
    knowledge.follow([account.pk], tenant=acme.tenant, at=then + dt.timedelta(minutes=1))
    engine.look([account.pk], tenant=acme.tenant, at=NOW)
    match = Match.objects.get(play=play)
    assert match.opened_on == (then + dt.timedelta(days=3)).date()


def test_a_preview_counts_and_writes_nothing(acme, account):
    seat(account, 3)
    turn(acme)
    assert matching.would_match(FEW, day=NOW.date()) == (1, [account])
    assert matching.would_match(MANY, day=NOW.date()) == (0, [])
    assert Match.objects.count() == 0


def test_what_is_no_play_is_named_before_it_is_kept(acme):
    wrong = {
        "name": " ", "conditions": {"all": [{"fact": "custom.gone", "is": 1}]}, "steps": [step("")],
        "guards": {"hold_out_percent": 100}, "kind": "great",
    }  # fmt: skip
    with pytest.raises(Refused) as refused:
        plays.create(wrong, by=acme.olly)
    assert set(refused.value.errors) == {"name", "conditions", "steps.0.title", "guards.hold_out_percent", "kind"}


def test_a_play_is_made_by_hand_and_keeps_a_code_of_its_own(acme, account):
    values = {"name": "Few seats", "because": "they leave", "conditions": FEW, "steps": [step()], "kind": "risk"}
    first, second = plays.create(values, by=acme.olly), plays.create(values, by=acme.olly)
    assert (first.code, second.code, first.state) == ("few-seats", "few-seats-2", PlayState.DRAFT)
    assert watching.problems_of(first.current(), watching.known_facts()) == []
    assert plays.describe(first.current()) == ["Seats is less than 5"]


def test_a_play_in_the_shadow_logs_the_events_that_it_would_answer(acme, account):
    play = PlayFactory(state="shadow")
    departed = {"account": account, "by": None, "name": "Kim", "buying_role": "champion"}
    timeline.record("contact.departed", **departed)
    assert turn(acme).started == 0
    assert fates(play) == [Fate.LOGGED]


def test_whoever_may_mend_a_play_is_told_that_it_stopped_itself(acme, account):
    gone = watcher({"all": [{"fact": "custom.gone", "is": 1}]}, name="Seats")
    seat(account, 3)
    turn(acme)
    told = Notice.objects.filter(text__contains="“Seats” stopped by itself: “custom.gone” is no fact")
    assert set(told.values_list("recipient", flat=True)) == {acme.ada.pk, acme.lee.pk, acme.olly.pk}
    turn(acme)
    assert told.count() == 3
    assert not Match.objects.filter(play=gone).exists()


def test_runs_whose_match_a_new_wording_closes_are_left_at_once(acme, account):
    play = watcher(guards={"leave_when_over": True})
    seat(account, 3)
    turn(acme)
    plays.revise(play, {"conditions": MANY}, by=acme.olly)
    assert Run.objects.get().state == RunState.LEFT
    assert not Task.objects.open().exists()
