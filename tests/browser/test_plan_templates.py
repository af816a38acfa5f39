"""How plans begin, kept in the settings: the list, a template with its lines, and the forms for both."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.models import Product
from accounts.tenancy.context import tenant_context
from journeys.plans.actions import templates
from journeys.plans.models import PlanTemplate
from tests.browser.harness import NARROW, PHONE, WIDE, Window, window
from tests.factories.accounts import PASSWORD, ProductFactory

pytestmark = pytest.mark.browser
LONG = "Anlagenbetriebsstundenzusammenfassungsberichtsvorlage" * 3


@pytest.fixture
def story(transactional_db, acme_cast, live_server):
    Client().get("/accounts/login/")
    acme_cast.olly.set_password(PASSWORD)
    acme_cast.olly.save()
    with tenant_context(acme_cast.tenant):
        templates.begin()
        general = PlanTemplate.objects.get()
        product: Product = ProductFactory(name="Shift planning for the night")
        values = {"name": "Retail, with a rollout to every store", "segment": "Retail", "product": product}
        other = templates.add(values | {"north_star": "Every store plans a week in an hour."}, by=acme_cast.olly)
        templates.add_line(other, {"noun": "objective", "kind": "impact", "title": LONG[:160]}, by=acme_cast.olly)
        retired = templates.add({"name": "Pilot of last year"}, by=acme_cast.olly)
        templates.retire(retired, by=acme_cast.olly)
    return SimpleNamespace(general=general, retail=other)


def pages(story: SimpleNamespace) -> dict[str, str]:
    base = "/w/acme/settings/plan-templates/"
    return {
        "list": base,
        "general": f"{base}{story.general.pk}/",
        "long": f"{base}{story.retail.pk}/",
        "edit": f"{base}{story.retail.pk}/edit/",
        "line": f"{base}{story.retail.pk}/lines/add/",
    }


@pytest.mark.parametrize(("size", "name"), [(WIDE, "1440"), (PHONE, "390"), (NARROW, "320")])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_the_templates_can_be_read(size, name, theme, browser, live_server, story):
    with window(browser, live_server.url, size=size, theme=theme) as seen:
        seen.sign_in("olly@acme.test", PASSWORD)
        for page, path in pages(story).items():
            seen.goto(path)
            seen.picture(f"templates-{page}-{name}-{theme}")
            expect(seen.page.get_by_role("link", name="Plan templates").last).to_be_in_viewport()
            assert not seen.scrolls_sideways(), page
            assert seen.barriers() == [], page


def test_a_template_is_made_and_gets_its_lines(browser, live_server, story):
    with window(browser, live_server.url) as seen:
        seen.sign_in("olly@acme.test", PASSWORD)
        page = seen.goto("/w/acme/settings/plan-templates/")
        page.get_by_role("link", name="New template").click()
        page.get_by_label("Name").fill("Clinics")
        page.get_by_role("button", name="Add template").click()
        page.get_by_role("link", name="Clinics").click()
        add_line(seen)
        expect(page.locator("#lines")).to_contain_text("Wards plan by themselves")
        page.get_by_role("button", name="Remove Wards plan by themselves").click()
        expect(page.locator("#lines")).to_contain_text("No line yet")


def add_line(seen: Window) -> None:
    page = seen.page
    page.get_by_role("link", name="Add line").click()
    page.get_by_role("button", name="Add line").click()
    expect(page.locator(".field-error").first).to_be_visible()
    seen.picture("templates-line-refused-1440-light")
    page.get_by_label("Words").fill("Wards plan by themselves")
    page.get_by_role("button", name="Add line").click()
