"""The timeline: one teller for every page, and no crowd of lines for one run."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts import timeline
from accounts.actions import accounts, notes
from accounts.models import Account, Event, Task
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import TODAY, AccountFactory, TaskFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def north(acme_cast) -> Account:
    with tenant_context(acme_cast.tenant):
        return AccountFactory(name="Northwind", csm=acme_cast.cass)


@pytest.fixture
def cass(acme_cast, page):
    return page(acme_cast.cass, acme_cast.tenant)


def play_task(cast, account) -> Task:
    with tenant_context(cast.tenant):
        return TaskFactory(account=account, title="Book the kickoff", source="play", assignee=cast.cass, by=None)


def test_tasks_of_a_play_do_not_crowd_the_story_and_stay_on_the_record(cass, acme_cast, north, reader):
    task = play_task(acme_cast, north)
    with tenant_context(acme_cast.tenant):
        TaskFactory(account=north, title="Call the sponsor", assignee=acme_cast.cass, by=acme_cast.cass)
    for address in (f"/accounts/{north.pk}/timeline/", f"/tasks/{task.pk}/"):
        shown = cass.get(address).content.decode()
        assert "“Call the sponsor” for" in shown
        assert "“Book the kickoff” for" not in shown
    with tenant_context(acme_cast.tenant):
        assert Event.objects.filter(kind="task.created", facts__source="play").count() == 1
    found = reader.get(f"/events?account={north.pk}&kind=task.created").json()["results"]
    assert any("Book the kickoff" in row["summary"] for row in found)


def test_what_becomes_of_a_plays_task_is_told(cass, acme_cast, north):
    task = play_task(acme_cast, north)
    cass.post(f"/tasks/{task.pk}/done/", {"outcome": "achieved", "note": "", "version": 1})
    assert "“Book the kickoff”: " in cass.get(f"/accounts/{north.pk}/timeline/").content.decode()


def test_every_page_tells_an_event_in_the_same_words(cass, acme_cast, north):
    with tenant_context(acme_cast.tenant):
        account = accounts.open({"name": "Contoso", "csm": acme_cast.cass}, by=None)
        notes.add(account, kind="call", body="Spoke with Tomas.", by=acme_cast.lee)
        task = TaskFactory(account=account, assignee=acme_cast.cass, by=None, due_on=TODAY)
    story = cass.get(f"/accounts/{account.pk}/timeline/").context["story"].entries
    home = [item for item in cass.get("/").context["changes"] if item.account_id == account.pk]
    beside = cass.get(f"/tasks/{task.pk}/").context["latest"]
    by_id = {item.pk: item for item in story}
    assert home
    assert beside
    assert all(item == by_id[item.pk] for item in [*home, *beside])
    assert {item.actor for item in story} == {"CSOM", "Lee of Acme"}


def test_an_act_by_nobody_is_the_products_own(cass, acme_cast):
    with tenant_context(acme_cast.tenant):
        account = accounts.open({"name": "Contoso", "csm": acme_cast.cass}, by=None)
    shown = cass.get(f"/accounts/{account.pk}/timeline/").content.decode()
    assert "Account created, CSOM" in shown
    assert "System" not in shown.split("<main")[-1]


def test_what_a_customer_did_carries_their_name(cass, acme_cast, north):
    with tenant_context(acme_cast.tenant):
        facts = {"plan_id": 1, "link_id": 1, "contact_id": 1, "name": "Elena Brandt"}
        timeline.record("plan.visited", account=north, who="Elena Brandt", **facts)
    assert "Elena Brandt</p>" in cass.get(f"/accounts/{north.pk}/timeline/").content.decode()


def test_the_timeline_pages_back_through_what_it_shows(cass, acme_cast, north):
    """Lines that are left out don't eat a page."""
    for _ in range(25):
        play_task(acme_cast, north)
    with tenant_context(acme_cast.tenant):
        for n in range(21):
            at = dt.datetime(2026, 11, 1, 12, n, tzinfo=dt.UTC)
            notes.add(north, kind="note", body=f"Note {n}", by=acme_cast.lee, occurred_at=at)
    first = cass.get(f"/accounts/{north.pk}/timeline/").context["story"]
    assert len(first.entries) == 20
    rest = cass.get(f"/accounts/{north.pk}/timeline/?after={first.next}").context["story"]
    assert len({item.pk for item in [*first.entries, *rest.entries]}) == len(first.entries) + len(rest.entries)
    assert sum(item.text.startswith("Note ") for item in [*first.entries, *rest.entries]) == 21


@pytest.mark.parametrize("verb", ["phase", "archive", "restore", "notes"])
def test_a_visit_to_where_one_only_posts_leads_to_the_account(cass, acme_cast, north, page, rival, verb):
    answer = cass.get(f"/accounts/{north.pk}/{verb}/")
    assert (answer.status_code, answer.headers.get("Location")) == (302, f"/w/acme/accounts/{north.pk}/")
    with tenant_context(acme_cast.tenant):
        assert Account.objects.get(pk=north.pk).archived_at is None
    assert cass.get(f"/accounts/987654/{verb}/").status_code == 404
    assert page(rival.rita, rival.tenant).get(f"/accounts/{north.pk}/{verb}/").status_code == 404
    assert page(acme_cast.sal, acme_cast.tenant).get(f"/accounts/{north.pk}/{verb}/").status_code in (403, 404)
