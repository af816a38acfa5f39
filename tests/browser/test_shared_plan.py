"""One plan, two browsers: the CSM shares it, the customer opens it on a phone, works in it, confirms; the CSM sees."""

from __future__ import annotations

import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from accounts.tenancy.context import tenant_context
from journeys.plans.actions import comments, objectives, plans, sharing
from journeys.plans.actions.sharing import codes
from journeys.plans.models import Confirmation, SharedLink
from tests.browser.harness import PHONE, Window, window
from tests.factories import plans as made
from tests.factories.accounts import PASSWORD, AccountFactory, ContactFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def kept_mail(settings, tmp_path):
    """Mail as on a laptop: kept, and read in the browser."""
    settings.EMAIL_BACKEND = "csom.mail.KeptBackend"
    settings.MAIL_IS_KEPT = True
    settings.MAIL_DIR = tmp_path / "mail"


@pytest.fixture
def story(transactional_db, acme_cast, live_server, settings):
    settings.BASE_URL = live_server.url
    # The first answer of a process reads all addresses and templates, which a browser needn't wait for.
    Client().get("/accounts/login/")
    acme_cast.cass.set_password(PASSWORD)
    acme_cast.cass.save()
    acme_cast.tenant.name, acme_cast.tenant.accent = "Meridian Software", "#0f8a6a"
    acme_cast.tenant.save()
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(name="Halden Energy", csm=acme_cast.cass)
        contact = ContactFactory(
            account=account, name="Elena Brandt", title="COO", email="elena@halden.test", buying_role="champion"
        )
        plan = made.empty(acme_cast, account)
        fill(acme_cast, plan, contact)
    return SimpleNamespace(cast=acme_cast, plan=plan, contact=contact, account=account)


def fill(cast, plan, contact) -> None:
    by, today = cast.cass, timezone.now().date()
    soon, later = today.replace(year=today.year + 1), today.replace(year=today.year + 2)
    star = "Halden Energy closes its books in four days by spring, before the auditors come, and keeps weekends free."
    plans.edit(plan, {"north_star": star, "next_review_on": soon}, by=by)
    first = made.objective(
        cast, plan, kind="first_impact", title="One region closes in four days", due_on=soon, their_owner=contact,
        our_owner=by, detail="Austin goes first, with the ledger of this quarter.",
    )  # fmt: skip
    objectives.measure(first, Decimal("8"), on=today, evidence="Ledger report", by=by)
    made.objective(
        cast, plan, kind="adoption", horizon="long", title="Shift leads plan in the product",
        metric="People active in a week", unit="people", baseline=Decimal(0), target=Decimal(42),
        value_minor=None, due_on=later,
    )  # fmt: skip
    made.step(cast, plan, title="Give access to the ledger export", their_owner=contact, due_on=today)
    made.step(cast, plan, title="Name the shift leads of each region", due_on=soon)
    made.step(cast, plan, title="Set up the first region", side="us", our_owner=by, kind="milestone", due_on=soon)
    made.step(cast, plan, title="Go through the first close together", side="joint", kind="milestone", due_on=later)
    made.topic(
        cast,
        plan,
        text="Month-end leaves no time for training",
        audience="everyone",
        response="Two short sessions before it.",
    )
    made.topic(cast, plan, text="The planted internal remark", audience="internal")
    comments.say(plan, "The export of last week looks complete.", on=first, by=by)


def enter(customer: Window, story: SimpleNamespace, address: str) -> None:
    """From the link in the mail to the plan: the code comes by mail, too."""
    page = customer.page
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("The plan for Halden Energy")
    customer.picture("shared-door-390")
    assert customer.barriers() == []
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Code", exact=True)).to_be_visible()
    sharing.mail_waiting(story.cast.tenant.pk)
    reading = customer.context.new_page()
    reading.goto(f"{customer.base_url}/mail/")
    reading.get_by_role("link", name=re.compile("is your code")).first.click()
    code = re.search(r"\b\d{6}\b", reading.locator(".mail-body").inner_text()).group()
    reading.close()
    page.get_by_label("Code", exact=True).fill(f"{code[:3]} {code[3:]}")
    customer.picture("shared-code-390")
    assert customer.barriers() == []
    page.get_by_role("button", name="Open the plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Joint Impact Plan")


def test_a_plan_is_worked_on_from_both_sides(browser, live_server, story, kept_mail):
    with window(browser, live_server.url) as csm, window(browser, live_server.url, size=PHONE, touch=True) as customer:
        csm.sign_in("cass@acme.test", PASSWORD)
        address = share(csm, story)
        enter(customer, story, address)
        page = customer.page
        expect(page.locator("main")).not_to_contain_text("planted internal")
        customer.picture("shared-plan-390")
        assert customer.barriers() == []
        assert not customer.scrolls_sideways()

        tick_and_undo(customer)
        comment(customer)
        measure(customer)

        with tenant_context(story.cast.tenant):
            first = story.plan.objectives.get(kind="first_impact")
            objectives.achieve(
                first, on=timezone.now().date(), evidence="Austin closed on day four", by=story.cast.cass
            )
        confirm(customer)

        csm.goto(f"/w/acme/accounts/{story.account.pk}/timeline/")
        for said in (
            "First visit to the plan",
            "Plan step done",
            "Comment on the plan",
            "Impact measured",
            "Impact confirmed",
        ):
            expect(csm.page.locator("main")).to_contain_text(said)
        csm.goto("/w/acme/")
        expect(csm.page.locator("main")).to_contain_text("Changes by customers")
        csm.picture("home-after-customer-1440")
        csm.goto("/w/acme/tasks/")
        expect(csm.page.locator("main")).to_contain_text("Answer Elena Brandt in the impact plan")
        csm.goto(f"/w/acme/plans/{story.plan.pk}/links/")
        expect(csm.page.locator("#links")).to_contain_text(re.compile(r"last visit: (just now|\d min ago)"))
        csm.picture("links-1440")
        assert csm.barriers() == []
        csm.page.get_by_role("button", name="End now").click()
        asked = csm.page.get_by_role("dialog", name="End the link of Elena Brandt?")
        expect(asked).to_contain_text("An ended link stays ended")
        asked.get_by_role("button", name="End the link").click()
        expect(csm.page.locator("#links")).to_contain_text("Ended")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("This link doesn’t open anything")
        customer.picture("shared-gone-390")
        assert customer.barriers() == []
        customer.trouble.clear()  # the 404 is what we came for
    with tenant_context(story.cast.tenant):
        assert Confirmation.objects.get().name == "Elena Brandt"


def share(csm: Window, story: SimpleNamespace) -> str:
    csm.goto(f"/w/acme/plans/{story.plan.pk}/links/")
    csm.picture("links-empty-1440")
    assert csm.barriers() == []
    csm.page.get_by_label("Person").select_option(label="Elena Brandt")
    csm.page.get_by_label("Mail the link to them").check()
    csm.page.get_by_role("button", name="Make the link").click()
    expect(csm.page.locator("main")).to_contain_text("The link is on its way to Elena Brandt.")
    csm.page.get_by_role("button", name="Copy").click()
    expect(csm.page.get_by_role("button", name="Copied")).to_be_visible()
    csm.picture("link-made-1440")
    assert csm.barriers() == []
    return csm.page.get_by_label("Link for Elena Brandt").input_value()


def tick_and_undo(customer: Window) -> None:
    page, asked = customer.page, customer.page.locator("#asked")
    page.get_by_role("button", name="Done: Give access to the ledger export").click()
    expect(asked).to_contain_text("done")
    page.get_by_role("button", name="Undo: Give access to the ledger export").click()
    page.get_by_role("button", name="Done: Give access to the ledger export").click()
    expect(page.get_by_role("button", name="Undo: Give access to the ledger export")).to_be_visible()


def comment(customer: Window) -> None:
    page = customer.page
    page.get_by_label("Comment", exact=True).fill("The export runs every night now.")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator("#updates")).to_contain_text("The export runs every night now.")


def measure(customer: Window) -> None:
    page = customer.page
    page.get_by_role("link", name="Add a measurement: One region").click()
    customer.picture("shared-measure-390")
    assert customer.barriers() == []
    page.get_by_label("Value").fill("4")
    page.get_by_label("Where it can be seen").fill("Close calendar of this month")
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("main")).to_contain_text("2 measurements")


def confirm(customer: Window) -> None:
    page = customer.page
    page.reload()
    expect(page.locator("main")).to_contain_text("looks achieved")
    page.get_by_role("link", name="Confirm One region").click()
    customer.picture("shared-confirm-390")
    assert customer.barriers() == []
    page.get_by_role("button", name="Confirm it").click()
    expect(page.locator("main")).to_contain_text("This field is required.")
    page.get_by_label("Your name").fill("Elena Brandt")
    page.get_by_role("button", name="Confirm it").click()
    expect(page.locator("main")).to_contain_text("Confirmed by Elena Brandt")
    customer.picture("shared-confirmed-390")


def test_the_customers_page_in_every_size_and_light(browser, live_server, story):
    with tenant_context(story.cast.tenant):
        link, token = sharing.share(story.plan, story.contact, by=story.cast.cass)
        key = visit(link)
    with window(browser, live_server.url) as customer:
        base = f"{live_server.url}/w/acme/p/{token}/"
        customer.context.add_cookies([{"name": "visit", "value": key, "url": base, "httpOnly": True}])
        for path, shown in (("", "plan"), ("agree/", "agree")):
            customer.page.goto(base + path)
            customer.checked(f"shared-{shown}")
        agree_to_what_moved_on(customer, story)
        customer.page.goto(base)
        customer.page.emulate_media(media="print")
        customer.picture("shared-print")


def agree_to_what_moved_on(customer: Window, story: SimpleNamespace) -> None:
    """What changed is the first that they see of the page that comes back."""
    page = customer.page
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.get_by_label("Your name").fill("Elena Brandt")
    with tenant_context(story.cast.tenant):
        first = story.plan.objectives.get(kind="first_impact")
        objectives.edit(first, {"detail": "In all regions"}, by=story.cast.cass)
    page.get_by_role("button", name="I agree").click()
    told = page.locator("#changed")
    expect(told).to_contain_text(f"New or changed: {first.title}")
    expect(told).to_be_in_viewport()
    expect(told).to_be_focused()
    customer.picture("shared-agree-changed-390")
    assert customer.barriers() == []
    customer.trouble.clear()  # the 422 is what we came for


def visit(link: SharedLink) -> str:
    """Past the code, which has a story of its own."""
    code = sharing.ask_code(link)
    type(code).objects.filter(pk=code.pk).update(code_hash=codes.hashed(code, "123456"))
    return sharing.open_visit(link, "123456")


def test_the_preview_is_the_same_page_without_a_thing_to_press(browser, live_server, story):
    with window(browser, live_server.url) as csm:
        csm.sign_in("cass@acme.test", PASSWORD)
        csm.goto(f"/w/acme/plans/{story.plan.pk}/preview/")
        expect(csm.page.locator("body")).to_contain_text("Preview for: Everyone on the link")
        expect(csm.page.locator("main")).not_to_contain_text("planted internal")
        assert csm.page.locator("main form").count() == 0
        csm.picture("preview-1440")
        assert csm.barriers() == []
