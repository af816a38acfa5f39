"""The kickoff: prepared from the handoff, held, and what it confirmed or corrected."""

import datetime as dt

import pytest

from accounts.actions.errors import Conflict, Refused
from accounts.calendar import local_today
from accounts.models import Event
from accounts.tenancy.context import tenant_context
from journeys.meetings.models import Meeting
from journeys.models import SpicedConfirmation, SpicedEntry
from journeys.onboarding.actions import kickoffs
from journeys.onboarding.models import FirstImpact, Kickoff
from journeys.plans.models import Plan
from tests.factories.accounts import ContactFactory
from tests.factories.meetings import now
from tests.factories.onboarding import accepted, kickoff


def test_it_is_prepared_with_what_the_handoff_knows(acme):
    row = kickoff(acme)
    assert "Austin wanted the other product" in row.pitfalls
    assert row.our_part.startswith("Cass of Acme: leads")
    assert "Until day 30" in row.first_months


def test_its_agenda_asks_what_nobody_knew(acme):
    handoff = accepted(acme, not_known=("decision",))
    points = kickoffs.agenda_of(Kickoff.objects.get(handoff=handoff))
    asked = handoff.agenda_items.get().text
    assert [asked] == [point["title"] for point in points if point["title"] == asked]


def test_it_is_scheduled_once_with_people_who_are_known(acme):
    row = kickoff(acme)
    elena = ContactFactory(account=row.account, name="Elena Brandt", title="COO", buying_role="decider")
    at = now() + dt.timedelta(days=3)
    row = kickoffs.schedule(row, starts_at=at, minutes=60, attendees=[acme.cass, elena], by=acme.cass)
    meeting = Meeting.objects.get()
    assert (row.meeting, meeting.kind) == (meeting, "kickoff")
    them = meeting.attendees.get(contact=elena)
    assert (them.role, them.context) == ("Decider", "COO, Decider, stance unknown")
    with pytest.raises(Conflict):
        kickoffs.schedule(row, starts_at=at, minutes=60, by=acme.cass)
    assert Meeting.objects.count() == 1


def test_held_it_sets_the_second_clock_once(acme):
    row = kickoff(acme)
    today = local_today(acme.tenant)
    with pytest.raises(Refused):
        kickoffs.hold(row, on=today + dt.timedelta(days=1), by=acme.cass)
    kickoffs.hold(row, on=today, by=acme.cass)
    kickoffs.hold(row, on=today - dt.timedelta(days=1), by=acme.cass)
    assert FirstImpact.objects.get().kickoff_on == today
    assert Event.objects.filter(kind="kickoff.held").count() == 1


def test_the_plan_is_agreed_by_us_after_the_kickoff(acme):
    row = kickoff(acme)
    with pytest.raises(Refused):
        kickoffs.finalise(row, by=acme.cass)
    kickoffs.hold(row, on=local_today(acme.tenant), by=acme.cass)
    assert kickoffs.finalise(row, by=acme.cass).user == acme.cass
    assert Plan.objects.get().status == "running"


def test_the_later_of_two_writers_is_told(acme):
    row = kickoff(acme)
    kickoffs.edit(row, {"keys": "One room"}, by=acme.cass, version=1)
    with pytest.raises(Conflict) as conflict:
        kickoffs.edit(row, {"keys": "Two rooms"}, by=acme.lee, version=1)
    assert conflict.value.current.keys == "One room"


# -- pages ------------------------------------------------------------------


@pytest.fixture
def stage(acme_cast):
    with tenant_context(acme_cast.tenant):
        row = kickoff(acme_cast)
        acme_cast.account = row.account
        acme_cast.elena = ContactFactory(account=row.account, name="Elena Brandt")
        acme_cast.entry = SpicedEntry.objects.get(letter="pain")
    return acme_cast


def test_the_page_goes_from_prepared_to_agreed(stage, page):
    cass = page(stage.cass, stage.tenant)
    here = f"/accounts/{stage.account.pk}"
    assert b"The rep proposed" in cass.get(f"{here}/kickoff/").content or b"No date yet" in cass.get(
        f"{here}/kickoff/").content  # fmt: skip
    day = local_today(stage.tenant)
    said = {"starts_on": (day + dt.timedelta(days=2)).isoformat(), "starts": "10:00", "minutes": 45, "place": "Room 2"}
    assert cass.get(f"{here}/kickoff/schedule/").status_code == 200
    assert cass.post(f"{here}/kickoff/schedule/", said).status_code == 302
    assert b"Room 2" in cass.get(f"{here}/kickoff/").content
    assert cass.post(f"{here}/kickoff/held/", {"on": day.isoformat()}).status_code == 302
    assert cass.post(f"{here}/kickoff/finalise/").status_code == 302
    assert b"Version 1 is agreed" in cass.get(f"{here}/kickoff/").content


def test_what_they_say_is_confirmed_or_corrected_and_the_page_shows_the_difference(stage, page):
    cass = page(stage.cass, stage.tenant)
    at = f"/accounts/{stage.account.pk}/kickoff/said/{stage.entry.pk}/"
    same = {"statement": stage.entry.statement}
    assert cass.post(at, same).status_code == 422, "unchanged, and nobody said who confirmed it"
    assert cass.post(at, same | {"said_by": stage.elena.pk}).status_code == 302
    new = {"statement": "Three plans a week contradict each other.", "said_by": stage.elena.pk}
    assert cass.post(at, new).status_code == 302
    html = cass.get(f"/accounts/{stage.account.pk}/kickoff/").content.decode()
    assert "Three plans a week" in html
    assert "Two plans a week" in html
    assert "Corrected" in html
    with tenant_context(stage.tenant):
        later = SpicedEntry.objects.get(replaces=stage.entry)
        assert (later.source, later.said_by) == ("kickoff", stage.elena)
        assert SpicedConfirmation.objects.filter(contact=stage.elena).count() == 2


def test_first_impact_is_defined_reached_and_taken_back_on_its_pages(stage, page):
    cass = page(stage.cass, stage.tenant)
    here = f"/accounts/{stage.account.pk}/first-impact"
    with tenant_context(stage.tenant):
        impact = FirstImpact.objects.get()
    said = {"objective": impact.objective_id, "definition": "All users logged in", "times": 1, "users": 1}
    assert cass.post(f"{here}/define/", said | {"version": impact.version}).status_code == 302
    assert b"somebody got in" in cass.get(f"/accounts/{stage.account.pk}/kickoff/").content
    assert b"Day " in cass.get(f"{here}/panel/").content
    assert cass.post(f"{here}/define/", said | {"version": 0, "definition": "Else"}).status_code == 409
    day = local_today(stage.tenant).isoformat()
    assert cass.post(f"{here}/reach/", {"on": day}).status_code == 422
    assert cass.post(f"{here}/reach/", {"on": day, "evidence": "4 days in June"}).status_code == 302
    assert b"Reached in" in cass.get(f"{here}/panel/").content
    assert cass.post(f"{here}/reopen/").status_code == 302
    with tenant_context(stage.tenant):
        assert FirstImpact.objects.get().reached_on is None


def test_a_reader_may_look_and_not_touch(stage, page):
    vera = page(stage.vera, stage.tenant)
    here = f"/accounts/{stage.account.pk}"
    assert vera.get(f"{here}/kickoff/").status_code == 200
    for path in ("kickoff/edit/", "kickoff/held/", "first-impact/reach/", "onboarding/hold/"):
        assert vera.post(f"{here}/{path}").status_code == 403
