"""A play built by hand, switched on, and fired: a champion leaves through the API, and the task is there, once."""

from __future__ import annotations

import time

import pytest

from accounts.actions import api_keys, contacts, knowledge
from accounts.models import Task
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine
from blueprints.models import Play, Run
from tests.browser.harness import PHONE, chromium, window
from tests.callers import Caller
from tests.factories.accounts import PASSWORD, AccountFactory

pytestmark = pytest.mark.browser
SECONDS = 5.0


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def book(transactional_db, acme_cast):
    """Three accounts with their champions, and all of it known."""
    acme_cast.olly.set_password(PASSWORD)
    acme_cast.olly.save()
    acme_cast.champions = []
    with tenant_context(acme_cast.tenant):
        for name in ("Brightwave Health", "Verity Labs", "Kestrel Analytics"):
            account = AccountFactory(name=name, csm=acme_cast.cass)
            person = contacts.add(account, {"name": f"Kim of {name}", "buying_role": "champion"}, by=acme_cast.ada)
            acme_cast.champions.append(person)
            knowledge.note([account.pk])
        acme_cast.key = Caller(api_keys.create(acme_cast.tenant, "CRM", "write", acme_cast.ada)[1])
    engine.drain(acme_cast.tenant.pk)
    return acme_cast


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


def test_a_play_is_built_switched_on_and_fires_within_seconds_once(browser, live_server, book):
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
        if page.get_by_role("link", name="Back-test").count():
            page.get_by_role("link", name="Back-test").first.click()
            seen.picture("back-test-story")
            page.go_back()
        page.get_by_role("link", name="Switch on").click()
        page.get_by_text("It holds for no account now.").wait_for()
        page.get_by_role("button", name="Switch on").click()
        page.get_by_text("Champion is gone is on.").wait_for()

        began = time.monotonic()
        left = book.key.post(f"/contacts/{book.champions[0].pk}/depart", {"on": "2026-03-02", "moved_to": "Octopia"})
        assert left.status_code in (200, 201), left.content
        engine.drain(book.tenant.pk)
        account = book.champions[0].account_id
        page = seen.goto(f"/w/acme/accounts/{account}/")
        page.get_by_text("Find the successor of Brightwave Health").first.wait_for()
        assert time.monotonic() - began < SECONDS
        page.get_by_role("link", name="Champion is gone", exact=True).first.click()
        page.get_by_text("Nobody inside speaks for us now.").first.wait_for()
        page.get_by_text("Champion present is no").first.wait_for()
        seen.picture("run-story")
    engine.drain(book.tenant.pk)
    with tenant_context(book.tenant):
        assert (Run.objects.count(), Task.objects.filter(source="play").count()) == (1, 1)


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
