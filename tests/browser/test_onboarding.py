"""From the handoff to First Impact: the CSM takes the account and holds the kickoff, the customer's word closes it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.models import Account
from accounts.tenancy.context import tenant_context
from journeys.onboarding.actions import pacing, turns
from journeys.onboarding.models import FirstImpact, Handoff
from journeys.plans.models import Plan
from tests.browser.harness import PHONE, Window, window
from tests.browser.test_shared_plan import enter, kept_mail  # noqa: F401
from tests.factories.accounts import PASSWORD, AccountFactory, ContactFactory
from tests.factories.onboarding import begun, drafted, submitted

pytestmark = pytest.mark.browser


@pytest.fixture
def story(transactional_db, acme_cast, live_server, settings):
    settings.BASE_URL = live_server.url
    Client().get("/accounts/login/")
    acme_cast.cass.set_password(PASSWORD)
    acme_cast.cass.save()
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(name="Halden Energy", ae=acme_cast.sal)
        ContactFactory(
            account=account, name="Elena Brandt", title="COO", email="elena@halden.test", buying_role="champion"
        )
        submitted(acme_cast, drafted(acme_cast, account), not_known=("decision",))
        for name in ("Fjord Rail", "Alster Foods", "Nordlicht Clinics"):
            begun(acme_cast, AccountFactory(name=name, ae=acme_cast.sal, segment="Enterprise"))
        resting = Account.objects.get(name="Fjord Rail")
        pacing.put_on_hold(resting, reason="They merge two sites first.", by=acme_cast.cass)
    return SimpleNamespace(cast=acme_cast, account=account)


def accept(csm: Window, story: SimpleNamespace) -> None:
    with tenant_context(story.cast.tenant):
        handoff = Handoff.objects.get(account=story.account)
    csm.goto(f"/w/acme/handoffs/{handoff.pk}/")
    csm.page.get_by_role("button", name="Accept").first.click()
    expect(csm.page.locator("body")).to_contain_text("Onboarding has begun")
    csm.page.get_by_role("link", name="Prepare and schedule the kickoff").click()
    expect(csm.page.get_by_role("heading", name="Kickoff", exact=True)).to_be_visible()
    csm.picture("kickoff-before-1440")
    assert csm.barriers() == []


def hold(csm: Window) -> None:
    """Scheduled, held, and a statement corrected by the customer."""
    page = csm.page
    page.get_by_role("link", name="Schedule the kickoff").click()
    csm.picture("kickoff-schedule-1440")
    assert csm.barriers() == []
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.locator("main")).to_contain_text("Agenda and invitations")
    page.get_by_role("link", name="It was held").click()
    page.get_by_role("button", name="Note it").click()
    expect(page.locator("main")).to_contain_text("Held on")
    page.get_by_role("link", name="Confirm or correct: Pain").click()
    page.get_by_label("As they say it").fill("Three plans a week contradict each other.")
    page.get_by_label("Who said it").select_option(label="Elena Brandt, COO")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("#said")).to_contain_text("Corrected")


def define_and_agree(csm: Window) -> None:
    page = csm.page
    page.get_by_role("link", name="Define").click()
    page.get_by_label("What they have then").fill("Everybody has logged in")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#first-impact")).to_contain_text("somebody got in")
    page.get_by_role("link", name="Define").click()
    page.get_by_label("What they have then").fill("One region closes its books in four days")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#first-impact")).not_to_contain_text("somebody got in")
    page.get_by_role("button", name="Agree to the plan").click()
    expect(page.locator("#plan")).to_contain_text("Version 1 is agreed")
    csm.picture("kickoff-after-1440")
    assert csm.barriers() == []


def share(csm: Window, story: SimpleNamespace) -> str:
    with tenant_context(story.cast.tenant):
        plan = Plan.objects.get(account=story.account)
    csm.goto(f"/w/acme/plans/{plan.pk}/links/")
    csm.page.get_by_label("Person").select_option(label="Elena Brandt")
    csm.page.get_by_role("button", name="Make the link").click()
    return csm.page.get_by_label("Link for Elena Brandt").input_value()


def confirm(customer: Window, title: str) -> None:
    page = customer.page
    page.get_by_role("link", name=f"We have reached this: {title}").click()
    page.get_by_label("Your name").fill("Elena Brandt")
    page.get_by_role("button", name="Confirm it").click()
    expect(page.locator("main")).to_contain_text("Confirmed by Elena Brandt")


def test_the_customers_word_closes_the_onboarding(browser, live_server, story, kept_mail):  # noqa: F811
    with window(browser, live_server.url) as csm, window(browser, live_server.url, size=PHONE, touch=True) as customer:
        csm.sign_in("cass@acme.test", PASSWORD)
        accept(csm, story)
        hold(csm)
        define_and_agree(csm)
        enter(customer, story, share(csm, story))
        with tenant_context(story.cast.tenant):
            first = FirstImpact.objects.select_related("objective").get(account=story.account).objective
        csm.goto(f"/w/acme/accounts/{story.account.pk}/")
        expect(csm.page.locator("main")).to_contain_text("from the kickoff")
        confirm(customer, first.title)
        assert turns.turn(story.cast.tenant.pk) == 1
        csm.page.reload()
        expect(csm.page.locator("main")).to_contain_text("Reached in")
        expect(csm.page.locator("main")).to_contain_text("Thank Elena Brandt")
        csm.picture("account-reached-1440")
        assert csm.barriers() == []
    with tenant_context(story.cast.tenant):
        assert Account.objects.get(pk=story.account.pk).phase == "adoption"
        assert FirstImpact.objects.get(account=story.account).reached_how == "confirmed"


def test_the_board_in_every_size_and_light(browser, live_server, story):
    with tenant_context(story.cast.tenant):
        fjord = Account.objects.get(name="Fjord Rail")
    with window(browser, live_server.url) as csm:
        csm.sign_in("cass@acme.test", PASSWORD)
        for path, shown in (
            ("onboarding/board/?scope=all", "board"),
            (f"accounts/{fjord.pk}/kickoff/", "kickoff"),
            (f"accounts/{fjord.pk}/first-impact/reach/", "reach"),
        ):
            csm.goto(f"/w/acme/{path}")
            csm.checked(shown)
