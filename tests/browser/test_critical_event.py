"""A critical event from its three prompts to the message: found, counted back, late, sent; on every width."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.calendar import local_today
from accounts.tenancy.context import tenant_context
from journeys.critical_events.actions import stakeholders, steps
from journeys.critical_events.models import CriticalEvent
from tests.browser.harness import window
from tests.factories import critical_events as factory
from tests.factories import plans as plan_factory
from tests.factories.accounts import PASSWORD, AccountFactory, ContactFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def story(transactional_db, acme_cast, live_server):
    # The first answer of a process reads all addresses and templates, which a browser needn't wait for.
    Client().get("/accounts/login/")
    acme_cast.cass.set_password(PASSWORD)
    acme_cast.cass.save()
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(name="Halden Logistics", csm=acme_cast.cass, industry="Logistics")
        elena = ContactFactory(account=account, name="Elena Brandt", title="COO")
        plan_factory.empty(acme_cast, account)
    return SimpleNamespace(cast=acme_cast, account=account, elena=elena)


def test_a_csm_finds_an_event_and_counts_back_from_it(browser, live_server, story):
    today = local_today(story.cast.tenant)
    with window(browser, live_server.url) as desk:
        desk.sign_in(story.cast.cass.email, PASSWORD)
        page = desk.goto(f"/w/acme/accounts/{story.account.pk}/critical-events/")
        desk.picture("1-account")
        page.get_by_role("link", name="Find a critical event").click()
        page.fill("#id_title", "Peak season begins")
        page.fill("#id_due_on", (today + dt.timedelta(days=21)).isoformat())
        expect(page.locator("#id_metric")).to_be_hidden()
        page.fill("#id_consequence", "They rent 60 temporary workers again.")
        page.fill("#id_value_minor", "310,000")
        page.select_option("#id_said_by", label="Elena Brandt, COO")
        page.fill("#id_step-0-title", "Every depot plans a full week")
        page.fill("#id_step-0-days", "5")
        page.fill("#id_step-1-title", "Shift leads trained")
        page.fill("#id_step-1-days", "20")
        desk.picture("2-prompts")
        assert desk.barriers() == []
        page.get_by_role("button", name="Lay it out").click()
        expect(page.locator(".way")).to_contain_text("Endangers “Every depot plans a full week”, “Peak season begins”")
        page.get_by_role("link", name="Add the step before this").click()
        dialog = page.locator("#event-dialog")
        dialog.locator("#id_title").fill("Data handed over")
        dialog.get_by_role("button", name="Add step").click()
        expect(page.locator(".way")).to_contain_text("Data handed over")
        page.get_by_role("link", name="Forward").click()
        expect(page.locator(".way > li").last).to_contain_text("Peak season begins")
        page.get_by_role("link", name="Write message").click()
        assert "If that day goes by: They rent 60 temporary workers again." in page.input_value("#id_text")
        desk.picture("3-message")
        assert desk.barriers() == []
        page.get_by_role("button", name="Mark as sent").click()
        expect(page.get_by_text("Kept on the timeline as sent.")).to_be_visible()
        desk.clean()


def test_the_way_back_reads_on_every_width(browser, live_server, story):
    today = local_today(story.cast.tenant)
    with tenant_context(story.cast.tenant):
        lines = [
            {"title": "Every depot plans a full week in the new tool", "days": 5, "slack": 3, "side": "them",
             "their_owner": story.elena},
            {"title": "Shift leads trained, site by site", "days": 12, "side": "joint", "our_owner": story.cast.dee},
            {"title": "Data handed over and checked", "days": 4, "side": "them"},
            {"title": "Rules set up", "days": 3, "side": "us", "our_owner": story.cast.dee},
        ]  # fmt: skip
        event = factory.found(
            story.cast, story.account, lines=lines, title="Peak season begins", said_by=story.elena,
            due_on=today + dt.timedelta(days=28),
        )  # fmt: skip
        steps.done(steps.steps_of(event)[3], by=story.cast.cass)
        stakeholders.name(event, story.elena, "No more evenings on repairing the plan.", by=story.cast.cass)
        factory.compelling(story.cast, story.account)
        assert CriticalEvent.objects.count() == 2
    with window(browser, live_server.url) as desk:
        desk.sign_in(story.cast.cass.email, PASSWORD)
        for path, what in (
            (f"/critical-events/{event.pk}/", "event"), (f"/accounts/{story.account.pk}/critical-events/", "account"),
            ("/critical-events/", "list"), (f"/critical-events/{event.pk + 1}/", "compelling"),
        ):  # fmt: skip
            desk.goto(f"/w/acme{path}")
            desk.checked(what)
        desk.clean()
