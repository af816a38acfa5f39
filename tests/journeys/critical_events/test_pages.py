"""The pages of critical events: what they show, what they take, what they cost."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.actions import accounts
from accounts.calendar import local_today
from accounts.models import Event
from accounts.tenancy.context import tenant_context
from journeys.actions import spiced
from journeys.critical_events import timelines
from journeys.critical_events.actions import events, steps
from journeys.critical_events.models import CriticalEvent, DiscoveryAnswer, Nurture, Stakeholder, TimelineStep
from journeys.models import SpicedEntry
from tests.factories import critical_events as factory
from tests.factories import plans as plan_factory
from tests.factories.accounts import AccountFactory, ContactFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NO_LINES = {"step-TOTAL_FORMS": "0", "step-INITIAL_FORMS": "0"}


@pytest.fixture
def story(acme_cast):
    with tenant_context(acme_cast.tenant):
        event = factory.planned(acme_cast, AccountFactory(csm=acme_cast.cass, ae=acme_cast.sal, industry="Logistics"))
        return event, timelines.steps_of(event)


@pytest.fixture
def cass(acme_cast, page):
    return page(acme_cast.cass, acme_cast.tenant)


def inside(cast):
    return tenant_context(cast.tenant)


def test_three_prompts_make_an_event_with_its_way(acme_cast, cass):
    with inside(acme_cast):
        account = AccountFactory(csm=acme_cast.cass)
        ida = ContactFactory(account=account, name="Ida")
        day = local_today(acme_cast.tenant) + 100 * DAY
    assert "What has to happen, last step first?" in cass.get(f"/accounts/{account.pk}/critical-events/find/").text
    said = {
        "title": "Peak", "kind": "date", "due_on": day.isoformat(), "country": "de", "consequence": "Chaos",
        "value_minor": "310,000", "said_by": ida.pk, "threshold": "5", "step-TOTAL_FORMS": "2",
        "step-INITIAL_FORMS": "0",
        "step-0-title": "Live", "step-0-days": "3", "step-0-side": "us", "step-1-title": "", "step-1-days": "1",
    }  # fmt: skip
    answer = cass.post(f"/accounts/{account.pk}/critical-events/find/", said)
    with inside(acme_cast):
        event = CriticalEvent.objects.get()
        assert answer.headers["Location"].endswith(f"/critical-events/{event.pk}/")
        assert (event.country, event.value_minor, event.said_by) == ("DE", 310_000_00, ida)
        assert [(step.title, step.days) for step in timelines.steps_of(event)] == [("Live", 3)]
        assert SpicedEntry.objects.get().source == "call"


def test_a_wrong_prompt_comes_back_with_its_reason(acme_cast, cass):
    with inside(acme_cast):
        account = AccountFactory()
    answer = cass.post(f"/accounts/{account.pk}/critical-events/find/", {"title": "Peak", "kind": "date"} | NO_LINES)
    assert answer.status_code == 422
    assert "Say the day." in cass.post(
        f"/accounts/{account.pk}/critical-events/find/", {"title": "Peak", "kind": "date", "country": "US"} | NO_LINES
    ).text  # fmt: skip
    with inside(acme_cast):
        assert not CriticalEvent.objects.exists()


def test_what_spiced_knows_is_offered_and_taken_up(acme_cast, cass):
    with inside(acme_cast):
        account = AccountFactory()
        day = local_today(acme_cast.tenant) + 50 * DAY
        entry = spiced.say(
            account, "critical_event", "Audit", source="handoff", occurred_on=day, by=acme_cast.sal, due_on=day
        )
    assert f"?entry={entry.pk}" in cass.get(f"/accounts/{account.pk}/critical-events/").text
    text = cass.get(f"/accounts/{account.pk}/critical-events/find/?entry={entry.pk}").text
    assert 'value="Audit"' in text
    said = {"title": "Audit", "kind": "date", "due_on": day.isoformat(), "country": "US", "entry": entry.pk} | NO_LINES
    assert cass.post(f"/accounts/{account.pk}/critical-events/find/", said).status_code == 302
    with inside(acme_cast):
        assert SpicedEntry.objects.count() == 1
    assert f"?entry={entry.pk}" not in cass.get(f"/accounts/{account.pk}/critical-events/").text


def test_the_event_stands_on_top_and_forward_turns_the_line(story, cass):
    event, _ = story
    text = cass.get(f"/critical-events/{event.pk}/").text
    way = text[text.index('class="way"') :]
    assert way.index("Peak season") < way.index("Shifts planned") < way.index("Shift leads")
    assert "Add the step before this" in text
    assert factory.CONSEQUENCE in text
    text = cass.get(f"/critical-events/{event.pk}/?way=forward").text
    way = text[text.index('class="way"') :]
    assert way.index("Shift leads") < way.index("Shifts planned") < way.index("Peak season")


def test_a_late_step_says_since_when_and_what_it_endangers(acme_cast, story, cass):
    event, rows = story
    with inside(acme_cast):
        today = local_today(acme_cast.tenant)
        events.edit(event, {"due_on": today + 3 * DAY}, by=acme_cast.cass)
    text = cass.get(f"/critical-events/{event.pk}/").text
    assert "Should have started " in text
    assert "Endangers “Shifts planned in the new tool”, “Peak season”" in text
    assert "At this pace it is" in text
    assert "Peak season" in cass.get("/critical-events/?tab=late").text
    assert rows[0].title


def test_without_a_consequence_the_page_says_compelling_and_asks(acme_cast, cass):
    with inside(acme_cast):
        event = factory.compelling(acme_cast)
    text = cass.get(f"/critical-events/{event.pk}/").text
    assert "Only a compelling event" in text
    assert "What happens if that day goes by?" in text
    assert event.title in cass.get("/critical-events/?tab=compelling").text


@pytest.mark.parametrize(("verb", "check"), [
    ("start", lambda step: step.started_on is not None),
    ("done", lambda step: step.done_at is not None),
    ("drop", lambda step: step.dropped_at is not None),
])  # fmt: skip
def test_buttons_on_a_step(acme_cast, story, cass, verb, check):
    _, rows = story
    assert cass.post(f"/critical-event-steps/{rows[0].pk}/{verb}/").status_code == 302
    with inside(acme_cast):
        assert check(TimelineStep.objects.get(pk=rows[0].pk))


def test_steps_are_added_changed_moved_and_reopened(acme_cast, story, cass):
    event, rows = story
    said = {"title": "Data brought over", "days": "4", "side": "joint", "slack": "0"}
    assert cass.post(f"/critical-events/{event.pk}/steps/add/", said).status_code == 302
    assert cass.post(f"/critical-events/{event.pk}/steps/add/", said | {"days": "0"}).status_code == 422
    change = said | {"title": "Trained twice", "version": rows[1].version}
    assert cass.post(f"/critical-event-steps/{rows[1].pk}/edit/", change).status_code == 302
    stale = cass.post(f"/critical-event-steps/{rows[1].pk}/edit/", change | {"title": "Trained once"})
    assert (stale.status_code, "Saved meanwhile: “Trained twice”." in stale.text) == (409, True)
    cass.post(f"/critical-event-steps/{rows[1].pk}/move/", {"to": "later"})
    with inside(acme_cast):
        titles = [step.title for step in timelines.steps_of(event)]
        assert titles == ["Trained twice", "Shifts planned in the new tool", "Data brought over"]
        steps.done(rows[0], by=acme_cast.cass)
    cass.post(f"/critical-event-steps/{rows[0].pk}/reopen/")
    with inside(acme_cast):
        assert TimelineStep.objects.done().count() == 0


def test_steps_go_into_the_plan(acme_cast, story, cass):
    event, rows = story
    cass.post(f"/critical-events/{event.pk}/steps/push/")
    with inside(acme_cast):
        assert not TimelineStep.objects.exclude(plan_step=None).exists()
        plan_factory.empty(acme_cast, event.account)
    assert "Put the steps into the impact plan" in cass.get(f"/critical-events/{event.pk}/").text
    cass.post(f"/critical-event-steps/{rows[0].pk}/push/")
    cass.post(f"/critical-events/{event.pk}/steps/push/")
    with inside(acme_cast):
        assert TimelineStep.objects.exclude(plan_step=None).count() == 2
    assert "In the impact plan" in cass.get(f"/critical-events/{event.pk}/").text


def test_those_who_gain_are_named_and_invited(acme_cast, story, cass):
    event, _ = story
    with inside(acme_cast):
        ida = ContactFactory(account=event.account, name="Ida")
        other = ContactFactory()
    at = f"/critical-events/{event.pk}"
    assert cass.post(f"{at}/stakeholders/add/", {"contact": other.pk, "gains": "Sleep"}).status_code == 422
    assert cass.post(f"{at}/stakeholders/add/", {"contact": ida.pk, "gains": "Sleep"}).status_code == 302
    with inside(acme_cast):
        row = Stakeholder.objects.get()
    cass.post(f"/critical-event-stakeholders/{row.pk}/edit/", {"gains": "More sleep", "version": row.version})
    assert "More sleep" in cass.get(f"{at}/").text
    day = dt.date.today() + 3 * DAY
    said = {"on": day.isoformat(), "starts": "10:00", "minutes": "50", "place": "Room 4"}
    assert cass.post(f"{at}/meeting/", said).status_code == 302
    assert "Stakeholder meeting" in cass.get(f"{at}/").text
    assert cass.post(f"{at}/meeting/", said).status_code == 422
    cass.post(f"/critical-event-stakeholders/{row.pk}/remove/")
    with inside(acme_cast):
        assert not Stakeholder.objects.exists()


def test_the_message_is_written_out_and_kept_as_sent(acme_cast, story, cass):
    event, _ = story
    text = cass.get(f"/critical-events/{event.pk}/message/").text
    assert "To be in time, counted back from that day:" in text
    assert "mailto:" in text
    assert cass.post(f"/critical-events/{event.pk}/message/", {"subject": "", "text": "x"}).status_code == 422
    said = {"subject": "Peak season", "text": "1 June: peak season."}
    assert cass.post(f"/critical-events/{event.pk}/message/", said).status_code == 302
    with inside(acme_cast):
        assert Event.objects.get(kind="critical_event.message_sent").facts["body"] == "1 June: peak season."


def test_who_goes_dark_gets_stories_until_they_answer(acme_cast, story, cass):
    event, _ = story
    said = {"since": "2026-11-01", "items": "One\n\nTwo", "every_days": "7"}
    assert cass.post(f"/critical-events/{event.pk}/dark/", said).status_code == 302
    assert "No answer since 1 Nov 2026" in cass.get(f"/critical-events/{event.pk}/").text
    assert "Peak season" in cass.get("/critical-events/?tab=dark").text
    cass.post(f"/critical-events/{event.pk}/answered/")
    with inside(acme_cast):
        assert Nurture.objects.get().answered


def test_the_event_is_changed_settled_and_opened_again(acme_cast, story, cass):
    event, _ = story
    said = {"title": "High season", "kind": "date", "due_on": event.due_on.isoformat(), "country": "US"}
    assert cass.post(f"/critical-events/{event.pk}/edit/", said | {"version": event.version}).status_code == 302
    assert cass.post(f"/critical-events/{event.pk}/edit/", said | {"version": 1, "title": "Low"}).status_code == 409
    assert cass.post(f"/critical-events/{event.pk}/settle/?as=withdrawn", {"note": ""}).status_code == 422
    assert cass.post(f"/critical-events/{event.pk}/settle/?as=reached", {"note": "Live"}).status_code == 302
    assert "High season" in cass.get("/critical-events/?tab=past").text
    cass.post(f"/critical-events/{event.pk}/reopen/")
    with inside(acme_cast):
        assert CriticalEvent.objects.get().is_open


def test_questions_are_answered_one_by_one(acme_cast, story, cass):
    event, _ = story
    at = f"/accounts/{event.account_id}/critical-events/answer/?question=missed"
    assert "What happens if that day goes by?" in cass.get(at).text
    assert cass.post(at, {"question": "missed", "text": "Overtime", "on": "2026-11-20"}).status_code == 302
    with inside(acme_cast):
        assert DiscoveryAnswer.objects.get().text == "Overtime"
    assert "Overtime" in cass.get(f"/accounts/{event.account_id}/critical-events/").text
    assert "Overtime" in cass.get(f"/accounts/{event.account_id}/critical-events/find/").text


def test_a_viewer_reads_and_changes_nothing(acme_cast, story, page):
    event, rows = story
    vera = page(acme_cast.vera, acme_cast.tenant)
    text = vera.get(f"/critical-events/{event.pk}/").text
    assert "Add the step before this" not in text
    assert vera.post(f"/critical-event-steps/{rows[0].pk}/done/").status_code == 403
    assert vera.get(f"/critical-events/{event.pk}/message/").status_code == 403


def test_a_rep_sees_the_accounts_they_sell_alone(acme_cast, story, page):
    event, _ = story
    sal = page(acme_cast.sal, acme_cast.tenant)
    with inside(acme_cast):
        hidden = factory.found(acme_cast, title="Hidden")
        done = factory.found(acme_cast, AccountFactory(name="Unseen", industry="Logistics"))
        events.reach(done, by=acme_cast.cass)
    text = sal.get("/critical-events/").text
    assert ("Peak season" in text, "Hidden" in text) == (True, False)
    assert sal.get(f"/critical-events/{hidden.pk}/").status_code == 404
    assert "Unseen" not in sal.get(f"/accounts/{event.account_id}/critical-events/").text
    with inside(acme_cast):
        accounts.archive(event.account, by=acme_cast.ada)
    assert sal.get(f"/critical-events/{event.pk}/").status_code == 404


def test_pages_cost_the_same_however_long_they_are(acme_cast, cass, django_assert_max_num_queries):
    with inside(acme_cast):
        for _ in range(6):
            event = factory.planned(acme_cast)
        for n in range(6):
            factory.step(acme_cast, event, title=f"Step {n}")
    cass.get("/critical-events/")
    for address in (
        "/critical-events/",
        f"/accounts/{event.account_id}/critical-events/",
        f"/critical-events/{event.pk}/",
    ):
        with django_assert_max_num_queries(24):
            assert cass.get(address).status_code == 200
