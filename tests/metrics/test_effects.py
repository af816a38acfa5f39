"""What plays change: figures worked out by hand, and arms that chance alone made."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.calendar import local_midnight
from accounts.tenancy.context import tenant_context
from metrics import effects
from metrics.reports import play_effects
from tests.factories.accounts import TODAY, AccountFactory, AccountFactsFactory, PastFactsFactory
from tests.factories.blueprints import MatchFactory, PlayFactory


def test_the_difference_of_shares_is_newcombes():
    """The example of Newcombe (1998), method 10: 56 of 70 against 48 of 80 is 20 points, 5.24 to 33.39."""
    found = effects.of_shares(56, 70, 48, 80)
    assert found.difference == pytest.approx(20)
    assert (found.low, found.high) == pytest.approx((5.24, 33.39), abs=0.01)
    assert found.shows


def test_the_difference_of_means_is_welchs():
    """Two arms of 20, 0 and 10 by turns against 0 and 4: s² 500/19 and 80/19, error √(580/380), 24.9 degrees."""
    found = effects.of_means([0.0, 10.0] * 10, [0.0, 4.0] * 10)
    assert found.difference == 3
    assert (found.low, found.high) == pytest.approx((0.455, 5.545), abs=0.003)


def test_too_few_say_nothing():
    assert effects.of_shares(19, 19, 0, 500).difference is None
    assert effects.of_means([1.0] * 19, [0.0] * 50).too_few
    assert not effects.of_means([1.0] * 20, [1.0] * 20).shows
    assert effects.of_shares(0, 0, 0, 0).treated is None


@pytest.mark.django_db
def test_health_of_those_it_ran_for_against_those_left_alone(acme):
    """Health rose by ten where it ran and by nothing elsewhere; what was learned after the day stays out."""
    play, day = PlayFactory(), TODAY - dt.timedelta(days=60)
    for n in range(40):
        account = AccountFactory()
        fate = "started" if n % 2 else "held_out"
        MatchFactory(play=play, account=account, opened_on=day, opened_at=midnight(acme, day), fate=fate)
        change = midnight(acme, day + dt.timedelta(days=10))
        after = midnight(acme, day + dt.timedelta(days=31))
        PastFactsFactory(account_id=account.pk, facts={"health.score": 50}, valid_from=midnight(acme, day),
                         valid_to=change)  # fmt: skip
        PastFactsFactory(account_id=account.pk, facts={"health.score": 60 if n % 2 else 50 + n % 4},
                         valid_from=change, valid_to=after + dt.timedelta(seconds=1))  # fmt: skip
        AccountFactsFactory(account=account, facts={"health.score": 1}, valid_from=after + dt.timedelta(seconds=1))
    (found,) = play_effects.report(acme.tenant, today=TODAY)
    month, quarter, _half = found.after
    assert (month.health.treated, month.health.n_treated, month.health.n_held_out) == (10, 20, 20)
    assert month.health.shows
    assert found.verdict == "shows"
    assert quarter.health.n_treated == 0


@pytest.mark.django_db
def test_an_account_counts_in_the_arm_of_its_first_match(acme_cast, page, api):
    with tenant_context(acme_cast.tenant):
        play, account = PlayFactory(name="Call them"), AccountFactory()
        for days, fate in ((100, "held_out"), (50, "started")):
            day = TODAY - dt.timedelta(days=days)
            at = midnight(acme_cast, day)
            MatchFactory(play=play, account=account, opened_on=day, opened_at=at, closed_at=at, closed_on=day,
                         fate=fate)  # fmt: skip
        (found,) = play_effects.report(acme_cast.tenant, today=TODAY)
    assert (found.after[0].lost.n_treated, found.after[0].lost.n_held_out) == (0, 1)
    assert found.verdict == "too_few"
    html = page(acme_cast.cass, acme_cast.tenant).get("/reports/play-effects/").content.decode()
    assert "Call them" in html
    assert "too few to say" in html
    said = api.get("/reports/play-effects").json()["plays"]
    assert [(each["name"], each["verdict"]) for each in said] == [("Call them", "too_few")]


def midnight(cast, day: dt.date) -> dt.datetime:
    return local_midnight(cast.tenant, day)
