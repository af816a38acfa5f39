"""Facts of another system: defined by hand, sent over the wire, seen in the settings and at the account."""

from __future__ import annotations

import datetime as dt
import json
import urllib.request

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.actions import accounts, api_keys, contacts, external_facts, tasks
from accounts.calendar import local_today
from accounts.models import Account
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine
from tests.browser.harness import window
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.browser
FACTS = (
    {"label": "Net promoter score from the yearly survey among everybody who uses the product", "key": "nps",
     "type": "number", "unit": "points", "fresh_days": 200},
    {"label": "Oldest unpaid invoice was due", "key": "invoice_due_on", "type": "date", "fresh_days": 45},
    {"label": "Mood of support", "type": "choice", "choices": ["calm", "busy", "overrun by tickets of one customer"]},
    {"label": "Contract is in legal review", "type": "boolean"},
)  # fmt: skip


@pytest.fixture
def account(transactional_db, acme_cast) -> Account:
    Client().get("/accounts/login/")
    acme_cast.ada.set_password(PASSWORD)
    acme_cast.ada.save()
    today = local_today(acme_cast.tenant)
    with tenant_context(acme_cast.tenant):
        account = accounts.open({"name": "Halden Energy", "external_id": "halden", "csm": acme_cast.cass}, by=None)
        contacts.add(account, {"name": "Kim Dahl", "buying_role": "champion"}, by=acme_cast.cass)
        late = today - dt.timedelta(days=4)
        tasks.add({"account": account, "title": "Call", "assignee": acme_cast.cass, "due_on": late}, by=acme_cast.cass)
    engine.drain(acme_cast.tenant.pk)
    return account


def send(cast, url: str, rows: list[dict[str, object]]) -> dict[str, object]:
    """As any program would; then a worker's turn."""
    with tenant_context(cast.tenant):
        secret = api_keys.create(cast.tenant, "Help desk", "write", cast.ada)[1]
    call = urllib.request.Request(
        f"{url}/api/v1/facts", json.dumps({"facts": rows}).encode(), method="PUT",
        headers={"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(call, timeout=30) as answer:
        said: dict[str, object] = json.loads(answer.read())
    engine.drain(cast.tenant.pk)
    return said


def test_a_fact_is_defined_sent_and_known(browser, acme_cast, account, live_server):
    with window(browser, live_server.url) as ada:
        ada.sign_in("ada@acme.test", PASSWORD)
        page = ada.goto("/w/acme/settings/facts/")
        ada.checked("facts-none")
        page.get_by_role("link", name="Define the first fact").click()
        page.locator("[name=label]").fill("Open critical tickets")
        page.locator("[name=type]").select_option("number")
        page.locator("[name=unit]").fill("tickets")
        page.locator("[name=key]").fill("open_tickets")
        page.locator("[name=fresh_days]").fill("3")
        ada.checked("fact-new")
        page.get_by_role("button", name="Define the fact").click()
        expect(page.get_by_role("row", name="Open critical tickets")).to_contain_text("Nothing yet")

        with tenant_context(acme_cast.tenant):
            for values in FACTS:
                external_facts.define(values, by=acme_cast.ada)
        today = local_today(acme_cast.tenant)
        old = (today - dt.timedelta(days=60)).isoformat()
        halden = {"account_external_id": "halden"}
        rows = [
            halden | {"key": "open_tickets", "value": 7}, halden | {"key": "nps", "value": -12},
            halden | {"key": "invoice_due_on", "value": old, "observed_on": old},
            halden | {"key": "mood_of_support", "value": "overrun by tickets of one customer"},
            halden | {"key": "open_tickets", "value": "many"},
        ]  # fmt: skip
        said = send(acme_cast, live_server.url, rows)
        assert said["changed"] == 4
        assert [(wrong["index"], wrong["field"]) for wrong in said["refused"]] == [(4, "value")]

        ada.goto("/w/acme/settings/facts/")
        expect(page.get_by_role("row", name="Oldest unpaid invoice was due")).to_contain_text("1")
        ada.checked("facts-listed")
        page.get_by_role("link", name="Mood of support").click()
        ada.checked("fact-edited")
        ada.goto(f"/w/acme/accounts/{account.pk}/facts/")
        expect(page.get_by_role("definition").filter(has_text="7 tickets")).to_be_visible()
        expect(page.get_by_text("too old: of")).to_be_visible()
        ada.checked("facts-of-account")
