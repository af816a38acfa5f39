"""A meeting in a real browser: scheduled, run with the clock, closed; its tasks are there. And the people map."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo

import pytest
from playwright.sync_api import expect

from accounts.models import Task, Tenant
from accounts.tenancy.context import tenant_context
from journeys.meetings.actions import meetings, outcomes
from journeys.meetings.models import Decision, Meeting
from tests.browser.harness import PHONE, Window, window
from tests.factories import meetings as make
from tests.factories.accounts import PASSWORD, AccountFactory, ContactFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def cast(transactional_db, acme_cast):
    acme_cast.cass.set_password(PASSWORD)
    acme_cast.cass.save()
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(name="Halden Energy", csm=acme_cast.cass, ae=acme_cast.sal)
        boss = ContactFactory(
            account=account, name="Elena Brandt", title="Chief Operating Officer", buying_role="decider",
            stance="detractor", influence=3,
        )  # fmt: skip
        for name, title, role, stance, influence in (
            ("Tomas Ruiz", "Head of planning", "champion", "advocate", 2),
            ("Ines Okafor", "Shift lead", "user", "neutral", 1),
            ("Max Weber", "IT security", "gatekeeper", "", 2), ("Ada Lindqvist", "Shift lead", "user", "advocate", 1),
        ):  # fmt: skip
            ContactFactory(
                account=account, name=name, title=title, buying_role=role, stance=stance, influence=influence,
                reports_to=boss,
            )  # fmt: skip
    acme_cast.account = account
    return acme_cast


def sign_in(seen: Window) -> None:
    seen.sign_in("cass@acme.test", PASSWORD)


def soon(cast) -> dt.datetime:
    return dt.datetime.now(dt.UTC).astimezone(zoneinfo.ZoneInfo(cast.tenant.timezone)).replace(second=0, microsecond=0)


def test_from_schedule_to_the_tasks(browser, live_server, cast):
    with window(browser, live_server.url) as seen:
        sign_in(seen)
        page = seen.page
        seen.goto(f"/w/acme/accounts/{cast.account.pk}/meetings/")
        page.get_by_role("link", name="Schedule a meeting").first.click()
        page.get_by_role("link", name="Kickoff").click()
        page.get_by_label("Goal").fill("Both sides name the same first impact.")
        now = soon(cast)
        page.fill("[name=starts_on]", now.date().isoformat())
        page.fill("[name=starts]", f"{now:%H:%M}")
        page.get_by_label("Tomas Ruiz").check()
        page.get_by_label("Elena Brandt").check()
        expect(page.locator("[data-agenda-sum]")).to_contain_text("60 minutes planned of 60")
        page.get_by_role("button", name="Schedule without mail").click()
        expect(page.locator("main")).to_contain_text("Nothing yet. Ask.")
        page.get_by_role("button", name="Start the meeting").click()
        expect(page.locator("[data-left]")).to_contain_text("min left")
        page.get_by_role("button", name="Done: Who is here, and what each hopes for").click()
        expect(page.locator("[aria-current=step]")).to_contain_text("The goals")

        page.locator("body").press("a")
        expect(page.locator("#step_what")).to_be_focused()
        page.keyboard.type("Send the data template")
        page.keyboard.press("Enter")
        expect(page.locator("#steps")).to_contain_text("Send the data template")
        expect(page.locator("#step_what")).to_be_focused()
        for key, field in (("d", "#decision_text"), ("a", "#step_what")):
            page.keyboard.press("Escape")
            page.keyboard.press(key)
            expect(page.locator(field)).to_be_focused()
        expect(page.locator("#step_what")).to_have_value("")
        page.keyboard.type("Open the firewall")
        page.locator("#step_who").select_option(label="Tomas Ruiz")
        page.get_by_role("button", name="Add next step").click()
        expect(page.locator("#steps")).to_contain_text("Open the firewall")
        page.locator("#agenda-title").click()
        page.locator("body").press("d")
        page.keyboard.type("Start with the north site")
        page.keyboard.press("Enter")
        expect(page.locator("#decisions")).to_contain_text("Start with the north site")
        page.fill("#id_notes", "They want June.")
        expect(page.locator("#saved-notes")).to_contain_text("Saved")
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.fill("#id_notes", "They want June, not July.")
        seen.picture("meeting-run")

        page.get_by_role("link", name="Start the close").click()
        page.get_by_role("group", name="Was the goal met?").get_by_label("Yes").check()
        page.get_by_label("What is the outcome of the next meeting?").fill("The data is in")
        seen.picture("meeting-close")
        page.get_by_role("button", name="Close the meeting").click()
        expect(page.locator("main")).to_contain_text("Outcome")
        page.get_by_role("link", name="Follow-up mail").click()
        draft = page.locator("#followup-body").input_value()
        assert "- Start with the north site" in draft
        assert "- Tomas Ruiz: Open the firewall" in draft
        assert "June" not in draft
        page.fill("#followup-subject", "What & when")
        assert "subject=What%20%26%20when" in page.locator("[data-mailto]").get_attribute("href")
        seen.goto("/w/acme/tasks/")
        expect(page.get_by_role("link", name="Send the data template", exact=True)).to_have_count(1)
    with tenant_context(cast.tenant):
        meeting = Meeting.objects.get()
        assert (meeting.status, meeting.goal_met, meeting.notes) == ("held", "yes", "They want June, not July.")
        assert Decision.objects.get().text == "Start with the north site"
        assert Task.objects.get().assignee == cast.cass


def test_five_minutes_before_the_end_it_is_time_to_close(browser, live_server, cast):
    with tenant_context(cast.tenant):
        begun = make.now() - dt.timedelta(minutes=54, seconds=58)
        make.running(cast, cast.account, starts_at=begun)
        pk = Meeting.objects.get().pk
    with window(browser, live_server.url, size=PHONE, touch=True) as seen:
        sign_in(seen)
        seen.goto(f"/w/acme/meetings/{pk}/run/")
        expect(seen.page.locator("[data-cue]")).to_be_visible()
        expect(seen.page.locator("[data-say]")).to_contain_text("Time to close")
        assert not seen.scrolls_sideways()
        seen.picture("meeting-run-closing-390")


def test_begun_days_early_it_says_for_when_it_was_planned(browser, live_server, cast):
    with tenant_context(cast.tenant):
        meeting = make.planned(cast, cast.account, starts_at=make.now() + dt.timedelta(days=8))
        meetings.start(meeting, by=cast.cass)
    with window(browser, live_server.url) as seen:
        sign_in(seen)
        seen.goto(f"/w/acme/meetings/{meeting.pk}/run/")
        expect(seen.page.locator("[data-left]")).to_contain_text("Planned for")


def test_notes_that_meet_anothers_are_not_lost(browser, live_server, cast):
    with tenant_context(cast.tenant):
        meeting = make.running(cast, cast.account)
    with window(browser, live_server.url) as seen:
        sign_in(seen)
        seen.goto(f"/w/acme/meetings/{meeting.pk}/run/")
        with tenant_context(cast.tenant):
            meetings.note(meeting, "Lee wrote this.", by=cast.lee)
        seen.page.fill("#id_notes", "Cass wrote that.")
        expect(seen.page.locator("#notes-state")).to_contain_text("Lee wrote this.")
        expect(seen.page.locator("#id_notes")).to_have_value("Cass wrote that.")
        seen.page.get_by_role("button", name="Keep mine").click()
        expect(seen.page.locator("#saved-notes")).to_contain_text("Saved")
        expect(seen.page.locator("#notes-state")).not_to_contain_text("Lee wrote this.")
    with tenant_context(cast.tenant):
        assert Meeting.objects.get().notes == "Cass wrote that."


def running_notes(cast) -> int:
    with tenant_context(cast.tenant):
        return make.running(cast, cast.account).pk


def kept_notes(cast, seen: Window) -> str:
    """What is kept, given the time that a request takes which nobody waits for any more."""
    for _attempt in range(50):
        with tenant_context(cast.tenant):
            if notes := Meeting.objects.get().notes:
                return notes
        seen.page.wait_for_timeout(100)
    return ""


def test_what_was_typed_is_kept_by_whoever_leaves_at_once(browser, live_server, cast):
    pk = running_notes(cast)
    with window(browser, live_server.url) as seen:
        sign_in(seen)
        seen.goto(f"/w/acme/meetings/{pk}/run/")
        seen.page.locator("#id_notes").press_sequentially("They want June — “firm”.")
        seen.page.get_by_role("link", name="Start the close").click()
        seen.page.get_by_role("button", name="Close the meeting").wait_for()
        assert kept_notes(cast, seen) == "They want June — “firm”."


def test_what_was_typed_is_kept_when_the_tab_is_closed_at_once(browser, live_server, cast):
    pk = running_notes(cast)
    with window(browser, live_server.url) as seen:
        sign_in(seen)
        seen.goto(f"/w/acme/meetings/{pk}/run/")
        tab = seen.context.new_page()
        tab.goto(f"{live_server.url}/w/acme/meetings/{pk}/run/")
        tab.locator("#id_notes").press_sequentially("Gone.")
        tab.close(run_before_unload=True)
        assert kept_notes(cast, seen) == "Gone."


def test_notes_go_on_after_another_tab_was_looked_at(browser, live_server, cast):
    pk = running_notes(cast)
    with window(browser, live_server.url) as seen:
        sign_in(seen)
        seen.goto(f"/w/acme/meetings/{pk}/run/")
        page = seen.page
        page.locator("#id_notes").press_sequentially("One")
        hidden = "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})"
        with page.expect_response(lambda answer: answer.url.endswith("/notes/")):
            page.evaluate(hidden + "; document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator("#saved-notes")).to_contain_text("Saved")
        with page.expect_response(lambda answer: answer.url.endswith("/notes/")) as second:
            page.locator("#id_notes").press_sequentially(" and two")
        assert second.value.status == 200
        with tenant_context(cast.tenant):
            assert Meeting.objects.get().notes == "One and two"


def test_saved_is_told_in_the_time_of_the_workspace(browser, live_server, cast):
    Tenant.objects.filter(pk=cast.tenant.pk).update(timezone="Asia/Kolkata")
    pk = running_notes(cast)
    with window(browser, live_server.url) as seen:
        sign_in(seen)
        seen.goto(f"/w/acme/meetings/{pk}/run/")
        with seen.page.expect_response(lambda answer: answer.url.endswith("/notes/")):
            seen.page.fill("#id_notes", "They want June.")
        there = zoneinfo.ZoneInfo("Asia/Kolkata")
        now = dt.datetime.now(there)
        times = [f"Saved {now - dt.timedelta(minutes=n):%H:%M}" for n in (0, 1)]
        expect(seen.page.locator("#saved-notes")).to_have_text(re.compile("|".join(times)))


def _pages(cast) -> dict[str, str]:
    with tenant_context(cast.tenant):
        planned = make.planned(cast, cast.account, starts_at=make.now() + dt.timedelta(minutes=5))
        running, held = make.running(cast, cast.account, title="Weekly call"), make.held(cast, cast.account)
        make.next_step(cast, running)
        make.decided(cast, running)
        outcomes.decide(held, "Start with the north site.", by=cast.cass)
        make.next_step(cast, held)
    account = cast.account.pk
    return {
        "meetings": "meetings/", "meetings-of-account": f"accounts/{account}/meetings/", "home": "",
        "meeting-form": f"accounts/{account}/meetings/new/?kind=kickoff", "meeting": f"meetings/{planned.pk}/",
        "meeting-held": f"meetings/{held.pk}/", "run": f"meetings/{running.pk}/run/",
        "close": f"meetings/{running.pk}/close/", "followup": f"meetings/{held.pk}/followup/",
        "people": f"accounts/{account}/people/", "people-chart": f"accounts/{account}/people/?view=chart",
    }  # fmt: skip


def test_the_pages_are_for_everybody(browser, live_server, cast):
    pages = _pages(cast)
    with window(browser, live_server.url) as seen:
        sign_in(seen)
        for name, path in pages.items():
            seen.goto(f"/w/acme/{path}")
            seen.checked(name)
