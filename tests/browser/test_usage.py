"""Usage from the write key to the account's page: sent over the wire, counted, matched by hand, moved."""

from __future__ import annotations

import base64
import datetime as dt
import json
import urllib.request
from types import SimpleNamespace

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.tenancy.context import tenant_context
from metrics.usage.actions import turns
from metrics.usage.models import Origin
from tests.browser.harness import Window, window
from tests.factories.accounts import PASSWORD, AccountFactory

pytestmark = pytest.mark.browser
PEOPLE = ("u-1", "u-2", "u-2")


@pytest.fixture
def story(transactional_db, acme_cast, live_server):
    Client().get("/accounts/login/")
    acme_cast.ada.set_password(PASSWORD)
    acme_cast.ada.save()
    with tenant_context(acme_cast.tenant):
        halden = AccountFactory(name="Halden Energy", external_id="halden")
        fjord = AccountFactory(name="Fjord Rail", external_id="fjord")
    return SimpleNamespace(cast=acme_cast, halden=halden, fjord=fjord, url=live_server.url, secret="")


def track(story: SimpleNamespace, person: str, group: str, **said: object) -> None:
    """As any program would, without a library; then a worker's turn."""
    event = {"userId": person, "event": "report_downloaded", "context": {"groupId": group}} | said
    basic = base64.b64encode(f"{story.secret}:".encode()).decode()
    call = urllib.request.Request(
        f"{story.url}/v1/track",
        json.dumps(event).encode(),
        {"Authorization": f"Basic {basic}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(call, timeout=30) as answer:
        assert json.loads(answer.read()) == {"success": True}
    turn(story)


def turn(story: SimpleNamespace) -> None:
    turns.go_on(story.cast.tenant.pk, rest=dt.timedelta())


def make_key(ada: Window, story: SimpleNamespace) -> None:
    """The secret is there once, and on no page afterwards."""
    page = ada.goto("/w/acme/settings/write-keys/")
    ada.checked("keys-none")
    page.get_by_role("link", name="Make the first write key").click()
    page.get_by_label("Name").fill("Web app")
    page.get_by_role("button", name="Create key").click()
    expect(page.get_by_role("heading", name="Web app")).to_be_visible()
    story.secret = page.get_by_label("Write key", exact=True).input_value()
    assert story.secret.startswith("csw_")
    ada.checked("key-made")
    page.get_by_role("link", name="I have copied it").click()
    expect(page.locator("main")).to_contain_text(f"{story.secret[:12]}…")
    assert story.secret not in page.content()
    ada.checked("keys")


def make_metric(ada: Window) -> None:
    page = ada.goto("/w/acme/settings/usage/metrics/new/")
    ada.checked("metric-new")
    page.get_by_label("Name", exact=True).fill("Reports downloaded")
    page.locator("[name=event]").fill("report_downloaded")
    page.locator("[name=unit]").fill("reports")
    page.get_by_role("button", name="Add metric").click()
    expect(page.locator("main")).to_contain_text("Reports downloaded")


def counts(ada: Window, account: object, says: str) -> None:
    """The account's page says so, in the words that are the line's for whoever doesn't see it."""
    ada.goto(f"/w/acme/accounts/{account.pk}/usage/")
    expect(ada.page.locator("main").get_by_role("img", name=says)).to_be_visible()


def counts_nothing(ada: Window, account: object) -> None:
    ada.goto(f"/w/acme/accounts/{account.pk}/usage/")
    expect(ada.page.locator("main")).to_contain_text("No usage yet")


def choose(ada: Window, account: str, button: str) -> None:
    page = ada.page
    page.get_by_role("combobox").fill(account[:6])
    page.get_by_role("option", name=account).click()
    page.get_by_role("button", name=button, exact=True).click()


def test_from_the_write_key_to_figures_on_the_accounts_page(browser, live_server, story):
    with window(browser, live_server.url) as ada:
        ada.sign_in("ada@acme.test", PASSWORD)
        counts_nothing(ada, story.halden)
        ada.checked("account-none")
        make_key(ada, story)
        for person in PEOPLE:
            track(story, person, "halden")
        make_metric(ada)
        turn(story)
        counts(ada, story.halden, "Reports downloaded: 3 in all, before that 0")
        counts(ada, story.halden, "Active users: 2 a day on average")
        ada.checked("account")
        ada.goto("/w/acme/settings/usage/")
        expect(ada.page.locator("main")).to_contain_text("report_downloaded")
        ada.checked("overview")


def test_an_unknown_group_is_matched_and_then_moved(browser, live_server, story):
    with window(browser, live_server.url) as ada:
        ada.sign_in("ada@acme.test", PASSWORD)
        make_key(ada, story)
        for person in PEOPLE:
            track(story, person, "org-7350")
        page = ada.goto("/w/acme/settings/usage/unmatched/")
        ada.checked("unmatched")
        page.get_by_role("link", name="org-7350").click()
        choose(ada, "Halden Energy", "Match")
        expect(page.locator("body")).to_contain_text("its usage is being counted")
        turn(story)
        counts(ada, story.halden, "Events: 3 in all")
        page = ada.goto("/w/acme/settings/usage/unmatched/?matched")
        ada.checked("matched")
        page.get_by_role("link", name="org-7350").click()
        expect(page.locator("main")).to_contain_text("It counts for Halden Energy now.")
        ada.checked("move")
        choose(ada, "Fjord Rail", "Move")
        expect(page.locator("main")).to_contain_text("Fjord Rail")
        turn(story)
        counts(ada, story.fjord, "Events: 3 in all")
        counts_nothing(ada, story.halden)
    with tenant_context(story.cast.tenant):
        assert Origin.objects.get(ref="org-7350").account == story.fjord
