"""The pages of meetings, as people of either permission see them."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from icalendar import Calendar

from accounts.models import Task
from accounts.tenancy.context import tenant_context
from journeys.meetings.actions import agenda, attendees, meetings
from journeys.meetings.forms.schedule import named_in
from journeys.meetings.models import Decision, Mail, Meeting, NextStep
from tests.factories import meetings as make
from tests.factories.accounts import AccountFactory, ContactFactory


@pytest.fixture
def cass(acme_cast, page):
    return page(acme_cast.cass, acme_cast.tenant)


def made(cast: SimpleNamespace, how: str = "planned", **values: object) -> Meeting:
    with tenant_context(cast.tenant):
        return getattr(make, how)(cast, **values)


def now_of(cast: SimpleNamespace, meeting: Meeting) -> Meeting:
    with tenant_context(cast.tenant):
        return Meeting.objects.get(pk=meeting.pk)


FIELDS = {
    "kind": "kickoff", "title": "Kickoff", "goal": "Agree on June.", "starts_on": "2027-03-29", "starts": "09:30",
    "minutes": "45", "place": "Room 4", "point_0": "Goals", "point_minutes_0": "30", "point_1": "Close",
    "point_minutes_1": "20",
}  # fmt: skip


def test_a_meeting_is_scheduled_at_the_workspaces_time(acme_cast, cass):
    acme_cast.tenant.timezone = "Europe/Berlin"
    acme_cast.tenant.save()
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(csm=acme_cast.cass)
        contact = ContactFactory(account=account)
    answer = cass.post(
        f"/accounts/{account.pk}/meetings/new/",
        FIELDS | {"contacts": [contact.pk], "users": [acme_cast.cass.pk], "invite": "1"},
        follow=True,
    )
    assert answer.status_code == 200
    assert b"The agenda takes 50 minutes and the meeting has 45." in answer.content
    with tenant_context(acme_cast.tenant):
        meeting = Meeting.objects.get()
        assert meeting.starts_at == dt.datetime(2027, 3, 29, 7, 30, tzinfo=dt.UTC)
        assert meeting.minutes == 45
        assert [point.title for point in meeting.agenda.all()] == ["Goals", "Close"]
        assert {each.email for each in Mail.objects.all()} == {"cass@acme.test", contact.email}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_year_typed_wrong_is_asked_about(acme_cast, cass, day):
    with tenant_context(acme_cast.tenant):
        place = f"/accounts/{AccountFactory(csm=acme_cast.cass).pk}/meetings/new/"
    answer = cass.post(place, FIELDS | {"starts_on": day})
    assert answer.status_code == 422
    assert "Look at the year" in answer.content.decode()
    with tenant_context(acme_cast.tenant):
        assert not Meeting.objects.exists()


def test_without_the_word_nobody_is_mailed(acme_cast, cass):
    with tenant_context(acme_cast.tenant):
        account = AccountFactory()
        contact = ContactFactory(account=account)
    cass.post(f"/accounts/{account.pk}/meetings/new/", FIELDS | {"contacts": [contact.pk]})
    with tenant_context(acme_cast.tenant):
        assert (Meeting.objects.count(), Mail.objects.count()) == (1, 0)


def test_a_contact_of_another_account_is_no_choice(acme_cast, cass):
    with tenant_context(acme_cast.tenant):
        account, stranger = AccountFactory(), ContactFactory()
    answer = cass.post(f"/accounts/{account.pk}/meetings/new/", FIELDS | {"contacts": [stranger.pk]})
    assert answer.status_code == 422
    with tenant_context(acme_cast.tenant):
        assert not Meeting.objects.exists()


def test_an_older_version_is_shown_both_values(acme_cast, cass):
    meeting = made(acme_cast)
    with tenant_context(acme_cast.tenant):
        meetings.edit(meeting, {"title": "Kickoff in Austin"}, by=acme_cast.lee)
    answer = cass.post(f"/meetings/{meeting.pk}/edit/", FIELDS | {"version": "1"})
    assert answer.status_code == 409
    assert "Saved meanwhile: “Kickoff in Austin”." in answer.content.decode()
    assert now_of(acme_cast, meeting).title == "Kickoff in Austin"


def test_the_page_before_a_meeting_says_what_one_should_know(acme_cast, cass):
    meeting = made(acme_cast)
    text = cass.get(f"/meetings/{meeting.pk}/").content.decode()
    for words in (
        "What we know",
        "Nothing yet. Ask.",
        "Open objectives",
        "Last touches",
        "Open tasks",
        "Read the handoff",
    ):
        assert words in text


def test_the_call_is_run_from_start_to_close(acme_cast, cass):
    meeting = made(acme_cast, starts_at=make.now() - dt.timedelta(minutes=2))
    at = f"/meetings/{meeting.pk}"
    assert "Start the meeting" in cass.get(f"{at}/run/").content.decode()
    assert cass.post(f"{at}/run/").status_code == 302
    text = cass.get(f"{at}/run/").content.decode()
    assert "data-clock" in text
    assert "Start the close" in text
    assert f'value="u{acme_cast.cass.pk}" selected' in text
    with tenant_context(acme_cast.tenant):
        point = meeting.agenda.first()
        theirs = meeting.attendees.get(user=None)
    cass.post(f"/agenda-points/{point.pk}/tick/", {"done": "1"})
    cass.post(f"{at}/decisions/", {"text": "North first."})
    cass.post(f"{at}/steps/", {"what": "Send the template", "who": f"u{acme_cast.cass.pk}", "due_on": "2027-04-05"})
    cass.post(f"{at}/steps/", {"what": "Open the firewall", "who": f"c{theirs.contact_id}", "due_on": "2027-04-06"})
    cass.post(f"{at}/notes/", {"notes": "They want June.", "version": "1"})
    answer = cass.post(
        f"{at}/close/",
        {"goal_met": "yes", "ready": "yes", "next_outcome": "Data is in", "next_async": "no", "attended": [theirs.pk]},
        follow=True,
    )
    assert "Follow-up mail" in answer.content.decode()
    with tenant_context(acme_cast.tenant):
        meeting = Meeting.objects.get()
        assert (meeting.status, meeting.goal_met, meeting.notes) == ("held", "yes", "They want June.")
        assert (meeting.next_async, meeting.ready_to_go_on) == (False, True)
        assert Decision.objects.get().text == "North first."
        assert list(NextStep.objects.values_list("what", "side")) == [
            ("Send the template", "us"), ("Open the firewall", "them"),
        ]  # fmt: skip
        assert Task.objects.get().assignee == acme_cast.cass
    draft = cass.get(f"{at}/followup/").content.decode()
    assert "- North first." in draft
    assert "They want June." not in draft
    assert "They want June." in cass.get(f"{at}/followup/?notes=1").content.decode()


def test_notes_of_two_people_are_both_kept_in_sight(acme_cast, cass):
    meeting = made(acme_cast, "running")
    with tenant_context(acme_cast.tenant):
        meetings.note(meeting, "They want July.", by=acme_cast.lee, version=1)
    headers = {"HX-Request": "true"}
    said = {"notes": "June", "version": "1"}
    answer = cass.post(f"/meetings/{meeting.pk}/notes/", said, headers=headers)
    assert answer.status_code == 409
    assert "They want July." in answer.content.decode()
    assert now_of(acme_cast, meeting).notes == "They want July."
    answer = cass.post(
        f"/meetings/{meeting.pk}/notes/", {"notes": "June", "version": "1", "over": "2"}, headers=headers
    )
    assert answer.status_code == 200
    assert now_of(acme_cast, meeting).notes == "June"


def test_whoever_may_only_read_runs_no_meeting(acme_cast, page):
    meeting = made(acme_cast, "running")
    vera = page(acme_cast.vera, acme_cast.tenant)
    assert vera.get(f"/meetings/{meeting.pk}/").status_code == 200
    assert vera.post(f"/meetings/{meeting.pk}/notes/", {"notes": "x"}).status_code == 403
    assert vera.post(f"/meetings/{meeting.pk}/close/", {"goal_met": "yes"}).status_code == 403
    assert now_of(acme_cast, meeting).status == "running"


def test_a_sales_rep_finds_the_meetings_of_what_they_sell(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        sold = make.planned(acme_cast, AccountFactory(ae=acme_cast.sal), title="Kickoff of theirs")
        other = make.planned(acme_cast, title="Kickoff of others")
    sal = page(acme_cast.sal, acme_cast.tenant)
    text = sal.get("/meetings/?scope=all").content.decode()
    assert "Kickoff of theirs" in text
    assert "Kickoff of others" not in text
    assert sal.get(f"/meetings/{sold.pk}/").status_code == 200
    assert sal.get(f"/meetings/{other.pk}/").status_code == 404


def test_mine_are_those_that_i_attend(acme_cast, page, cass):
    made(acme_cast)
    assert "Kickoff" in cass.get("/meetings/").content.decode()
    dee = page(acme_cast.dee, acme_cast.tenant)
    assert "No meetings here" in dee.get("/meetings/").content.decode()
    assert "Kickoff" in dee.get("/meetings/?scope=all").content.decode()


def test_the_list_asks_as_few_questions_for_twenty_as_for_one(acme_cast, cass, django_assert_max_num_queries):
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(csm=acme_cast.cass)
        for days in range(1, 20):
            make.planned(acme_cast, account, starts_at=make.now() + dt.timedelta(days=days))
    cass.get("/meetings/")
    with django_assert_max_num_queries(12):
        assert cass.get("/meetings/").content.decode().count("Prepare") == 19


def test_home_shows_todays(acme_cast, cass):
    made(acme_cast, starts_at=make.now())
    assert "Meetings today" in cass.get("/").content.decode()


def test_only_points_that_are_done_have_a_check_mark(acme_cast, cass):
    meeting = made(acme_cast, "running")
    with tenant_context(acme_cast.tenant):
        first, count = meeting.agenda.first(), meeting.agenda.count()
        agenda.tick(first, done=True)
    shown = cass.get(f"/meetings/{meeting.pk}/run/").content.decode()
    buttons = re.findall(r"<button[^>]*aria-pressed.*?</button>", shown, re.S)
    assert [("<svg" in button) for button in buttons] == [True] + [False] * (count - 1)


def test_the_file_is_for_calendars(acme_cast, cass):
    meeting = made(acme_cast)
    answer = cass.get(f"/meetings/{meeting.pk}/file/")
    assert answer["Content-Type"].startswith("text/calendar")
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["dtstart"].dt.astimezone(dt.UTC) == meeting.starts_at


def test_the_next_one_goes_on_from_what_was_agreed(acme_cast, cass):
    meeting = made(acme_cast, "held")
    with tenant_context(acme_cast.tenant):
        Meeting.objects.update(next_outcome="The data is in")
    at = f"/accounts/{meeting.account_id}/meetings/new/?after={meeting.pk}"
    assert "The data is in" in cass.get(at).content.decode()
    cass.post(at, FIELDS)
    with tenant_context(acme_cast.tenant):
        assert Meeting.objects.get(status="planned").follows == meeting


def test_what_follows_a_kickoff_is_a_regular_meeting_with_those_who_were_agreed(acme_cast, cass):
    with tenant_context(acme_cast.tenant):
        meeting = make.held(acme_cast, kind="kickoff", title="Kickoff of the north site")
        account = meeting.account
        elena, tomas, gone = (
            ContactFactory(account=account, name=name) for name in ("Elena Brandt", "Tomas Ruiz", "Nadia Falk")
        )
        ContactFactory(account=account, name="Ida Berg")
        for contact in (elena, tomas, gone):
            attendees.add(meeting, contact)
        Meeting.objects.update(next_outcome="The data is in", next_people="Elena, Ida Berg and their IT")
    at = f"/accounts/{account.pk}/meetings/new/?after={meeting.pk}"
    form = cass.get(at).context["form"]
    assert (form["kind"].value(), form["title"].value()) == ("cadence", f"Regular meeting with {account.name}")
    assert [title.value() for title, _minutes in form.points][:4] == [
        "Next steps from last time", "The data is in", "Close: what is next", None,
    ]  # fmt: skip
    assert sorted(person.name for person in form.initial["contacts"]) == ["Elena Brandt", "Ida Berg"]
    assert cass.get(f"{at}&kind=review").context["form"]["kind"].value() == "review"
    with tenant_context(acme_cast.tenant):
        Meeting.objects.update(next_people="")
    everybody = cass.get(at).context["form"].initial["contacts"]
    assert {"Elena Brandt", "Tomas Ruiz", "Nadia Falk"} <= {person.name for person in everybody}


def test_a_first_name_that_two_have_names_neither():
    names = ["Elena Brandt", "Elena Diaz", "Tom Ruiz"]
    assert named_in("Elena and Tom", names) == ["Tom Ruiz"]
    assert named_in("elena diaz, Tomas", names) == ["Elena Diaz"]


def test_a_cancelled_meeting_says_so(acme_cast, cass):
    meeting = made(acme_cast)
    cass.post(f"/meetings/{meeting.pk}/cancel/", {"reason": "Their COO is ill.", "version": "1"})
    assert "Their COO is ill." in cass.get(f"/meetings/{meeting.pk}/").content.decode()


def test_an_agenda_grows_to_thirty_points_and_says_so(acme_cast, cass):
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(csm=acme_cast.cass)
    short = {name: value for name, value in FIELDS.items() if not name.startswith("point")}
    points = {f"point_{n}": f"Point {n}" for n in range(30)}
    at = f"/accounts/{account.pk}/meetings/new/"
    refused = cass.post(at, short | points | {"point_40": "One more"})
    assert refused.status_code == 422
    assert "At most 30 points on the agenda, please." in refused.content.decode()
    assert 'value="One more"' in refused.content.decode()
    assert cass.post(at, short | points).status_code == 302
    with tenant_context(acme_cast.tenant):
        meeting = Meeting.objects.get()
        assert [point.title for point in meeting.agenda.all()] == [f"Point {n}" for n in range(30)]
    form = cass.get(f"/meetings/{meeting.pk}/edit/").content.decode()
    assert 'value="Point 29"' in form
