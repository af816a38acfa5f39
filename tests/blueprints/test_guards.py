"""Guards: blast radius, breaker, hold-out, cool-down, quiet hours and so many a day; and why something didn't fire."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from accounts import timeline
from accounts.actions.errors import Refused
from accounts.models import Event, TenantWork
from blueprints import flow, guards
from blueprints.actions import plays, starting, stepping, turns, why
from blueprints.models import Fate, Match, PlayState, PlayVersion, Run
from tests.blueprints.watched import FEW, around_now, declare_seats, fates, seat, turn, watcher
from tests.factories.accounts import AccountFactory
from tests.factories.blueprints import MatchFactory, RunFactory, step

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def accounts(acme):
    declare_seats()
    return [AccountFactory(csm=acme.cass) for _ in range(6)]


def few(accounts) -> None:
    for account in accounts:
        seat(account, 3)


def on_both_sides(acme, play) -> tuple[list, list]:
    """(three accounts that the draw leaves alone, three that it takes); six blind ones may all fall on one side."""
    left, taken = [], []
    while min(len(left), len(taken)) < 3:
        account = AccountFactory(csm=acme.cass)
        (left if guards.held_out(50, play.pk, account.pk) else taken).append(account)
    return left[:3], taken[:3]


def test_many_accounts_at_once_need_their_number_confirmed(acme, accounts, monkeypatch):
    monkeypatch.setattr(plays, "MOST_UNCONFIRMED", 5)
    play = watcher(state="draft", on_since=None)
    few(accounts)
    turn(acme)
    for confirmed in (None, 5):
        with pytest.raises(Refused) as refused:
            plays.switch_on(play, by=acme.olly, confirmed=confirmed)
        assert refused.value.errors == {"confirmed": ["This would fire for 6 accounts: confirm that number."]}
        play.refresh_from_db()
    plays.switch_on(play, by=acme.olly, confirmed=6)
    assert turn(acme).started == 6


def test_what_holds_already_may_be_left_until_it_holds_anew(acme, accounts):
    play = watcher(state="draft", on_since=None)
    few(accounts)
    turn(acme)
    plays.switch_on(play, by=acme.olly, already="leave")
    assert turn(acme).started == 0
    assert fates(play) == [Fate.BEFORE] * 6
    assert why.not_(play, accounts[0]).code == "before"
    seat(accounts[0], 7)
    turn(acme)
    seat(accounts[0], 2)
    assert turn(acme).started == 1


def test_the_breaker_stops_a_play_that_fires_too_often_and_a_person_decides(acme, accounts):
    play = watcher(guards={"breaker_per_hour": 4})
    few(accounts)
    assert turn(acme).started == 0
    play.refresh_from_db()
    assert (play.state, fates(play)) == (PlayState.PAUSED, [Fate.TRIPPED] * 6)
    assert play.stopped_because == "6 accounts matched within an hour, more than 4."
    assert Event.objects.filter(kind="play.tripped").count() == 1
    Match.objects.filter(account__in=accounts[:2]).update(closed_at=turns.instant(), closed_on=dt.date(2026, 1, 1))
    assert starting.release(play, tenant=acme.tenant, by=acme.olly) == 4
    assert sorted(fates(play)) == [Fate.EXPIRED] * 2 + [Fate.STARTED] * 4


def test_stopped_matches_may_be_dropped(acme, accounts):
    play = watcher(guards={"breaker_per_hour": 4})
    few(accounts)
    turn(acme)
    assert starting.drop(play, by=acme.olly) == 6
    assert fates(play) == [Fate.DROPPED] * 6


def test_a_share_is_left_alone_and_always_the_same(acme):
    declare_seats()
    play = watcher(guards={"hold_out_percent": 50})
    left, taken = on_both_sides(acme, play)
    few(left + taken)
    turn(acme)
    held = set(Match.objects.filter(fate=Fate.HELD_OUT).values_list("account_id", flat=True))
    assert held == {account.pk for account in left}
    assert set(Run.objects.values_list("account_id", flat=True)) == {account.pk for account in taken}


def test_a_hold_out_is_near_its_share():
    assert 180 < sum(guards.held_out(20, 7, account) for account in range(1_000)) < 220


def test_a_play_cools_down_at_an_account(acme, accounts):
    play = watcher(guards={"cool_down_days": 5})
    for seats in (3, 8, 2):
        seat(accounts[0], seats)
        turn(acme)
    assert fates(play) == [Fate.STARTED, Fate.COOLING]
    said = why.not_(play, accounts[0])
    assert (said.code, said.until) == ("cooling", Run.objects.get().started_at + dt.timedelta(days=5))


def test_at_most_so_many_a_day_for_each_csm(acme, accounts):
    play = watcher(guards={"per_csm_day": 2})
    few(accounts[:3])
    seat(AccountFactory(csm=acme.olly), 1)
    assert turn(acme).started == 3
    assert sorted(fates(play)) == [Fate.STARTED] * 3 + [Fate.WAITING]
    waiting = Match.objects.waiting().get()
    assert TenantWork.objects.filter(kind=timeline.EVENTS, due_at=waiting.due_at).exists()
    assert why.not_(play, waiting.account).words == "Enough was started today for this account’s CSM."
    seat(accounts[4], 1)
    assert turn(acme).started == 0


def test_in_quiet_hours_matches_wait_for_their_end(acme, accounts):
    play = watcher(guards={"quiet": around_now(acme.tenant)})
    few(accounts[:2])
    assert turn(acme).started == 0
    assert fates(play) == [Fate.WAITING] * 2
    assert Match.objects.waiting().first().due_at > turns.clock() + dt.timedelta(minutes=50)


def test_what_is_over_before_its_turn_lapses(acme, accounts):
    play = watcher(guards={"quiet": around_now(acme.tenant)})
    seat(accounts[0], 1)
    turn(acme)
    seat(accounts[0], 9)
    turn(acme)
    assert fates(play) == [Fate.LAPSED]


@pytest.mark.parametrize(
    ("quiet", "now", "ends"),
    [
        ({"from": "18:00", "until": "08:00"}, "2026-11-20 19:30", "2026-11-21 08:00"),
        ({"from": "18:00", "until": "08:00"}, "2026-11-20 07:59", "2026-11-20 08:00"),
        ({"from": "18:00", "until": "08:00"}, "2026-11-20 08:00", None),
        ({"from": "18:00", "until": "08:00", "weekends": True}, "2026-11-20 19:30", "2026-11-23 08:00"),
        ({"weekends": True}, "2026-12-25 10:00", "2026-12-28 00:00"),
        ({"from": "12:00", "until": "13:00"}, "2026-11-20 12:30", "2026-11-20 13:00"),
        ({"from": "09:00", "until": "09:00"}, "2026-11-20 09:00", None),
    ],
)
def test_quiet_ends(quiet, now, ends):
    found = guards.parse({"quiet": quiet}).quiet.ends(dt.datetime.fromisoformat(now).replace(tzinfo=BERLIN), "DE")
    assert (found and found.strftime("%Y-%m-%d %H:%M")) == ends


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"cool_down_days": -1, "per_csm_day": 0, "breaker_per_hour": True}, {"cool_down_days", "per_csm_day",
                                                                            "breaker_per_hour"}),
        ({"approve": "yes", "other": 1}, {"approve", "other"}),
        ({"quiet": {"from": "8", "until": "18:00"}}, {"quiet"}),
        ({"quiet": {"from": "18:00"}}, {"quiet"}),
        ([], {"guards"}),
        ({"quiet": None, "approve": None, "hold_out_percent": 90, "cool_down_days": None}, set()),
    ],
)  # fmt: skip
def test_wrong_guards_are_named(said, names):
    assert set(guards.validate(said)) == names


def test_a_match_that_fails_holds_up_nobody_and_is_parked_in_the_end(acme, accounts, monkeypatch):
    play, real = watcher(), stepping.begin

    def begin(matches, **more):
        if any(match.account_id == accounts[0].pk for match in matches):
            raise RuntimeError("no ink")
        return real(matches, **more)

    few(accounts)
    with monkeypatch.context() as patch:
        patch.setattr(stepping, "begin", begin)
        assert turn(acme).started == 5
        for _ in range(8):
            Match.objects.waiting().update(due_at=turns.instant())
            turn(acme)
    match = starting.parked(play).get()
    assert (match.account, match.attempts, match.last_error) == (accounts[0], 8, "RuntimeError: no ink")
    assert flow.now(turns.clock()).matches_parked == 1
    assert starting.retry(starting.parked(play)) == 1
    assert turn(acme).started == 1


def test_why_it_fired_and_why_not(acme, accounts):
    play = watcher({"all": [{"fact": "custom.seats", "known": True}, {"fact": "custom.seats", "less_than": 5}]})
    seat(accounts[0], 3)
    seat(accounts[1], 9)
    turn(acme)
    reasons = why.of_match(Match.objects.get())
    assert [(r.sentence, r.value) for r in reasons] == [("Seats is known", "3"), ("Seats is less than 5", "3")]
    said = why.not_(play, accounts[1])
    assert (said.code, said.words) == ("failed", "Seats is less than 5: 9")
    assert said.reason.since is not None
    assert why.not_(play, accounts[0]).code == "started"
    assert why.not_(play, accounts[2]).reason.sentence == "Seats is known"
    plays.pause(play, by=acme.olly)
    assert why.not_(play, accounts[1]).code == "paused"


def test_why_not_names_every_test_of_a_group_of_which_none_holds(acme, accounts, page):
    tests = [{"fact": "custom.seats", "more_than": 50}, {"fact": "account.segment", "is": "enterprise"}]
    play = watcher({"all": [{"fact": "custom.seats", "known": True}, {"any": tests}]})
    seat(accounts[0], 9)
    turn(acme)
    said = why.not_(play, accounts[0])
    assert [reason.sentence for reason in said.reasons] == ["Seats is more than 50", "Segment is enterprise"]
    assert said.words.startswith("None of these holds. Seats is more than 50: 9; Segment is enterprise: ")
    assert said.reason.since is not None
    html = page(acme.olly, acme.tenant).get(f"/plays/{play.pk}/why-not/?account={accounts[0].pk}").content.decode()
    assert "None of these holds" in html
    assert "Seats is more than 50. The value is: 9. It has been so" in html


def test_the_flow_is_told(acme, accounts):
    watcher(guards={"quiet": around_now(acme.tenant)})
    few(accounts[:2])
    before = flow.now(turns.clock())
    assert before.accounts_touched == 2
    turn(acme)
    said = flow.now(turns.clock())
    assert (said.accounts_touched, said.matches_waiting, said.events_waiting) == (0, 2, 0)
    assert said.last_turn.followed >= 2


def test_quiet_that_ends_in_the_hour_that_comes_twice_ends_later_than_now():
    """Else it would be over in the past and hold all the same, and be asked again without a pause."""
    quiet = guards.parse({"quiet": {"from": "22:00", "until": "02:30"}}).quiet
    for fold in (0, 1):
        now = dt.datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=fold)
        assert quiet.ends(now, "DE").timestamp() - now.timestamp() == 20 * 60


def test_what_is_released_still_leaves_its_share_alone_and_cools_down(acme):
    declare_seats()
    play = watcher(guards={"breaker_per_hour": 4, "hold_out_percent": 50, "cool_down_days": 5})
    left, (ran, *others) = on_both_sides(acme, play)
    few([*left, ran, *others])
    turn(acme)
    RunFactory(match__play=play, match__account=ran, match__closed_at=turns.instant(), match__fate="started")
    began = starting.release(play, tenant=acme.tenant, by=acme.olly)
    held = Match.objects.filter(play=play, fate=Fate.HELD_OUT).values_list("account_id", flat=True)
    assert set(held) == {account.pk for account in left}
    assert Match.objects.filter(play=play, fate=Fate.COOLING).get().account == ran
    assert (began, Run.objects.filter(account__in=left).count()) == (len(others), 0)


def test_what_a_person_confirmed_with_a_new_wording_trips_no_breaker(acme, accounts, monkeypatch):
    monkeypatch.setattr(plays, "MOST_UNCONFIRMED", 5)
    play = watcher(guards={"breaker_per_hour": 4})
    for account in accounts:
        seat(account, 7)
    turn(acme)
    plays.revise(play, {"conditions": {"all": [{"fact": "custom.seats", "more_than": 5}]}}, by=acme.olly, confirmed=6)
    assert turn(acme).started == 6
    play.refresh_from_db()
    assert play.state == PlayState.ON
    more = [AccountFactory(csm=acme.cass) for _ in range(5)]
    for account in more:
        seat(account, 9)
    assert turn(acme).started == 0
    play.refresh_from_db()
    assert play.state == PlayState.PAUSED


def test_switched_on_anew_the_breaker_counts_from_there_though_the_confirmation_is_older(acme, accounts):
    """What ran before a person took a look and switched it on again is behind them."""
    play = watcher(guards={"breaker_per_hour": 4}, state="paused")
    plays.switch_on(play, by=acme.olly)
    few(accounts[:4])
    assert turn(acme).started == 4
    plays.pause(play, by=acme.olly)
    plays.switch_on(play, by=acme.olly, already="leave")
    few(accounts[4:])
    assert turn(acme).started == 2
    play.refresh_from_db()
    assert play.state == PlayState.ON


def test_two_wordings_of_a_play_share_the_day_of_a_csm(acme, accounts):
    """What waited for the night's end under the old wording counts beside what comes under the new one."""
    play = watcher(guards={"per_csm_day": 2})
    old, new = play.current(), PlayVersion.objects.create(
        play=play, number=2, steps=[step()], conditions=FEW, guards={"per_csm_day": 2})  # fmt: skip
    for version in (old, old, new, new):
        MatchFactory(play=play, version=version, account=AccountFactory(csm=acme.cass, custom={"seats": 1}))
    assert turn(acme).started == 2
    assert sorted(fates(play)) == [Fate.STARTED] * 2 + [Fate.WAITING] * 2
