"""A play built by hand, tried on the past, switched on: a champion leaves through the API; the task is there, once."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions import api_keys, contacts, knowledge
from accounts.models import Task
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine
from blueprints.models import Play, Run
from tests.browser.harness import PHONE, window
from tests.callers import Caller
from tests.chaos.processes import Crew, environment
from tests.factories.accounts import PASSWORD, AccountFactory

pytestmark = pytest.mark.browser
SECONDS, LONGEST = 5.0, 60.0
BEAT = 2.0  # between two looks
REDIS_DB = 11
DAY = dt.timedelta(days=1)
CHAMPION = {"buying_role": "champion"}


@pytest.fixture
def book(transactional_db, acme_cast):
    """Three accounts with their champions, and all of it known."""
    acme_cast.olly.set_password(PASSWORD)
    acme_cast.olly.save()
    acme_cast.champions = []
    with tenant_context(acme_cast.tenant):
        for name in ("Brightwave Health", "Verity Labs", "Kestrel Analytics"):
            account = AccountFactory(name=name, csm=acme_cast.cass)
            if name == "Verity Labs":
                _ten_days_without(acme_cast, account)
            person = contacts.add(account, {"name": f"Kim of {name}", "buying_role": "champion"}, by=acme_cast.ada)
            acme_cast.champions.append(person)
            knowledge.note([account.pk])
        acme_cast.key = Caller(api_keys.create(acme_cast.tenant, "CRM", "write", acme_cast.ada)[1])
    engine.drain(acme_cast.tenant.pk)
    return acme_cast


def _ten_days_without(cast, account) -> None:
    """It was known for ten days before its first champion was, who left today."""
    at = timezone.now()
    knowledge.follow([account.pk], tenant=cast.tenant, at=at - 20 * DAY)
    knowledge.seen([account.pk], (at - 20 * DAY).date())
    first = contacts.add(account, CHAMPION | {"name": "Bo"}, by=cast.ada, now=at - 10 * DAY)
    knowledge.follow([account.pk], tenant=cast.tenant, at=at - 9 * DAY)
    knowledge.seen([account.pk], (at - 9 * DAY).date())
    contacts.depart(first, on=at.date(), by=cast.ada)


def build(page) -> None:
    """The builder, by keyboard as much as by mouse."""
    page.get_by_role("textbox", name="Name").fill("Champion is gone")
    page.get_by_role("combobox", name="Fact").first.fill("champion present")
    page.locator("[role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_label("Comparison").first.wait_for()
    page.get_by_label("Value").first.select_option("no")
    page.get_by_label("What is to be done").fill("Find the successor of {{ account.name }}")
    page.get_by_role("textbox", name="Because").fill("nobody inside speaks for us now.")


@pytest.fixture
def crew(book, tmp_path):
    """A worker and a beat as in life, on the test's own database."""
    environ = environment(connection.settings_dict["NAME"], REDIS_DB)
    running = Crew.of("csom.celery", environ, tmp_path, each=1)
    running.start()
    yield running
    running.stop()


def test_a_play_is_built_back_tested_switched_on_and_fires_within_seconds_once(browser, live_server, book, crew):
    with window(browser, live_server.url) as seen:
        seen.sign_in("olly@acme.test", PASSWORD)
        page = seen.goto("/w/acme/plays/")
        page.get_by_role("link", name="New play").first.click()
        build(page)
        page.get_by_text("Matches 0 accounts now.").wait_for()
        seen.picture("builder-story")
        assert seen.barriers() == []
        page.get_by_role("button", name="Save the draft").click()
        page.get_by_text("is a draft: try it").wait_for()
        _back_test(page, seen)
        page.get_by_role("link", name="Switch on").click()
        page.get_by_text("It holds for no account now.").wait_for()
        page.get_by_role("button", name="Switch on").click()
        page.get_by_text("Champion is gone is on.").wait_for()

        # A machine that is busy elsewhere may be late once; a product that looks every minute is late every time.
        assert min(_leaves(book, champion) for champion in book.champions) < SECONDS
        page = seen.goto(f"/w/acme/accounts/{book.champions[0].account_id}/")
        page.get_by_text("Find the successor of Brightwave Health").first.wait_for()
        page.get_by_role("link", name="Champion is gone", exact=True).first.click()
        page.get_by_text("Nobody inside speaks for us now.").first.wait_for()
        page.get_by_text("Champion present is no").first.wait_for()
        seen.picture("run-story")
    time.sleep(2 * BEAT)
    assert _runs_and_tasks(book) == (len(book.champions), len(book.champions))


def _back_test(page, seen) -> None:
    """Verity Labs was without a champion for ten days: then it would have fired, and once."""
    page.get_by_role("link", name="Back-test").first.click()
    page.get_by_label("From").fill((timezone.now().date() - dt.timedelta(days=60)).isoformat())
    page.get_by_role("button", name="Replay").click()
    page.get_by_text("Would have fired").wait_for()
    page.get_by_text("at 1 account", exact=True).first.wait_for()
    page.get_by_role("link", name="Verity Labs").first.wait_for()
    seen.picture("back-test-story")
    assert seen.barriers() == []
    page.get_by_role("link", name="Champion is gone").first.click()


def _leaves(book, champion) -> float:
    """Seconds from the call to the task."""
    began = time.monotonic()
    left = book.key.post(f"/contacts/{champion.pk}/depart", {"on": "2026-03-02", "moved_to": "Octopia"})
    assert left.status_code in (200, 201), left.content
    while time.monotonic() - began < LONGEST:
        with tenant_context(book.tenant):
            if Task.objects.filter(account=champion.account_id, source="play").exists():
                return time.monotonic() - began
        time.sleep(0.05)
    raise AssertionError("no task came")


def _runs_and_tasks(book) -> tuple[int, int]:
    with tenant_context(book.tenant):
        return Run.objects.count(), Task.objects.filter(source="play").count()


def test_what_is_wrong_stands_at_its_row_and_nothing_typed_is_lost(browser, live_server, book):
    with window(browser, live_server.url, size=PHONE) as seen:
        seen.sign_in("olly@acme.test", PASSWORD)
        page = seen.goto("/w/acme/plays/new/")
        build(page)
        page.get_by_label("What is to be done").fill("Ask {{ account.shoe_size }}")
        page.get_by_role("button", name="Group").click()
        page.get_by_label("How many of this group must hold").wait_for()
        page.get_by_role("button", name="Save the draft").click()
        page.get_by_text("Choose what this is about, or remove it.").wait_for()
        assert page.get_by_role("textbox", name="Because").input_value() == "nobody inside speaks for us now."
        seen.picture("builder-refused-390")
        assert not seen.scrolls_sideways()
        page.get_by_role("button", name="Remove: group").first.click()
        page.get_by_label("How many of this group must hold").wait_for(state="detached")
        page.get_by_role("button", name="Save the draft").click()
        page.get_by_text("“account.shoe_size” is no variable.").wait_for()
    with tenant_context(book.tenant):
        assert not Play.objects.filter(name="Champion is gone").exists()
