"""The people map on its page and through the API."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.actions import contacts, notes
from accounts.calendar import local_midnight, local_today
from accounts.models import Contact
from accounts.tenancy.context import tenant_context
from journeys.people.models import with_last_met
from tests.factories import meetings as make
from tests.factories.accounts import AccountFactory, ContactFactory


def last_met(**lookup):
    return with_last_met(Contact.objects.all()).get(**lookup).last_met_at


def test_who_attended_was_met(acme):
    meeting = make.held(acme)
    there = meeting.attendees.get(user=None).contact
    meeting.refresh_from_db()
    assert last_met(pk=there.pk) == meeting.ended_at
    assert with_last_met(Contact.objects.all()).get(pk=there.pk).met_by == acme.cass.name


def test_who_was_not_there_was_not_met(acme):
    meeting = make.held(acme)
    meeting.attendees.update(attended=False)
    assert last_met(account=meeting.account) is None


def test_a_planned_meeting_is_no_meeting_yet(acme):
    meeting = make.planned(acme)
    assert last_met(account=meeting.account) is None


@pytest.mark.parametrize(("kind", "met"), [("call", True), ("meeting", True), ("email", False), ("note", False)])
def test_a_logged_call_or_meeting_that_names_somebody_counts(acme, kind, met):
    contact = ContactFactory(name="Elena Brandt")
    other = ContactFactory(account=contact.account, name="Tom Ruiz")
    event = notes.add(contact.account, kind=kind, body="Spoke to elena brandt about June.", by=acme.cass)
    assert last_met(pk=contact.pk) == (event.occurred_at if met else None)
    assert last_met(pk=other.pk) is None


@pytest.mark.parametrize(
    ("name", "body", "met"),
    [
        ("Ann", "Joanna was on the line.", False), ("Ann", "Called Ann.", True), ("Ann", "ann: yes", True),
        ("Ann", "Annex B is open.", False), ("J. O'Neil-Roy (CFO)", "Met J. O'Neil-Roy (CFO) today", True),
        ("J. O'Neil-Roy", "Met JX O'Neil-Roy today", False), ("Élodie", "Spoke to élodie.", True),
        ("Ann", "Spoke to Ann Miller.", False), ("Miller", "Ann Miller called, and Miller too.", False),
    ],
)  # fmt: skip
def test_only_a_whole_name_that_is_nobody_elses_counts(acme, name, body, met):
    contact = ContactFactory(name=name)
    other = ContactFactory(account=contact.account, name="Ann Miller")
    event = notes.add(contact.account, kind="call", body=body, by=acme.cass)
    assert last_met(pk=contact.pk) == (event.occurred_at if met else None)
    assert last_met(pk=other.pk) == (event.occurred_at if "Ann Miller" in body else None)


def test_the_later_of_the_two_counts(acme):
    meeting = make.held(acme)
    contact = meeting.attendees.get(user=None).contact
    event = notes.add(meeting.account, kind="call", body=f"{contact.name} called.", by=acme.cass)
    assert last_met(pk=contact.pk) == event.occurred_at


def test_one_query_for_many_people(acme, django_assert_num_queries):
    account = AccountFactory()
    for _ in range(10):
        ContactFactory(account=account)
    with django_assert_num_queries(1):
        assert len(list(with_last_met(Contact.objects.filter(account=account)))) == 10


@pytest.fixture
def halden(acme_cast):
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(name="Halden Energy", csm=acme_cast.cass)
        boss = ContactFactory(
            account=account, name="Elena Brandt", buying_role="decider", stance="detractor", influence=3
        )
        report = ContactFactory(account=account, name="Tomas Ruiz", buying_role="user", reports_to=boss)
        gone = ContactFactory(account=account, name="Ines Gone", buying_role="champion")
        contacts.depart(gone, on=dt.date(2026, 11, 1), by=acme_cast.cass)
        # Whole within one day, whatever the hour is now.
        day = local_midnight(acme_cast.tenant, local_today(acme_cast.tenant) - dt.timedelta(days=3))
        make.held(acme_cast, account, starts_at=day + dt.timedelta(hours=9))
    acme_cast.account, acme_cast.boss, acme_cast.report = account, boss, report
    return acme_cast


@pytest.mark.parametrize("view", ["roles", "chart", "nonsense"])
def test_the_page_shows_picture_table_and_gaps(halden, page, view):
    text = page(halden.cass, halden.tenant).get(f"/accounts/{halden.account.pk}/people/?view={view}").content.decode()
    for words in (
        "<svg", "Elena Brandt", "Tomas Ruiz", "No champion: nobody over there carries this from within.",
        "Elena Brandt has much influence and is against it.", "The executive buyer isn&#x27;t known.", "3 days ago",
        "2 of 7 parts known", "Ines Gone",
    ):  # fmt: skip
        assert words in text, words


def test_without_a_gap_the_page_says_what_it_looked_at_and_who_is_still_to_be_named(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(csm=acme_cast.cass)
        for name, role in (("Ines Falk", "champion"), ("Tom Ruiz", "decider"), ("Ruth Berg", "executive_buyer")):
            ContactFactory(account=account, name=name, buying_role=role)
            notes.add(account, kind="call", body=f"Called {name}.", by=acme_cast.cass)
    text = page(acme_cast.cass, acme_cast.tenant).get(f"/accounts/{account.pk}/people/").content.decode()
    assert "No gap found" in text
    assert "Nobody is named yet as Initiator, User, Gatekeeper, Influencer." in text


def test_a_reader_without_the_permission_sees_no_way_to_edit(halden, page):
    text = page(halden.vera, halden.tenant).get(f"/accounts/{halden.account.pk}/people/").content.decode()
    assert "Elena Brandt" in text
    assert f"/people/{halden.boss.pk}/edit/" not in text


def test_a_sales_rep_finds_the_map_of_what_they_sell_alone(halden, page):
    sal = page(halden.sal, halden.tenant)
    assert sal.get(f"/accounts/{halden.account.pk}/people/map/").status_code == 404


def test_the_api_tells_roles_people_and_gaps(halden, api, reader):
    answer = reader.get(f"/accounts/{halden.account.pk}/people-map")
    assert answer.status_code == 200
    body = answer.json()
    assert body["roles"][0] == {"role": "initiator", "vacant": True, "people": []}
    people = {person["name"]: person for person in body["people"]}
    assert people["Tomas Ruiz"]["reports_to"] == halden.boss.pk
    assert people["Elena Brandt"]["last_met_at"] is not None
    codes = [gap["code"] for gap in body["gaps"]]
    assert codes == ["no_champion", "single_threaded", "strong_detractor", "no_executive_buyer"]


def test_another_tenants_map_is_not_there(halden, rivals):
    assert rivals.get(f"/accounts/{halden.account.pk}/people-map").status_code == 404
    assert rivals.get("/accounts/999999/people-map").status_code == 404
