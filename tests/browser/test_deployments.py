"""A deployment in the browser: planned on the account, copied, worked, escalated, measured; wide, on a phone, dark."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.tenancy.context import tenant_context
from journeys.deployments.actions import activities, quality
from tests.browser.harness import window
from tests.factories import deployments as made
from tests.factories.accounts import PASSWORD, AccountFactory, ContactFactory

pytestmark = pytest.mark.browser
DAY = dt.timedelta(days=1)
STEPS = (
    ("Walk through today's planning with the site leads", "joint", 3, []),
    ("Hand over people, roles and calendars", "them", 8, [0]),
    ("Set up sites and rules", "us", 6, [0]),
    ("Load people and check with a sample", "us", 5, [1, 2]),
    ("Connect payroll", "us", 7, [3]),
    ("Train the leads of the first site", "joint", 4, [3]),
    ("First site plans a whole period in it", "them", 10, [4, 5]),
)


@pytest.fixture
def story(transactional_db, acme_cast, live_server):
    # The first answer of a process reads all addresses and templates, which a browser needn't wait for.
    Client().get("/accounts/login/")
    cast = acme_cast
    cast.dee.name = "Dana Kowalski"
    cast.dee.set_password(PASSWORD)
    cast.dee.save()
    with tenant_context(cast.tenant):
        account = AccountFactory(name="Halden Energy", delivery=cast.dee, csm=cast.cass, phase="onboarding")
        ContactFactory(account=account, name="Elena Brandt", title="COO")
        row = _in_motion(cast)
    return SimpleNamespace(cast=cast, account=account, row=row)


def _in_motion(cast: SimpleNamespace):
    account = AccountFactory(name="Fjord Logistics", delivery=cast.dee, csm=cast.cass)
    row = made.running(
        cast, account, days=30, name="Planner rollout", sow_title="Statement of work", sow_number="SOW-2214",
        rate_minor=145_00, budget_minor=18_000_00,
    )  # fmt: skip
    steps = []
    for title, side, days, after in STEPS:
        owner = cast.dee if side != "them" else None
        values = {"title": title, "side": side, "days": days, "hours": Decimal(12), "our_owner": owner}
        steps.append(activities.add(row, values | {"after": [steps[n] for n in after]}, by=cast.dee))
    for step in steps[:3]:
        activities.done(step, on=step.due_on, by=cast.dee)
        made.time_entry(cast, row, activity=step, hours=Decimal("7.5"), note="On site")
    made.cost(cast, row)
    made.report(cast, row, schedule="amber", summary="The people data came a week late; training keeps its day.")
    made.review(cast, row)
    quality.complete_integration(made.integration(cast, row), by=cast.dee)
    made.escalation(cast, row)
    made.closed(cast, AccountFactory(name="Quick Foods"), days=60)
    made.closed(cast, AccountFactory(name="Slow Mills"), days=120)
    return row


def test_a_deployment_from_plan_to_measure(story, live_server, browser):
    with window(browser, live_server.url) as one:
        one.sign_in(story.cast.dee.email, PASSWORD)
        page = one.goto(f"/w/acme/accounts/{story.account.pk}/deployments/")
        page.get_by_role("link", name="Plan the deployment").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_label("Name")).to_have_value("Rollout at Halden Energy")
        one.picture("deployment-plan-dialog")
        dialog.get_by_role("button", name="Plan it").click()
        expect(page.get_by_text("Nothing is planned yet.")).to_be_visible()
        page.get_by_role("link", name="Copy plan from…").click()
        page.get_by_role("button", name="Copy it").click()
        expect(page.get_by_text("First site plans a whole period in it", exact=True)).to_be_visible()
        page.get_by_role("link", name="Start").click()
        page.get_by_role("button", name="Start it").click()
        expect(page.get_by_role("link", name="Close the deployment")).to_be_visible()
        page.get_by_role("button", name="Done: Set up sites and rules").click()
        expect(page.get_by_role("button", name="Open again: Set up sites and rules")).to_be_visible()
        one.checked("deployment-new")


def test_every_page_reads_well(story, live_server, browser):
    with window(browser, live_server.url) as one:
        one.sign_in(story.cast.dee.email, PASSWORD)
        for path, name in (
            ("/w/acme/deployments/", "list"), (f"/w/acme/deployments/{story.row.pk}/", "page"),
            (f"/w/acme/accounts/{story.row.account_id}/deployments/", "account"),
            ("/w/acme/deployments/measures/", "measures"),
        ):  # fmt: skip
            one.goto(path)
            one.checked(f"deployment-{name}")
