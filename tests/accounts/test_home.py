"""My day: what is due, whose renewal is near, what changed since the last visit."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import calendar
from accounts.actions import accounts, contracts, notes, preferences
from accounts.models import AccountState, Membership
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory, ContractFactory, TaskFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cass(acme_cast, page):
    return page(acme_cast.cass, acme_cast.tenant)


def test_the_day_shows_what_is_due_and_not_what_comes_later(acme_cast, cass):
    with tenant_context(acme_cast.tenant):
        today = calendar.local_today(acme_cast.tenant)
        for title, days in (("Late", -2), ("Now", 0), ("Later", 3)):
            TaskFactory(title=title, assignee=acme_cast.cass, due_on=today + dt.timedelta(days=days))
    answer = cass.get("/")
    assert [row.title for row in answer.context["tasks"]] == ["Late", "Now"]


def test_renewals_of_ones_own_accounts_within_ninety_days_nearest_first(acme_cast, cass):
    with tenant_context(acme_cast.tenant):
        today = calendar.local_today(acme_cast.tenant)
        for name, days, csm in (("Near", 20, "cass"), ("Next", 80, "cass"), ("Far", 91, "cass"), ("Theirs", 5, "dee")):
            account = AccountFactory(name=name, csm=getattr(acme_cast, csm))
            state = {"renewal_on": today + dt.timedelta(days=days), "arr_minor": 1_200_000}
            AccountState.objects.filter(account=account).update(**state)
    answer = cass.get("/")
    assert [(row["name"], row["days"], row["soon"], row["arr"]) for row in answer.context["renewals"]] == [
        ("Near", "20 d", True, "$12K"), ("Next", "80 d", False, "$12K"),
    ]  # fmt: skip
    everybody = cass.get("/?scope=all").context["renewals"]
    assert [row["name"] for row in everybody] == ["Theirs", "Near", "Next"]


def test_terms_that_are_over_and_undecided_are_overdue_renewals(acme_cast, cass, page):
    today = calendar.local_today(acme_cast.tenant)
    day = dt.timedelta(days=1)

    def signed(account, name, ended):
        term = {"start_on": today - 400 * day, "end_on": today - ended, "today": today - 400 * day}
        return ContractFactory(account=account, name=name, arr_minor=1_200_000, **term)

    with tenant_context(acme_cast.tenant):
        mine = AccountFactory(name="Mine", csm=acme_cast.cass, ae=acme_cast.sal)
        theirs = AccountFactory(name="Theirs", csm=acme_cast.dee)
        signed(mine, "Forgotten", 10 * day)
        signed(mine, "Long forgotten", 40 * day)
        signed(mine, "Ends today", 0 * day)
        signed(theirs, "Elsewhere", 5 * day)
        ended, renewed = signed(mine, "Ended", 20 * day), signed(mine, "Renewed", 30 * day)
        contracts.end(ended, on=today - 20 * day, reason="Closed", by=None, today=today)
        lines = [{"product": renewed.lines.get().product, "quantity": 1, "amount_minor": 1_300_000}]
        contracts.renew(renewed, {"end_on": today + 335 * day}, lines, by=None, today=today)
    answer = cass.get("/")
    told = [(row["name"], row["contract"], row["ago"], row["arr"]) for row in answer.context["overdue"]]
    assert told == [("Mine", "Long forgotten", "40 days ago", "$12K"), ("Mine", "Forgotten", "10 days ago", "$12K")]
    assert f'href="/w/acme/accounts/{mine.pk}/contracts/"' in answer.content.decode()
    everybody = cass.get("/?scope=all").context["overdue"]
    assert [row["contract"] for row in everybody] == ["Long forgotten", "Forgotten", "Elsewhere"]
    assert [row["name"] for row in page(acme_cast.dee, acme_cast.tenant).get("/").context["overdue"]] == []
    sold = page(acme_cast.sal, acme_cast.tenant).get("/?scope=all").context["overdue"]
    assert {row["name"] for row in sold} == {"Mine"}


def test_the_news_is_what_others_did_on_ones_accounts_since_the_last_visit(acme_cast, cass):
    with tenant_context(acme_cast.tenant):
        mine, theirs = AccountFactory(name="Mine", csm=acme_cast.cass), AccountFactory(name="Theirs")
        notes.add(mine, kind="call", body="By Ada", by=acme_cast.ada)
        notes.add(mine, kind="call", body="By myself", by=acme_cast.cass)
        notes.add(theirs, kind="call", body="Elsewhere", by=acme_cast.ada)
    for _ in range(2):  # a reload doesn't hide the news
        answer = cass.get("/")
        assert [item.text for item in answer.context["changes"]] == ["By Ada"]
    member = Membership.objects.get(user=acme_cast.cass)
    assert member.home_seen_at is not None


def test_a_new_visit_begins_where_the_last_one_ended(acme_cast, cass):
    member = Membership.objects.get(user=acme_cast.cass)
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(csm=acme_cast.cass)
        yesterday = timezone.now() - dt.timedelta(days=1)
        notes.add(account, kind="call", body="Known", by=acme_cast.ada, occurred_at=yesterday - dt.timedelta(hours=1))
        notes.add(account, kind="call", body="New", by=acme_cast.ada, occurred_at=yesterday + dt.timedelta(hours=1))
    Membership.objects.filter(pk=member.pk).update(home_seen_at=yesterday)
    assert [item.text for item in cass.get("/").context["changes"]] == ["New"]
    member.refresh_from_db()
    assert member.home_seen_at > yesterday


def test_a_sales_rep_sees_the_renewals_and_news_of_what_they_sell(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        sold = AccountFactory(name="Sold", ae=acme_cast.sal, csm=acme_cast.cass)
        AccountFactory(name="Other", csm=acme_cast.cass)
        accounts.edit(sold, {"industry": "Energy"}, by=acme_cast.cass)
    answer = page(acme_cast.sal, acme_cast.tenant).get("/?scope=all")
    assert {item.account for item in answer.context["changes"]} == {"Sold"}


@pytest.mark.parametrize("count", [1, 40])
def test_the_day_costs_at_most_twelve_questions_of_its_own(acme_cast, cass, count, monkeypatch):
    monkeypatch.setattr("csom.panels.HOME", ())
    with tenant_context(acme_cast.tenant):
        today = calendar.local_today(acme_cast.tenant)
        for _ in range(count):
            account = AccountFactory(csm=acme_cast.cass)
            TaskFactory(account=account, assignee=acme_cast.cass, due_on=today, by=acme_cast.ada)
            AccountState.objects.filter(account=account).update(renewal_on=today)
    preferences.see_home(Membership.objects.get(user=acme_cast.cass))
    cass.get("/?scope=team")
    with CaptureQueriesContext(connection) as queries:
        assert cass.get("/?scope=team").status_code == 200
    assert sum(q["sql"].startswith(("SELECT", "WITH", "UPDATE", "INSERT")) for q in queries) <= 12


def test_an_empty_day_says_what_to_do(cass):
    page = cass.get("/").content.decode()
    assert "Nothing is due" in page
    assert "No renewal is near." in page
