"""Library and plays in a real browser: every page readable by everyone, a play paused, worded anew, switched on."""

from __future__ import annotations

import pytest

from accounts import timeline
from accounts.actions import tasks
from accounts.models import InboxEntry, Task
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine, library
from blueprints.models import Play, Run
from tests.browser.harness import window
from tests.factories.accounts import PASSWORD, AccountFactory

pytestmark = pytest.mark.browser
NAMES = ("Brightwave Health", "Verity Labs", "Kestrel Analytics", "Octopia")


@pytest.fixture
def shop(transactional_db, acme_cast):
    """Champions left, handoffs were accepted, one event couldn't be answered."""
    acme_cast.olly.set_password(PASSWORD)
    acme_cast.olly.save()
    library.load(acme_cast.tenant, chosen=("champion-departed",))
    with tenant_context(acme_cast.tenant):
        accounts = [AccountFactory(name=name, csm=acme_cast.cass, ae=acme_cast.sal) for name in NAMES]
        for account in accounts:
            timeline.record("handoff.accepted", account=account, by=acme_cast.cass)
        facts = {"name": "Helen Osei", "buying_role": "champion", "where": "now at Northwind"}
        timeline.record("contact.departed", account=accounts[0], by=acme_cast.cass, **facts)
    engine.drain(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        for task in Task.objects.filter(account=accounts[0])[:3]:
            tasks.complete(task, outcome="achieved", note="They meet on Thursday.", by=acme_cast.cass)
        event = timeline.record("contact.departed", account=accounts[1], by=None, **facts)
        InboxEntry.objects.filter(event=event).update(
            attempts=8, last_error="Champion departed: Refused: assignee: Nothing in this workspace has this id."
        )
    return acme_cast


def test_every_page_of_plays_is_readable_by_everyone(browser, live_server, shop):
    with tenant_context(shop.tenant):
        play, run = Play.objects.get(code="champion-departed"), Run.objects.get(play__code="champion-departed")
        account = run.account_id
    pages = {
        "library": "library/", "blueprint": "library/02/", "plays": "plays/", "play": f"plays/{play.pk}/",
        "play-edit": f"plays/{play.pk}/edit/", "run": f"runs/{run.pk}/", "account-with-plays": f"accounts/{account}/",
        "new": "plays/new/", "runs": "runs/", "approvals": "plays/approvals/", "deliveries": "plays/deliveries/",
        "import": "plays/import/", "engine": "settings/engine/", "endpoints": "settings/endpoints/",
        "mail": "settings/mail-templates/new/", "switch-on": f"plays/{play.pk}/on/",
    }  # fmt: skip
    with window(browser, live_server.url) as seen:
        seen.sign_in("olly@acme.test", PASSWORD)
        for name, path in pages.items():
            seen.goto(f"/w/acme/{path}")
            seen.checked(name)


def test_a_play_is_paused_worded_anew_and_switched_on(browser, live_server, shop):
    with window(browser, live_server.url) as seen:
        seen.sign_in("olly@acme.test", PASSWORD)
        page = seen.goto("/w/acme/plays/")
        page.get_by_role("main").get_by_role("link", name="Onboarding").first.click()
        page.get_by_role("button", name="Pause").click()
        page.get_by_text("Runs in motion go on.").wait_for()
        page.get_by_role("link", name="Edit").click()
        page.get_by_label("Within business days").first.fill("400")
        page.get_by_role("button", name="Save as a new version").click()
        page.get_by_text("Business days from 0 to 365.").wait_for()
        page.get_by_label("Within business days").first.fill("3")
        page.get_by_role("button", name="Save as a new version").click()
        page.get_by_text("Saved as version 2.").wait_for()
        page.get_by_text("within 3 business days").first.wait_for()
        page.get_by_role("link", name="Switch on").click()
        page.get_by_role("button", name="Switch on").click()
        page.get_by_text("It starts with what happens from now on.").wait_for()
        page.get_by_role("link", name="Brightwave Health").first.click()
        page.get_by_text("They meet on Thursday.").first.wait_for()
        seen.picture("run-after-edit")
