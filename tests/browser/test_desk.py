"""The desk in a real browser: the day, the inbox by keyboard, the palette, an invitation, a key, preferences."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts import calendar
from accounts.actions import api_keys, custom_fields, members, notes, products, tasks, teams
from accounts.models import AccountState, Membership, Task, TouchModel, User
from accounts.tenancy.context import tenant_context
from tests.browser.harness import PHONE, window
from tests.factories.accounts import PASSWORD, AccountFactory, ContactFactory, TaskFactory

pytestmark = pytest.mark.browser
DAY = dt.timedelta(days=1)
WORK = (
    ("Confirm the critical event with the sponsor", -3), ("Send the kickoff agenda", -1), ("Prepare the review", 0),
    ("Ask for the usage export", 0), ("Introduce the new champion to the team", 2), ("Write the renewal summary", 12),
    ("Check the first reports together", 30),
)  # fmt: skip


@pytest.fixture
def desk(transactional_db, acme_cast):
    """Cass's week, Ada's settings, each with something of everything."""
    for person in (acme_cast.cass, acme_cast.ada):
        person.set_password(PASSWORD)
        person.save()
    with tenant_context(acme_cast.tenant):
        _book(acme_cast, calendar.local_today(acme_cast.tenant))
        _settings(acme_cast)
    return acme_cast


def _book(cast, today):
    names = ("Brightwave Health", "Verity Labs", "Kestrel Analytics")
    accounts = [AccountFactory(name=name, csm=cast.cass, ae=cast.sal, segment="Enterprise") for name in names]
    for n, account in enumerate(accounts):
        state = {"renewal_on": today + DAY * (20 + 30 * n), "arr_minor": (n + 1) * 120_000_00}
        AccountState.objects.filter(account=account).update(**state)
    ContactFactory(account=accounts[0], name="Helen Osei", title="COO")
    for n, (title, days) in enumerate(WORK):
        TaskFactory(account=accounts[n % 3], title=title, due_on=today + DAY * days, assignee=cast.cass, by=cast.lee,
                    detail="Agree what she needs to see before the board meets.\nKeep it to one page.")  # fmt: skip
    asleep = TaskFactory(account=accounts[2], title="Ask again about the pilot", due_on=today, assignee=cast.cass)
    tasks.snooze(asleep, until=today + DAY * 9, reason="Budget round", by=cast.cass, today=today)
    notes.add(accounts[0], kind="call", body="The board wants staffing hours before March.", by=cast.lee)


def _settings(cast):
    for code, days in (("high", 14), ("low", 45), ("tech", 90)):
        TouchModel.objects.create(
            code=code, touch_every_days=days, description="How close we stay, and how often we meet."
        )
    team = teams.add({"name": "East", "manager": cast.lee}, by=cast.ada)
    teams.place(team, cast.cass, by=cast.ada)
    teams.add({"name": "Onboarding", "manager": cast.dee, "parent": team}, by=cast.ada)
    products.add({"name": "Core Platform", "description": "Seats of the platform"}, by=cast.ada)
    products.add({"name": "Setup days", "unit": "day", "recurring": False, "active": False}, by=cast.ada)
    custom_fields.add({"label": "Data region", "type": "choice", "choices": ["EU", "US"]}, by=cast.ada)
    custom_fields.add({"label": "Contract number", "type": "text"}, by=cast.ada)
    api_keys.create(cast.tenant, "CRM sync", "write", cast.ada)
    api_keys.revoke(api_keys.create(cast.tenant, "Old export", "read", cast.ada)[0], by=cast.ada)
    members.invite("nia.new@acme.test", "csm", by=cast.ada)


def sign_in(seen, email="cass@acme.test"):
    seen.sign_in(email, PASSWORD)


def test_every_page_of_the_desk_is_readable_by_everyone(browser, live_server, desk):
    with tenant_context(desk.tenant):
        pk = Task.objects.first().pk
    settings = ("", "people/", "roles/", "teams/", "teams/new/", "products/", "fields/", "fields/new/", "touch-models/",
                "keys/", "keys/new/", "export/", "workspace/", "people/invite/")  # fmt: skip
    pages = {
        "home": "",
        "home-all": "?scope=all",
        "tasks": "tasks/?scope=all",
        "task": f"tasks/{pk}/?scope=all",
        "task-new": "tasks/new/",
        "task-done": f"tasks/{pk}/done/",
        "tasks-none": "tasks/?scope=nobody",
        "preferences": "preferences/",
    }
    pages |= {f"settings-{path.strip('/').replace('/', '-')}": f"settings/{path}" for path in settings}
    with window(browser, live_server.url) as seen:
        sign_in(seen, "ada@acme.test")
        for name, path in pages.items():
            seen.goto(f"/w/acme/{path}")
            seen.checked(name)


def settled(page):
    """What was swapped in is drawn before it listens: a key in between would reach nobody."""
    page.wait_for_function("!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")


def test_a_day_is_worked_off_by_keyboard(browser, live_server, desk):
    with window(browser, live_server.url) as seen:
        seen.sign_in_by_form("cass@acme.test", PASSWORD)
        page = seen.goto("/w/acme/")
        seen.picture("home-cass")
        page.keyboard.press("g")
        page.keyboard.press("t")
        page.wait_for_url("**/tasks/")
        page.wait_for_load_state("networkidle")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.locator("#task-pane h2", has_text="Send the kickoff agenda").wait_for()
        settled(page)
        seen.picture("tasks-open")
        page.keyboard.press("e")
        page.locator("#task-dialog textarea:focus").wait_for()
        page.get_by_label("Partly achieved").check()
        page.get_by_label("Note").fill("Sent; the sponsor answers on Monday.")
        seen.picture("tasks-done-dialog")
        page.keyboard.press("Control+Enter")
        page.get_by_text("Done: “Send the kickoff agenda”.").wait_for()
        assert not page.locator("dialog[open]").count()
        page.locator("#task-pane h2", has_text="Prepare the review").wait_for()
        settled(page)
        seen.picture("tasks-toast")
        assert page.evaluate("document.activeElement.textContent") == "Prepare the review"
        with page.expect_response("**/reopen/"):
            page.get_by_role("button", name="Undo").click()
        page.get_by_text("“Send the kickoff agenda” is open again.").wait_for()
    with tenant_context(desk.tenant):
        assert Task.objects.get(title="Send the kickoff agenda").status == "open"


def test_a_task_is_snoozed_with_a_reason_and_handed_on(browser, live_server, desk):
    with window(browser, live_server.url) as seen:
        sign_in(seen)
        page = seen.goto("/w/acme/tasks/")
        page.keyboard.press("j")
        page.keyboard.press("s")
        page.get_by_label("Why it can wait").fill("They are at a fair")
        page.get_by_role("button", name="Snooze", exact=True).last.click()
        page.locator(".field-error").first.wait_for()
        page.locator("#task-dialog").get_by_label("Until").fill("2099-01-04")
        page.get_by_role("button", name="Snooze", exact=True).last.click()
        page.get_by_text("sleeps until the day you chose").wait_for()
        page.get_by_role("rowheader", name="Snoozed 2").wait_for()
        page.keyboard.press("j")
        page.keyboard.press("a")
        page.locator("#task-dialog").get_by_role("combobox").fill("dee")
        page.get_by_role("option", name="Dee of Acme").click()
        page.locator("#task-dialog").get_by_role("button", name="Reassign").click()
        page.get_by_text("is somebody else’s now").wait_for()
    with tenant_context(desk.tenant):
        assert Task.objects.filter(snooze_reason="They are at a fair").count() == 1
        assert Task.objects.filter(assignee=desk.dee).count() == 1


def test_the_palette_leads_to_accounts_people_and_actions(browser, live_server, desk):
    with window(browser, live_server.url) as seen:
        sign_in(seen)
        page = seen.goto("/w/acme/tasks/")
        page.keyboard.press("Control+k")
        page.get_by_role("option", name="Verity Labs").wait_for()
        page.keyboard.type("helen")
        page.get_by_role("option", name="Helen Osei").wait_for()
        seen.picture("palette")
        assert seen.barriers() == []
        page.locator("#palette-q").fill("brightw")
        page.get_by_role("option", name="Helen Osei").wait_for(state="detached")
        page.get_by_role("option", name="Brightwave Health").wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url("**/accounts/*/")
        page.keyboard.press("Control+k")
        page.get_by_role("option", name="Sign a contract").wait_for()
        seen.picture("palette-account")


def test_an_admin_invites_and_the_newcomer_is_inside(browser, live_server, desk, settings):
    settings.BASE_URL = live_server.url
    with window(browser, live_server.url) as seen:
        sign_in(seen, "ada@acme.test")
        page = seen.goto("/w/acme/settings/people/invite/")
        page.get_by_label("E-mail address").fill("nils@acme.test")
        page.get_by_role("button", name="Send invitation").click()
        link = page.get_by_label("Invitation link").input_value()
        seen.picture("settings-invited")
        assert seen.barriers() == []
    with window(browser, live_server.url) as seen:
        page = seen.goto(link.removeprefix(live_server.url))
        page.get_by_label("Your name").fill("Nils Nord")
        page.get_by_label("Password").fill("short")
        page.get_by_role("button", name="Join the workspace").click()
        page.locator(".field-error").wait_for()
        seen.picture("invitation")
        assert seen.barriers() == []
        page.get_by_label("Password").fill("seven green bottles")
        page.get_by_role("button", name="Join the workspace").click()
        page.wait_for_url("**/w/acme/")
    assert Membership.objects.get(user=User.objects.get(email="nils@acme.test")).role == "csm"


def test_a_key_is_shown_once_and_the_theme_is_remembered(browser, live_server, desk):
    with window(browser, live_server.url) as seen:
        sign_in(seen, "ada@acme.test")
        page = seen.goto("/w/acme/settings/keys/new/")
        page.get_by_label("Name").fill("Warehouse")
        page.get_by_role("button", name="Create key").click()
        assert page.get_by_label("API key").input_value().startswith("csk_")
        seen.picture("settings-key-made")
        page.get_by_role("link", name="I have copied it").click()
        page.get_by_text("Warehouse").wait_for()
        with page.expect_response("**/preferences/"):
            page.get_by_role("button", name="Switch between light and dark").click()
        page = seen.goto("/w/acme/")
        assert page.locator("html").get_attribute("data-theme") == "dark"


def test_several_workspaces_are_a_choice(browser, live_server, desk, rival):
    Membership.objects.create(tenant=rival.tenant, user=desk.cass, role="viewer")
    with window(browser, live_server.url, size=PHONE) as seen:
        sign_in(seen)
        page = seen.goto("/workspaces/")
        seen.picture("start")
        assert seen.barriers() == []
        page.get_by_role("link", name="Rival").click()
        page.wait_for_url("**/w/rival/")
        page.get_by_role("button", name="Open navigation").click()
        page.locator("#sidebar .side-h summary").click()
        page.get_by_role("link", name="Acme").click()
        page.wait_for_url("**/w/acme/")
