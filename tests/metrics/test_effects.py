"""What plays change: figures worked out by hand, and arms that chance alone made."""

from __future__ import annotations

import datetime as dt
import math
import re

import pytest
from scipy import stats

from accounts import formats
from accounts.actions import knowledge
from accounts.calendar import local_midnight, local_today
from accounts.models import Account
from accounts.tenancy.context import tenant_context
from blueprints import guards
from blueprints.actions import starting
from blueprints.models import Play, PlayVersion
from metrics import effects
from metrics.effects import Effect, Shares, Values
from metrics.reports import play_effects
from metrics.usage.models import Daily
from tests.factories.accounts import TODAY, AccountFactory, AccountFactsFactory, ContractFactory, PastFactsFactory
from tests.factories.blueprints import MatchFactory, PlayFactory
from tests.factories.usage import MetricFactory


def shares(*table: int) -> Effect:
    return effects.of_shares([Shares(*table)])


def means(treated, held_out) -> Effect:
    return effects.of_means([Values(treated, held_out)])


def test_the_difference_of_shares_is_newcombes():
    """The example of Newcombe (1998), method 10: 56 of 70 against 48 of 80 is 20 points, 5.24 to 33.39."""
    found = shares(56, 70, 48, 80)
    assert found.difference == pytest.approx(20)
    assert (found.low, found.high) == pytest.approx((5.24, 33.39), abs=0.01)
    assert found.shows


def test_the_difference_of_means_is_welchs():
    """Two arms of 20, 0 and 10 by turns against 0 and 4: s² 500/19 and 80/19, error √(580/380), 24.9 degrees."""
    found = means([0.0, 10.0] * 10, [0.0, 4.0] * 10)
    assert found.difference == 3
    assert (found.low, found.high) == pytest.approx((0.455, 5.545), abs=0.003)


def test_one_stratum_is_tested_as_scipy_does():
    assert shares(56, 70, 48, 80).p == pytest.approx(stats.fisher_exact([[56, 14], [48, 32]]).pvalue)
    assert shares(0, 30, 0, 40).p == 1
    welch = stats.ttest_ind([0.0, 10.0] * 10, [0.0, 4.0] * 10, equal_var=False)
    assert means([0.0, 10.0] * 10, [0.0, 4.0] * 10).p == pytest.approx(welch.pvalue)


def test_a_share_that_changed_explains_no_difference():
    """In a bad time of which it left 10 % alone, half churned in both arms; in a good one, with 50 %, a tenth did.

    Put together naively that is 490 of 1,000 against 60 of 200: 19 points of harm that the play never did.
    """
    bad, good = Shares(450, 900, 50, 100), Shares(10, 100, 10, 100)
    assert shares(460, 1_000, 60, 200).shows
    found = effects.of_shares([bad, good])
    assert found.difference == pytest.approx(0)
    assert not found.shows
    assert found.p == pytest.approx(1)
    # Weights 90 and 50 of 140: 9/14 · 50 % + 5/14 · 10 % in either arm.
    assert (found.treated, found.held_out) == (pytest.approx(500 / 14), pytest.approx(500 / 14))
    times = [Values([1.0, 3.0] * 40, [1.0, 3.0] * 5), Values([11.0, 13.0] * 10, [11.0, 13.0] * 10)]
    assert means([v for t in times for v in t.treated], [v for t in times for v in t.held_out]).shows
    level = effects.of_means(times)
    assert (level.difference, level.n_treated, level.n_held_out) == (pytest.approx(0), 100, 30)


def test_the_strata_of_shares_come_together_as_in_the_books():
    """Two strata of 50 and 50, 30 against 20 and 25 against 15: each tells half, (20 + 20) / 2 points.

    Wilson 46.18-72.39, 27.61-53.82, 36.64-63.36 and 19.10-43.75, so √((½·19.54)² + (½·19.17)²) below and
    √((½·17.52)² + (½·17.24)²) above.
    """
    strata = [Shares(30, 50, 20, 50), Shares(25, 50, 15, 50)]
    found = effects.of_shares(strata)
    assert found.difference == pytest.approx(20)
    assert (found.low, found.high) == pytest.approx((20 - 13.69, 20 + 12.29), abs=0.01)
    assert found.low > max(shares(*one).low for one in strata)
    # Cochran, Mantel and Haenszel without correction: (55 - 45)² / (2,500·50·50/(100²·99) + 2,500·40·60/(100²·99)).
    cmh = stats.chi2.sf(100 / (50 * 50 * 50 * 50 / 990_000 + 50 * 50 * 40 * 60 / 990_000), 1)
    assert found.p == pytest.approx(cmh, abs=0.003)


def test_the_strata_of_means_come_together_by_their_weights():
    """Weights 10 and 5 of 15. Errors² 20/19 · (1/20 + 1/20) · 4/9 and 90/9 · 1/10 · 2 · 1/9, worked out by hand."""
    first, second = Values([4.0, 6.0] * 10, [1.0, 3.0] * 10), Values([9.0, 15.0] * 5, [3.0, 9.0] * 5)
    found = effects.of_means([first, second])
    assert found.difference == pytest.approx(3 * 2 / 3 + 6 / 3)
    parts = [(4 / 9 * (20 / 19) / 20, 19)] * 2 + [(1 / 9 * 10 / 10, 9)] * 2
    error = math.sqrt(sum(part for part, _ in parts))
    freedom = error**4 / sum(part**2 / free for part, free in parts)
    reach = stats.t.ppf(0.975, freedom) * error
    assert (found.low, found.high) == pytest.approx((4 - reach, 4 + reach))


def test_strata_in_which_one_arm_is_empty_tell_nothing():
    found = effects.of_shares([Shares(40, 40, 0, 0), Shares(5, 30, 5, 30)])
    assert (found.n_treated, found.difference) == (30, 0)
    lonely = effects.of_shares([Shares(40, 40, 0, 0), Shares(0, 0, 5, 30)])
    assert (lonely.n_treated, lonely.n_held_out, lonely.too_few) == (40, 30, True)
    assert effects.of_shares([]).too_few
    assert effects.of_means([]).too_few


def test_chances_of_thousands_are_neither_noise_nor_below_zero():
    strong = [Shares(3_000, 5_000, 1_000, 5_000), Shares(2_900, 5_000, 1_100, 5_000)]
    found = effects.of_shares(strong)
    assert 0 <= found.p < 1e-300


def test_too_few_say_nothing():
    assert shares(19, 19, 0, 500).difference is None
    assert means([1.0] * 19, [0.0] * 50).too_few
    assert not means([1.0] * 20, [1.0] * 20).shows
    assert shares(0, 0, 0, 0).treated is None


def test_the_typical_change_is_geometric():
    """Arms of 20: one doubled and one halved by turns (typically nothing), against all halved: twice as much."""
    found = effects.of_ratios([Values([math.log(2), -math.log(2)] * 10, [-math.log(2)] * 20)])
    assert (found.treated, found.held_out) == (pytest.approx(0, abs=1e-9), pytest.approx(-50))
    assert found.difference == pytest.approx(100)
    # Error ln 2 · √(20/19) / √20 = 0.159, 19 degrees of freedom: ± 0.3328 on the logarithm.
    assert (found.low, found.high) == pytest.approx((43.4, 179.0), abs=0.2)


def test_one_figure_in_a_dozen_that_stands_out_by_chance_is_no_effect():
    odd = shares(9, 40, 2, 40)
    assert odd.shows
    same = shares(20, 40, 20, 40)
    assert effects.judged([(odd, 1), *[(same, 1)] * 11]) == "none"
    sure = shares(38, 40, 2, 40)
    assert effects.judged([(sure, 1), *[(same, 1)] * 11]) == "helps"
    assert effects.judged([(sure, -1), (same, 1)]) == "harms"
    assert effects.judged([(sure, -1), (sure, 1)]) == "mixed"
    assert effects.judged([(shares(1, 3, 0, 50), 1)]) == "too_few"


def holding(play, percent: int = 50) -> PlayVersion:
    """The play's next wording, which leaves some alone."""
    return PlayVersion.objects.create(play=play, number=2, steps=[], guards={"hold_out_percent": percent})


def matched(cast, play, account, day: dt.date, fate: str, **more):
    at = midnight(cast, day)
    told = {"opened_on": day, "opened_at": at, "known_from": at, "closed_at": at, "closed_on": day, "fate": fate}
    return MatchFactory(play=play, account=account, **told | more)


@pytest.mark.django_db
def test_health_of_those_it_ran_for_against_those_left_alone(acme):
    """Health rose by ten where it ran and by 0 or 2 elsewhere; what was learned after the day stays out, and what the
    play changed on its first day isn't taken for what was before."""
    play, day = PlayFactory(), TODAY - dt.timedelta(days=60)
    holding(play)
    for n in range(40):
        account = AccountFactory()
        matched(acme, play, account, day, "started" if n % 2 else "held_out")
        first = midnight(acme, day) + dt.timedelta(hours=1)
        change = midnight(acme, day + dt.timedelta(days=10))
        after = midnight(acme, day + dt.timedelta(days=31))
        told = [(50, midnight(acme, day), first), (55 if n % 2 else 50, first, change),
                (60 if n % 2 else 50 + n % 4, change, after + dt.timedelta(seconds=1))]  # fmt: skip
        for score, since, until in told:
            PastFactsFactory(account_id=account.pk, facts={"health.score": score}, valid_from=since, valid_to=until)
        AccountFactsFactory(account=account, facts={"health.score": 1}, valid_from=after + dt.timedelta(seconds=1))
    (found,) = play_effects.report(acme.tenant, today=TODAY)
    month, quarter, _half = found.after
    assert (month.health.treated, month.health.n_treated, month.health.n_held_out) == (10, 20, 20)
    assert month.health.held_out == 1
    # Held out: 0 and 2 by turns, s² = 20/19, over 20 accounts: error 0.2294, 19 degrees: ± 0.480.
    assert (month.health.low, month.health.high) == pytest.approx((8.52, 9.48), abs=0.01)
    assert found.verdict == "helps"
    assert quarter.health.n_treated == 0


@pytest.mark.django_db
def test_usage_counts_those_who_stopped_and_renewals_those_who_paid(acme):
    """Of 20 that it ran for all kept ten events; of 20 left alone half stopped. One in each arm pays nothing."""
    play, day, metric = PlayFactory(), TODAY - dt.timedelta(days=60), MetricFactory()
    holding(play)
    for n in range(40):
        account, ran = AccountFactory(), n % 2
        matched(acme, play, account, day, "started" if ran else "held_out")
        if n > 1:
            ContractFactory(account=account, start_on=day - dt.timedelta(days=100), today=TODAY)
        Daily.objects.create(account=account, metric=metric, day=day, count=10)
        if ran or n % 4:
            Daily.objects.create(account=account, metric=metric, day=day + dt.timedelta(days=30), count=10)
    month = play_effects.report(acme.tenant, today=TODAY)[0].after[0]
    assert (month.usage.n_treated, month.usage.n_held_out) == (20, 20)
    assert month.usage.treated == 0
    # Half went from 10 to 0: with one added to both, √(1/11) of what it was.
    assert month.usage.held_out == pytest.approx(100 * (11**-0.5 - 1))
    assert month.usage.shows
    assert (month.lost.n_treated, month.lost.n_held_out, month.lost.too_few) == (19, 19, True)


@pytest.mark.django_db
def test_arms_are_those_that_chance_drew(acme):
    """What ran before there was a hold-out stands against nobody; who was drawn counts, though the run never came."""
    play, day = PlayFactory(), TODAY - dt.timedelta(days=100)
    early, earlier, late, lapsed, dropped = (AccountFactory() for _ in range(5))
    for account in (early, earlier):
        matched(acme, play, account, day, "started", version=play.current())
    holding(play)
    matched(acme, play, early, day + dt.timedelta(days=5), "held_out")
    matched(acme, play, late, day, "held_out")
    matched(acme, play, lapsed, day, "lapsed")
    matched(acme, play, dropped, day, "dropped")
    shadow = AccountFactory()
    matched(acme, play, shadow, day - dt.timedelta(days=9), "logged")
    matched(acme, play, shadow, day, "started")
    for account in (early, earlier, late, lapsed, dropped, shadow):
        ContractFactory(account=account, start_on=day - dt.timedelta(days=100), today=TODAY)
    drawn = guards.held_out(50, play.pk, lapsed.pk)
    month = play_effects.report(acme.tenant, today=TODAY)[0].after[0]
    assert (month.lost.n_treated, month.lost.n_held_out) == (2 - drawn, 1 + drawn)


@pytest.mark.django_db
def test_times_of_different_shares_are_held_each_against_itself(acme):
    """Health fell by ten for everybody while a tenth was left alone, and rose by ten while half was."""
    play, day = PlayFactory(), TODAY - dt.timedelta(days=60)
    tenth = holding(play, 10)
    same = PlayVersion.objects.create(play=play, number=3, steps=[], guards={"hold_out_percent": 10})
    half = PlayVersion.objects.create(play=play, number=4, steps=[], guards={"hold_out_percent": 50})
    for n in range(120):
        version, held, change = (half, n % 2, 10) if n < 40 else ((tenth, same)[n % 2], n % 10 < 2, -10)
        account = AccountFactory()
        matched(acme, play, account, day, "held_out" if held else "started", version=version)
        later = midnight(acme, day + dt.timedelta(days=10))
        PastFactsFactory(account_id=account.pk, facts={"health.score": 50}, valid_from=midnight(acme, day),
                         valid_to=later)  # fmt: skip
        AccountFactsFactory(account=account, facts={"health.score": 50 + change + n % 4 // 2}, valid_from=later)
    month = play_effects.report(acme.tenant, today=TODAY)[0].after[0]
    assert (month.health.n_treated, month.health.n_held_out) == (84, 36)
    assert abs(month.health.difference) < 0.5
    assert not month.health.shows


@pytest.mark.django_db
def test_what_was_over_while_the_breaker_held_it_was_drawn_by_nobody(acme):
    play, day = PlayFactory(), TODAY - dt.timedelta(days=60)
    holding(play)
    matched(acme, play, AccountFactory(), day, "held_out")
    Play.objects.filter(pk=play.pk).update(trigger="")
    over = matched(acme, play, AccountFactory(), day, "tripped")
    starting.release(play, tenant=acme.tenant, by=acme.olly)
    over.refresh_from_db()
    assert over.fate == "expired"
    for account in Account.objects.all():
        ContractFactory(account=account, start_on=day - dt.timedelta(days=100), today=TODAY)
    month = play_effects.report(acme.tenant, today=TODAY)[0].after[0]
    assert (month.lost.n_treated, month.lost.n_held_out) == (0, 1)


@pytest.mark.django_db
def test_an_account_counts_in_the_arm_of_its_first_match(acme_cast, page, api):
    with tenant_context(acme_cast.tenant):
        play, account = PlayFactory(name="Call them"), AccountFactory()
        ContractFactory(account=account, start_on=TODAY - dt.timedelta(days=200), today=TODAY)
        holding(play)
        for days, fate in ((100, "held_out"), (50, "started")):
            matched(acme_cast, play, account, TODAY - dt.timedelta(days=days), fate)
        (found,) = play_effects.report(acme_cast.tenant, today=TODAY)
    assert (found.after[0].lost.n_treated, found.after[0].lost.n_held_out) == (0, 1)
    assert found.verdict == "too_few"
    html = page(acme_cast.cass, acme_cast.tenant).get("/reports/play-effects/").content.decode()
    assert "Call them" in html
    assert "too few to say" in html
    here = re.search(r'<a[^>]*aria-current="page"[^>]*>(.*?)</a>', html, re.S)
    assert "Plays" in here.group(1)
    said = api.get("/reports/play-effects").json()["plays"]
    assert [(each["name"], each["verdict"]) for each in said] == [("Call them", "too_few")]


@pytest.mark.django_db
def test_a_panel_says_the_effect_or_why_not_yet(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        plain, young = PlayFactory(), PlayFactory(name="Young")
        holding(young)
        matched(acme_cast, young, AccountFactory(), TODAY - dt.timedelta(days=40), "held_out")
    cass = page(acme_cast.cass, acme_cast.tenant)
    assert "Without a hold-out nobody can tell" in cass.get(f"/reports/play-effects/{plain.pk}/panel/").content.decode()
    html = cass.get(f"/reports/play-effects/{young.pk}/panel/").content.decode()
    assert "Too few to say" in html
    assert "from 20 in each arm on" in html
    listed = cass.get("/reports/play-effects/panel/").content.decode()
    assert "Young" in listed
    assert plain.name not in listed


@pytest.mark.django_db
def test_who_first_matched_before_what_is_kept_counts_in_no_figure(acme_cast, page, api, settings):
    """Its first score is gone: counted in the other figures, it would make them speak of other accounts."""
    settings.PAST_FACTS_MONTHS = 6
    today = local_today(acme_cast.tenant)
    kept = knowledge.kept_from(today)
    with tenant_context(acme_cast.tenant):
        play, young = PlayFactory(name="Old and new"), PlayFactory(name="Young")
        for each in (play, young):
            holding(each)
        for day in (kept - dt.timedelta(days=1), kept):
            account = AccountFactory()
            ContractFactory(account=account, start_on=day - dt.timedelta(days=200), today=today)
            matched(acme_cast, play, account, day, "held_out")
        matched(acme_cast, play, Account.objects.first(), kept + dt.timedelta(days=9), "held_out")
        matched(acme_cast, young, account, kept, "held_out")
        old_and_new, other = play_effects.report(acme_cast.tenant, today=today)
        assert (old_and_new.after[0].lost.n_held_out, old_and_new.since) == (1, kept)
        assert (other.after[0].lost.n_held_out, other.since) == (1, None)
        settings.PAST_FACTS_MONTHS = 0
        assert play_effects.report(acme_cast.tenant, today=today)[0].after[0].lost.n_held_out == 2
        settings.PAST_FACTS_MONTHS = 6
    cass, said = page(acme_cast.cass, acme_cast.tenant), f"matches since {formats.date(kept)}"
    assert cass.get("/reports/play-effects/").content.decode().count(said) == 1
    assert said in cass.get(f"/reports/play-effects/{play.pk}/panel/").content.decode()
    assert said not in cass.get(f"/reports/play-effects/{young.pk}/panel/").content.decode()
    told = api.get("/reports/play-effects").json()["plays"]
    assert [each["matches_since"] for each in told] == [kept.isoformat(), None]


@pytest.mark.django_db
def test_many_plays_cost_no_more_statements_than_one(acme, django_assert_num_queries):
    plays = [PlayFactory() for _ in range(6)]
    for play in plays:
        holding(play)
    with django_assert_num_queries(4):
        assert len(play_effects.of_plays(plays[:1], acme.tenant, today=TODAY)) == 1
    with django_assert_num_queries(4):
        found = play_effects.of_plays(plays, acme.tenant, today=TODAY)
    assert {each.verdict for each in found.values()} == {"too_few"}


def midnight(cast, day: dt.date) -> dt.datetime:
    return local_midnight(cast.tenant, day)
