"""The portfolio as a browser asks for it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import calendar
from accounts.models import Account, AccountState, CustomField, Event, Membership, Phase, Team, TeamMember
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cass(acme_cast, page):
    return page(acme_cast.cass, acme_cast.tenant)


@pytest.fixture
def ada(acme_cast, page):
    return page(acme_cast.ada, acme_cast.tenant)


def questions(queries: CaptureQueriesContext) -> list[str]:
    """What was asked of the tables: without the savepoints that the test's own transaction makes of transactions."""
    return [
        q["sql"]
        for q in queries
        if q["sql"].startswith(("SELECT", "INSERT", "UPDATE", "WITH", "(")) and "set_config" not in q["sql"]
    ]


def names(response) -> list[str]:
    return re.findall(r'class="row-link" href="[^"]+">([^<]+)<', response.content.decode())


def have(cast, *specs: dict) -> list[Account]:
    """Accounts with their states: name plus any of arr, renewal (days ahead), touched (days ago) and model fields."""
    accounts = []
    with tenant_context(cast.tenant):
        today = calendar.local_today(cast.tenant)
        for spec in specs:
            fields = {k: v for k, v in spec.items() if k not in ("arr", "renewal", "touched", "phase")}
            account = AccountFactory(**fields)
            if "phase" in spec:
                Account.objects.filter(pk=account.pk).update(phase=spec["phase"])
            state = {"arr_minor": spec.get("arr", 0)}
            if "renewal" in spec:
                state["renewal_on"] = today + dt.timedelta(days=spec["renewal"])
            if "touched" in spec:
                state["last_touch_at"] = timezone.now() - dt.timedelta(days=spec["touched"])
            AccountState.objects.filter(account=account).update(**state)
            accounts.append(account)
    return accounts


def test_a_csm_sees_their_own_book_first_and_everybodys_on_demand(cass, acme_cast):
    have(acme_cast, {"name": "Mine", "csm": acme_cast.cass, "arr": 412_500_00, "renewal": 61}, {"name": "Others"})
    response = cass.get("/accounts/")
    assert names(response) == ["Mine"]
    text = response.content.decode()
    assert "1 account" in text
    assert "61 d" in text
    assert cass.get("/accounts/total/").content.decode().strip() == "1 account, $412.5K ARR"
    assert cass.get("/accounts/total/?scope=all").content.decode().strip().startswith("2 accounts, ")
    assert names(cass.get("/accounts/?scope=all")) == ["Mine", "Others"]


def test_a_team_sees_what_its_members_hold(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        team = Team.objects.create(name="East", manager=acme_cast.lee)
        TeamMember.objects.create(team=team, member=acme_cast.cass)
    have(acme_cast, {"name": "Of the team", "csm": acme_cast.cass}, {"name": "Of somebody else", "csm": acme_cast.ada})
    assert names(page(acme_cast.lee, acme_cast.tenant).get("/accounts/")) == ["Of the team"]


def test_a_sales_rep_sees_what_they_sell_whatever_they_ask_for(acme_cast, page):
    have(acme_cast, {"name": "Sold by Sal", "ae": acme_cast.sal}, {"name": "Sold by another"})
    sal = page(acme_cast.sal, acme_cast.tenant)
    for address in ("/accounts/", "/accounts/?scope=all", "/accounts/?q=sold", "/accounts/?scope=team"):
        assert names(sal.get(address)) == ["Sold by Sal"], address


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("phase=onboarding", ["Fresh"]),
        ("phase=onboarding&phase=adoption", ["Big", "Fresh"]),
        ("segment=Mid", ["Fresh"]),
        ("region=EMEA&industry=Health", ["Big"]),
        ("touch_model=low", ["Fresh"]),
        ("renewal=90", ["Big"]),
        ("renewal=none", ["Fresh", "Quiet"]),
        ("quiet=30", ["Fresh", "Quiet"]),
        ("arr_min=1000", ["Big"]),
        ("arr_max=999.50", ["Fresh", "Quiet"]),
        ("arr_min=1&arr_max=10000&renewal=365", ["Big"]),
        ("q=ig", ["Big"]),
        ("csm=none", ["Fresh", "Quiet"]),
        ("phase=nonsense", ["Big", "Fresh", "Quiet"]),
        ("arr_min=lots", ["Big", "Fresh", "Quiet"]),
        ("sort=-arr", ["Big", "Quiet", "Fresh"]),
        ("cf_tier=gold", ["Quiet"]),
        ("cf_unknown=1", ["Big", "Fresh", "Quiet"]),
    ],
)
def test_filters_say_which_accounts_are_listed(ada, acme_cast, asked, found):
    with tenant_context(acme_cast.tenant):
        CustomField.objects.create(key="tier", label="Tier", type="choice", choices=["gold", "silver"])
    have(
        acme_cast,
        {"name": "Big", "arr": 1000_00, "renewal": 80, "touched": 3, "phase": Phase.ADOPTION, "csm": acme_cast.cass,
         "region": "EMEA", "industry": "Health"},
        {"name": "Fresh", "phase": Phase.ONBOARDING, "segment": "Mid", "touch_model": "low"},
        {"name": "Quiet", "arr": 500_00, "touched": 45, "custom": {"tier": "gold"}},
    )  # fmt: skip
    assert names(ada.get(f"/accounts/?scope=all&{asked}")) == found


def test_a_filter_that_makes_no_sense_is_named_and_left_out(ada, acme_cast):
    have(acme_cast, {"name": "Big"})
    response = ada.get("/accounts/?arr_min=lots")
    assert response.status_code == 200
    assert "Enter a number" in response.content.decode()


def test_a_search_by_htmx_answers_with_the_list_alone_and_says_its_address(ada, acme_cast):
    have(acme_cast, {"name": "Northwind"}, {"name": "Other"})
    response = ada.get("/accounts/?q=north&phase=&arr_min=", headers={"HX-Request": "true", "HX-Target": "list"})
    assert names(response) == ["Northwind"]
    assert "<html" not in response.content.decode()
    assert response["HX-Push-Url"] == "/w/acme/accounts/?q=north&scope=all"
    assert "HX-Request" in response["Vary"]


def test_more_rows_come_without_the_frame_and_end_with_the_list(ada, acme_cast):
    have(acme_cast, *({"name": f"Account {n:02}"} for n in range(12)))
    first = ada.get("/accounts/?size=10")
    assert len(names(first)) == 10
    address = (
        re.search(r'hx-get="(\?[^"]+after[^"]+)" hx-target="#more"', first.content.decode())
        .group(1)
        .replace("&amp;", "&")
    )
    more = ada.get("/accounts/" + address, headers={"HX-Request": "true", "HX-Target": "more"})
    assert names(more) == ["Account 10", "Account 11"]
    assert "<table" not in more.content.decode()
    assert 'id="more"' not in more.content.decode()
    assert names(ada.get("/accounts/" + address)) == ["Account 10", "Account 11"]


def test_names_are_escaped_in_rows(ada, acme_cast):
    have(acme_cast, {"name": "<script>alert(1)</script> {id} & {name.__class__}", "segment": "{0}"})
    text = ada.get("/accounts/").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {id} &amp; {name.__class__}" in text


def test_chosen_columns_are_shown_own_fields_among_them(ada, acme_cast):
    with tenant_context(acme_cast.tenant):
        CustomField.objects.create(key="tier-x", label="Tier", type="text")
    have(acme_cast, {"name": "Big", "custom": {"tier-x": "Gold & more"}, "region": "EMEA"})
    text = ada.get("/accounts/?cols=region&cols=cf_tier-x").content.decode()
    assert "Gold &amp; more" in text
    assert "EMEA" in text
    assert ">Last touch<" not in text.split("<tbody>")[0].split("<thead>")[1]


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/?size={n}",
        "/accounts/?size={n}&scope=all&sort=-arr&phase=commit&csm=none&q=acc",
        "/accounts/?size={n}&sort=phase",
        "/accounts/?size={n}&sort=renewal&renewal=none&cols=csm",
    ],
)
def test_the_list_takes_twelve_queries_at_most_whatever_its_length(ada, acme_cast, address):
    have(acme_cast, *({"name": f"Account {n:03}"} for n in range(205)))
    counts = set()
    for size in (10, 50, 200):
        ada.get(address.format(n=size))
        with CaptureQueriesContext(connection) as queries:
            assert len(names(ada.get(address.format(n=size)))) == size
        counts.add(len(questions(queries)))
    assert len(counts) == 1
    assert counts.pop() <= 12, "\n".join(questions(queries))


def test_many_accounts_are_assigned_at_once_each_with_its_event(cass, acme_cast):
    one, two, _three = have(acme_cast, {"name": "One"}, {"name": "Two"}, {"name": "Three"})
    said = {"ids": [one.pk, two.pk], "role": "csm", "person": acme_cast.cass.pk, "next": "scope=all&q=x"}
    response = cass.post("/accounts/assign/", said)
    assert response.status_code == 302
    assert response["Location"] == "/w/acme/accounts/?scope=all&q=x"
    with tenant_context(acme_cast.tenant):
        assert set(Account.objects.filter(csm=acme_cast.cass)) == {one, two}
        assert Event.objects.filter(kind="account.owner_changed").count() == 2
    assert "2 accounts assigned to Cass of Acme." in cass.get("/accounts/").content.decode()


@pytest.mark.parametrize(("change", "message"), [
    ({"ids": []}, "Select at least one account"), ({"role": "boss"}, "Select a valid choice"),
    ({"person": 987654}, "isn&#x27;t in the workspace"),
])  # fmt: skip
def test_a_wrong_assignment_names_the_field_and_changes_nothing(cass, acme_cast, change, message):
    [one] = have(acme_cast, {"name": "One"})
    response = cass.post("/accounts/assign/", {"ids": [one.pk], "role": "csm", "person": acme_cast.cass.pk} | change)
    assert response.status_code == 422
    assert message in response.content.decode()
    with tenant_context(acme_cast.tenant):
        assert not Event.objects.filter(kind="account.owner_changed").exists()


def test_an_empty_box_takes_no_owner_away_until_that_is_meant(cass, acme_cast):
    with tenant_context(acme_cast.tenant):
        one = AccountFactory(csm=acme_cast.lee)
    said = {"ids": [one.pk], "role": "csm", "person": ""}
    refused = cass.post("/accounts/assign/", said)
    assert refused.status_code == 422
    assert "Choose a person, or say that it is to be nobody." in refused.content.decode()
    with tenant_context(acme_cast.tenant):
        assert Account.objects.get().csm == acme_cast.lee
    assert cass.post("/accounts/assign/", said | {"nobody": "on"}).status_code == 302
    with tenant_context(acme_cast.tenant):
        assert Account.objects.get().csm is None


def test_nobody_assigns_what_they_cannot_see_or_may_not(acme_cast, rival, page):
    [one] = have(acme_cast, {"name": "One"})
    said = {"ids": [one.pk], "role": "csm", "person": acme_cast.vera.pk}
    assert page(acme_cast.vera, acme_cast.tenant).post("/accounts/assign/", said).status_code == 403
    assert page(acme_cast.sal, acme_cast.tenant).post("/accounts/assign/", said).status_code == 403
    page(rival.rita, rival.tenant).post("/accounts/assign/", said | {"person": rival.rita.pk})
    with tenant_context(acme_cast.tenant):
        assert Account.objects.get().csm_id is None


def test_a_person_of_another_workspace_is_nobody_here(cass, acme_cast, rival):
    [one] = have(acme_cast, {"name": "One"})
    response = cass.post("/accounts/assign/", {"ids": [one.pk], "role": "csm", "person": rival.rita.pk})
    assert response.status_code == 422


def read_csv(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode().removeprefix("\ufeff"))))


def test_the_csv_is_what_i_see(ada, acme_cast):
    have(
        acme_cast,
        {"name": "=cmd()", "arr": 1234_50, "renewal": 10, "segment": "Mid"},
        {"name": "Other", "arr": 99, "segment": "Mid"},
        {"name": "Not shown", "segment": "Small"},
    )
    response = ada.get("/accounts/export/?segment=Mid&sort=-arr&cols=arr&cols=segment")
    assert response["Content-Type"].startswith("text/csv")
    assert response["Content-Disposition"].startswith('attachment; filename="accounts-acme-')
    assert read_csv(response) == [
        ["Account", "ARR today", "Segment", "Currency"],
        ["'=cmd()", "1234.50", "Mid", "USD"],
        ["Other", "0.99", "Mid", "USD"],
    ]


def test_the_csv_goes_past_its_own_chunks(ada, acme_cast, monkeypatch):
    monkeypatch.setattr("accounts.views.portfolio.CHUNK", 2)
    have(acme_cast, *({"name": f"Account {n}"} for n in range(5)))
    assert [row[0] for row in read_csv(ada.get("/accounts/export/"))[1:]] == [f"Account {n}" for n in range(5)]


def test_a_csv_leaves_word_of_who_took_what(ada, acme_cast):
    ada.get("/accounts/export/?segment=Mid&cols=arr")
    with tenant_context(acme_cast.tenant):
        event = Event.objects.get(kind="portfolio.exported")
    assert (event.actor, event.account) == (acme_cast.ada, None)
    assert event.facts["asked"] == "?scope=all&segment=Mid&cols=arr"
    assert event.facts["columns"] == ["Account", "ARR today", "Currency"]


def test_a_csv_needs_the_permission(acme_cast, page):
    assert page(acme_cast.vera, acme_cast.tenant).get("/accounts/export/").status_code == 403
    assert page(acme_cast.sal, acme_cast.tenant).get("/accounts/export/").status_code == 403
    with tenant_context(acme_cast.tenant):
        assert not Event.objects.filter(kind="portfolio.exported").exists()


def test_an_empty_workspace_says_what_comes_first(ada):
    text = ada.get("/accounts/?scope=all").content.decode()
    assert "No account yet" in text
    assert "/w/acme/accounts/new/" in text
    assert "No accounts match" in ada.get("/accounts/?q=zzz").content.decode()


def test_a_chosen_person_is_named_on_the_chip_without_a_list_of_everybody(ada, acme_cast):
    have(acme_cast, {"name": "Big", "csm": acme_cast.cass})
    stranger = UserFactory(name="Member Nobody Asked For")
    Membership.objects.create(tenant=acme_cast.tenant, user=stranger, role="csm")
    text = ada.get(f"/accounts/?csm={acme_cast.cass.pk}").content.decode()
    assert "CSM: Cass of Acme" in text
    assert "Member Nobody Asked For" not in text


@pytest.mark.parametrize("said", ["nan", "inf", "-1e999"])
def test_a_number_that_is_none_is_found_nowhere(ada, acme_cast, said):
    with tenant_context(acme_cast.tenant):
        CustomField.objects.create(key="seats", label="Seats", type="number")
    have(acme_cast, {"name": "Big", "custom": {"seats": 7}})
    assert names(ada.get(f"/accounts/?scope=all&cf_seats={said}")) == []
    assert names(ada.get("/accounts/?scope=all&cf_seats=7")) == ["Big"]


def test_arr_is_asked_for_in_whole_units_of_each_accounts_currency(ada, acme_cast):
    have(
        acme_cast,
        {"name": "Austin", "currency": "USD", "arr": 5_000_00},
        {"name": "Tokyo", "currency": "JPY", "arr": 5_000},
        {"name": "Kuwait", "currency": "KWD", "arr": 5_000_000},
        {"name": "Kyoto", "currency": "JPY", "arr": 400_000},
        {"name": "Dallas", "currency": "USD", "arr": 4_000_00},
        {"name": "Doha", "currency": "KWD", "arr": 4_999_999},
    )
    assert sorted(names(ada.get("/accounts/?arr_min=5000"))) == ["Austin", "Kuwait", "Kyoto", "Tokyo"]
    assert sorted(names(ada.get("/accounts/?arr_max=5000"))) == ["Austin", "Dallas", "Doha", "Kuwait", "Tokyo"]
    assert sorted(names(ada.get("/accounts/?arr_min=4999.5&arr_max=5000"))) == ["Austin", "Doha", "Kuwait", "Tokyo"]
