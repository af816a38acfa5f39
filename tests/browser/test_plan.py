"""The CSM's side of the plan: drafted from the handoff, worded in dialogs, measured, agreed, compared, by keyboard."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.tenancy.context import tenant_context
from journeys.plans.actions import comments, objectives, plans, topics
from journeys.plans.models import Objective
from tests.browser.harness import WIDE, window
from tests.factories import onboarding
from tests.factories.accounts import PASSWORD, AccountFactory, ContactFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def story(transactional_db, acme_cast, live_server):
    # The first answer of a process reads all addresses and templates, which a browser needn't wait for.
    Client().get("/accounts/login/")
    for person in (acme_cast.cass, acme_cast.olly):
        person.set_password(PASSWORD)
        person.save()
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(name="Halden Energy", ae=acme_cast.sal)
        ContactFactory(account=account, name="Elena Brandt", title="COO", buying_role="champion")
        onboarding.accepted(acme_cast, onboarding.drafted(acme_cast, account))
    return SimpleNamespace(cast=acme_cast, account=account)


def test_a_plan_from_the_draft_to_a_confirmed_impact(browser, live_server, story):
    path = f"/w/acme/accounts/{story.account.pk}/plan/"
    with window(browser, live_server.url, size=WIDE) as seen:
        seen.sign_in("cass@acme.test", PASSWORD)
        page = seen.goto(path)
        if page.get_by_role("button", name="Draft the plan").count():
            seen.picture("plan-none-wide")
            page.get_by_role("button", name="Draft the plan").click()
        expect(page.get_by_text("What Halden Energy wants:")).to_be_visible()
        page.get_by_role("link", name="Add objective").click()
        dialog = page.locator("#plan-dialog")
        for label, text in {"What": "Books closed in 4 days", "What is measured": "Days to close", "Unit": "days",
                            "Today": "9", "Target": "4", "Worth a year": "310,000"}.items():  # fmt: skip
            dialog.get_by_label(label, exact=False).filter(visible=True).first.fill(text)
        seen.picture("plan-dialog-wide")
        dialog.get_by_label("Worth a year").fill("a lot")
        dialog.get_by_role("button", name="Add objective").click()
        expect(dialog.locator(".field-error").first).to_be_visible()
        expect(dialog.get_by_label("What", exact=True)).to_have_value("Books closed in 4 days")
        seen.picture("plan-dialog-refused-wide")
        assert page.url.endswith(path)
        dialog.get_by_label("Worth a year").fill("310,000")
        dialog.get_by_role("button", name="Add objective").click()
        page.wait_for_load_state("networkidle")
        expect(page.get_by_text("$310,000 a year", exact=True)).to_be_visible()
        page.get_by_label("What to do with “Books closed in 4 days”").click()
        page.get_by_role("link", name="Measure", exact=True).filter(visible=True).click()
        dialog.get_by_label("Measured").fill("6.5")
        dialog.get_by_label("What shows it").fill("Ledger of October")
        dialog.get_by_role("button", name="Keep the measurement").click()
        page.wait_for_load_state("networkidle")
        expect(page.locator("#objectives").get_by_text("50%")).to_be_visible()
        page.get_by_role("link", name="Note an agreement to the plan").click()
        dialog.get_by_role("button", name="Keep the agreement").click()
        page.wait_for_load_state("networkidle")
        expect(page.locator("#versions").get_by_text("Version 1")).to_be_visible()
        _fill(story)
        page = seen.goto(path)
        assert seen.barriers() == []
        seen.picture("plan-wide-light")
        _print(seen)
        page.get_by_role("link", name="Versions and differences").click()
        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("heading", name="What changed")).to_be_visible()
        assert seen.barriers() == []
        seen.picture("plan-versions-wide")
    _look(browser, live_server, path)


def _print(seen) -> None:
    """On paper there is nothing to press, and the content has the whole width, however wide the window is."""
    page = seen.page
    page.emulate_media(media="print")
    for size in (WIDE, (673, 1000)):  # the second: A4 between its margins
        page.set_viewport_size({"width": size[0], "height": size[1]})
        seen.picture(f"plan-print-{size[0]}")
        assert page.locator("main :is(.menu, .menu-list, .btn, .tabs)").filter(visible=True).count() == 0
        assert page.locator("#objectives").bounding_box()["width"] > size[0] * 0.9
        expect(page.locator("#open-actions")).to_be_hidden()
        expect(page.get_by_text("Two short sessions")).to_be_visible()
    # Rules for narrow windows ask for the whole sheet, while the content has what lies between the margins.
    page.set_viewport_size({"width": 794, "height": 1000})
    page.evaluate("document.body.style.width = '673px'")
    table = page.locator("#objectives .scroll-x")
    assert table.evaluate("it => it.scrollWidth <= it.clientWidth"), "its last column isn't on the paper"
    page.evaluate("document.body.style.width = ''")
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})


def _fill(story: SimpleNamespace) -> None:
    with tenant_context(story.cast.tenant):
        row = Objective.objects.select_related("plan").get(title="Books closed in 4 days")
        contact = story.account.contacts.get(name="Elena Brandt")
        objectives.edit(row, {"their_owner": contact}, by=story.cast.cass)
        objectives.achieve(row, on=onboarding.TODAY, evidence="Closed on the fourth", by=story.cast.cass)
        objectives.confirm(row, contact=contact, name="Elena Brandt", statement="Yes, and the audit saw it.")
        topics.add(
            row.plan,
            {"text": "Month-end leaves no time", "audience": "champion", "response": "Two short sessions"},
            by=story.cast.cass,
        )
        topics.add(row.plan, {"kind": "opportunity", "text": "The sister company asks"}, by=story.cast.cass)
        comments.say(row.plan, "Is Friday good for the first close?", contact=contact)
        comments.say(row.plan, "Ask Tomas before we answer", by=story.cast.cass, audience="internal")


def _look(browser, live_server, path: str) -> None:
    with window(browser, live_server.url) as seen:
        seen.sign_in("cass@acme.test", PASSWORD)
        for place, address in {"plan": path, "plans": "/w/acme/plans/"}.items():
            seen.goto(address)
            seen.checked(place)


def test_the_list_and_the_templates(browser, live_server, story):
    with tenant_context(story.cast.tenant):
        plans.draft(story.account, by=story.cast.cass)
    with window(browser, live_server.url, size=WIDE) as seen:
        seen.sign_in("olly@acme.test", PASSWORD)
        page = seen.goto("/w/acme/plans/?scope=all")
        assert seen.barriers() == []
        seen.picture("plans-wide")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/accounts/{story.account.pk}/plan/")
        page = seen.goto("/w/acme/settings/plan-templates/")
        page.get_by_role("link", name="General").click()
        page.wait_for_load_state("networkidle")
        assert seen.barriers() == []
        seen.picture("plan-template-wide")
