"""Time to First Impact: those who still wait count as long as they have waited."""

import datetime as dt

import pytest

from accounts.calendar import local_today
from accounts.models import Account
from accounts.tenancy.context import tenant_context
from journeys.models import Journey
from journeys.onboarding.models import FirstImpact
from metrics.reports import first_impact as report
from tests.factories.accounts import AccountFactory, ContractFactory, ProductFactory
from tests.factories.onboarding import drafted, submitted

TODAY = dt.date(2026, 11, 20)


def began(days_ago, reached_after=None, *, kickoff_after=None, ended_after=None, today=TODAY, **account):
    committed = today - dt.timedelta(days=days_ago)

    def after(days):
        return None if days is None else committed + dt.timedelta(days=days)

    mine = AccountFactory(**account)
    noon = dt.time(12, tzinfo=dt.UTC)
    journey = Journey.objects.create(
        account=mine,
        committed_on=committed,
        began_at=dt.datetime.combine(committed, noon),
        ended_at=None if ended_after is None else dt.datetime.combine(after(ended_after), noon),
    )
    there = {} if reached_after is None else {
        "reached_on": after(reached_after), "reached_how": "evidence", "recorded_at": dt.datetime.combine(today, noon),
    }  # fmt: skip
    return FirstImpact.objects.create(
        account=mine, journey=journey, committed_on=committed, kickoff_on=after(kickoff_after), **there
    )


def found(acme, since="commit"):
    return report.waits(Account.objects.all(), since=since, today=TODAY, zone=acme.tenant.zone)


def test_who_still_waits_is_not_left_out(acme):
    for reached in (10, 20, 30):
        began(100, reached)
    began(15)
    whole = report.overall(found(acme))
    assert (whole.count, whole.reached, whole.waiting) == (4, 3, 1)
    # At 20 two of the three still there are at risk: 3/4 · 1/2 are left. Without the waiting it would be a third.
    assert whole.by(20).value == pytest.approx(1 - 3 / 4 * 1 / 2)
    assert whole.within(0.5) == 20


def test_a_journey_that_ended_without_waited_until_it_ended(acme):
    began(100, ended_after=40)
    assert list(found(acme).values_list("waited", "there")) == [(40, False)]


def test_from_the_kickoff_count_those_that_had_one(acme):
    began(100, 30, kickoff_after=10)
    began(100, 30)
    began(5, kickoff_after=9)
    assert list(found(acme, "kickoff").values_list("waited", "there")) == [(20, True)]


def test_groups_count_an_account_in_each_of_its_products_once(acme):
    pulse, atlas = ProductFactory(name="Pulse"), ProductFactory(name="Atlas")
    mine = began(100, 12, segment="Enterprise").account
    for product in (pulse, pulse, atlas):
        ContractFactory(account=mine, lines=[{"product": product, "quantity": 1, "amount_minor": 100}])
    began(50)
    by_product = [(line.label, line.curve.count) for line in report.by_group(found(acme), "product")]
    assert by_product == [("Atlas", 1), ("Pulse", 1), ("", 1)]
    by_segment = [(line.label, line.curve.count) for line in report.by_group(found(acme), "segment")]
    assert by_segment == [("Enterprise", 1), ("", 1)]


def test_cohorts_are_quarters_of_commitment(acme):
    began(0)
    began(100)
    assert [line.label for line in report.by_group(found(acme), "cohort")] == ["2026 Q3", "2026 Q4"]


def test_the_statements_dont_grow_with_the_accounts(acme, django_assert_num_queries):
    for _ in range(6):
        began(40, 20, segment="SMB")
    with django_assert_num_queries(1):
        report.by_group(found(acme), "segment")


@pytest.fixture
def several(acme_cast):
    with tenant_context(acme_cast.tenant):
        today = local_today(acme_cast.tenant)
        for n in range(6):
            began(100, 10 + n, today=today, segment="Enterprise", name=f"Quick {n}")
        began(50, today=today, segment="SMB", name="Slow one", ae=acme_cast.sal)
    return acme_cast


def test_the_page_says_median_and_who_waits(several, page):
    shown = page(several.cass, several.tenant).get("/reports/first-impact/").content.decode()
    assert "13 days" in shown
    assert "7 journeys: 6 have got there, 1 wait or ended without" in shown
    assert "too few have got there to say" in shown


def test_the_page_says_who_has_committed_and_doesnt_count_yet(several, page):
    cass, at = page(several.cass, several.tenant), "/reports/first-impact/"
    assert "committed account" not in cass.get(at).content.decode()
    with tenant_context(several.tenant):
        drafted(several)
        submitted(several, drafted(several, AccountFactory(ae=several.sal)))
    shown = cass.get(at).content.decode()
    assert "7 journeys: 6 have got there" in shown
    assert "2 committed accounts aren’t among them" in shown


def test_each_number_opens_its_accounts(several, page):
    cass = page(several.cass, several.tenant)
    waiting = cass.get("/reports/first-impact/accounts/?by=segment&label=SMB&who=waiting").content.decode()
    assert "Slow one" in waiting
    assert "Quick 0" not in waiting
    assert cass.get("/reports/first-impact/accounts/?by=moon").status_code == 404
    assert cass.get("/reports/first-impact/?since=dawn").status_code == 404


def test_a_rep_counts_the_accounts_they_sell(several, page):
    shown = page(several.sal, several.tenant).get("/reports/first-impact/accounts/").content.decode()
    assert "Slow one" in shown
    assert "Quick 0" not in shown


def test_an_empty_workspace_says_when_the_clock_starts(acme_cast, page):
    shown = page(acme_cast.cass, acme_cast.tenant).get("/reports/first-impact/").content.decode()
    assert "No onboarding counts yet" in shown


def test_other_systems_read_the_same_figures(several, api):
    answer = api.get("/reports/first-impact?by=segment").json()
    assert answer["all"] | {"by_day": None} == {
        "name": "", "accounts": 7, "reached": 6, "waiting": 1, "too_few": False, "median_days": 13, "p75_days": 15,
        "by_day": None,
    }  # fmt: skip
    assert [group["name"] for group in answer["groups"]] == ["Enterprise", "SMB"]
    assert answer["groups"][1]["by_day"][2] == {"day": 90, "share": None, "low": None, "high": None}
    refused = api.get("/reports/first-impact?by=moon")
    assert refused.status_code == 400
    assert "by" in refused.json()["errors"]
