"""The life of a meeting, by its actions."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from accounts.actions import tasks
from accounts.actions.errors import Conflict, Refused
from accounts.models import Account, AccountState, Event, Task
from journeys.actions import journeys
from journeys.meetings.actions import agenda, attendees, meetings, outcomes
from journeys.meetings.models import Attendee, Meeting, NextStep
from journeys.plans.actions import plans, steps
from journeys.plans.models import Step
from tests.factories import meetings as make
from tests.factories.accounts import AccountFactory, ContactFactory


def kinds(account: object) -> list[str]:
    return list(
        Event.objects.filter(account=account, kind__startswith="meeting.").order_by("id").values_list("kind", flat=True)
    )


def test_a_meeting_is_scheduled_with_its_agenda_and_both_sides(acme: SimpleNamespace) -> None:
    meeting = make.planned(acme)
    first = meeting.agenda.first()
    assert (first.title, first.minutes, meeting.agenda.count()) == ("What the quarter should bring", 20, 3)
    ours, theirs = meeting.attendees.all()
    assert (ours.person, theirs.role, theirs.context) == (acme.cass, "Decides", "Read the handoff")
    assert meeting.organizer == acme.cass
    assert kinds(meeting.account) == ["meeting.scheduled"]


def test_a_meeting_that_ends_before_it_starts_is_refused(acme: SimpleNamespace) -> None:
    start = make.now()
    with pytest.raises(Refused) as refused:
        make.planned(acme, starts_at=start, ends_at=start)
    assert refused.value.errors == {"ends_at": ["A meeting ends after it starts."]}
    assert not Meeting.objects.exists()


def test_a_contact_of_another_account_is_not_on_the_list(acme: SimpleNamespace) -> None:
    meeting = make.planned(acme)
    with pytest.raises(Refused) as refused:
        attendees.add(meeting, ContactFactory())
    assert refused.value.errors == {"attendees": ["This contact belongs to another account."]}
    assert meeting.attendees.count() == 2


def test_nobody_is_on_the_list_twice(acme: SimpleNamespace) -> None:
    meeting = make.planned(acme)
    with pytest.raises(Refused):
        attendees.add(meeting, acme.cass)
    assert meeting.attendees.count() == 2


def test_an_attendee_is_of_one_side(acme: SimpleNamespace) -> None:
    meeting = make.planned(acme)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendee.objects.create(meeting=meeting)


def test_another_time_is_told_as_a_move(acme: SimpleNamespace) -> None:
    meeting = make.planned(acme)
    later = meeting.starts_at + dt.timedelta(days=1)
    moved = meetings.move(meeting, starts_at=later, ends_at=later + make.HOUR, by=acme.cass, version=meeting.version)
    assert moved.starts_at == later
    assert kinds(meeting.account) == ["meeting.scheduled", "meeting.moved"]


def test_who_saves_an_older_version_is_told(acme: SimpleNamespace) -> None:
    meeting = make.planned(acme)
    meetings.edit(meeting, {"title": "Kickoff with the plant"}, by=acme.cass, version=1)
    with pytest.raises(Conflict) as conflict:
        meetings.edit(meeting, {"title": "Kickoff in Austin"}, by=acme.lee, version=1)
    assert conflict.value.current.title == "Kickoff with the plant"


def test_starting_twice_is_joining(acme: SimpleNamespace) -> None:
    meeting = make.running(acme)
    again = meetings.start(meeting, by=acme.lee)
    assert (again.started_by, again.started_at) == (acme.cass, meeting.started_at)
    assert kinds(meeting.account).count("meeting.started") == 1


def test_a_closed_meeting_keeps_the_answers_and_is_a_touch(acme: SimpleNamespace) -> None:
    account = AccountFactory()
    meeting = make.running(acme, account)
    theirs = meeting.attendees.get(user=None)
    closed = meetings.close(
        meeting, goal_met="partly", ready_to_go_on=True, next_outcome="The data is in", next_people="Their IT",
        next_async=True, attended=[theirs.pk], by=acme.cass,
    )  # fmt: skip
    assert (closed.status, closed.goal_met, closed.next_outcome, closed.next_async) == (
        "held",
        "partly",
        "The data is in",
        True,
    )
    assert [attendee.attended for attendee in closed.attendees.order_by("id")] == [False, True]
    assert AccountState.objects.get(account=account).last_touch_at == closed.ended_at
    assert kinds(account) == ["meeting.scheduled", "meeting.started", "meeting.held"]


def test_what_was_held_is_not_closed_again(acme: SimpleNamespace) -> None:
    meeting = make.held(acme)
    with pytest.raises(Conflict):
        meetings.close(meeting, goal_met="no", by=acme.cass)
    meeting.refresh_from_db()
    assert meeting.goal_met == "yes"


def test_what_has_not_begun_is_not_held(acme: SimpleNamespace) -> None:
    meeting = make.planned(acme)
    with pytest.raises(Refused):
        meetings.hold(meeting, by=acme.cass)


def test_a_meeting_somebody_forgot_to_close_ends_when_it_was_planned_to(acme: SimpleNamespace) -> None:
    meeting = make.running(acme)
    closed = meetings.close(meeting, goal_met="yes", by=acme.cass, now=meeting.ends_at + dt.timedelta(hours=20))
    assert closed.ended_at == meeting.ends_at


def test_only_a_planned_meeting_is_cancelled(acme: SimpleNamespace) -> None:
    meeting = make.cancelled(acme)
    assert (meeting.status, meeting.cancel_reason) == ("cancelled", "Their COO is ill.")
    with pytest.raises(Conflict):
        meetings.cancel(make.running(acme), by=acme.cass)


def test_notes_count_their_own_versions_and_lose_nothing(acme: SimpleNamespace) -> None:
    meeting = make.running(acme)
    noted = meetings.note(meeting, "They want June.", by=acme.cass, version=1)
    assert (noted.notes, noted.notes_version, noted.version) == ("They want June.", 2, meeting.version)
    with pytest.raises(Conflict):
        meetings.note(meeting, "They want July.", by=acme.lee, version=1)
    assert meetings.note(meeting, "They want June.", by=acme.cass, version=1).notes_version == 2


def test_our_next_step_is_a_task(acme: SimpleNamespace) -> None:
    step = make.next_step(acme)
    task = Task.objects.get()
    assert (step.task, task.title, task.assignee, task.due_on, task.source) == (
        task, "Send the data template", acme.cass, step.due_on, "meeting",
    )  # fmt: skip
    assert task.account == step.meeting.account


def test_their_next_step_has_no_task(acme: SimpleNamespace) -> None:
    meeting = make.running(acme)
    contact = meeting.attendees.get(user=None).contact
    step = make.next_step(acme, meeting, side="them", user=None, contact=contact)
    assert (step.task, step.owner) == (None, contact.name)
    assert not Task.objects.exists()


def test_an_owner_belongs_to_the_side(acme: SimpleNamespace) -> None:
    meeting = make.running(acme)
    with pytest.raises(Refused):
        make.next_step(acme, meeting, side="them")
    assert not Task.objects.exists()


def test_a_dropped_next_step_drops_its_task(acme: SimpleNamespace) -> None:
    step = make.next_step(acme)
    outcomes.drop_step(step, by=acme.cass)
    assert Task.objects.get().status == "dropped"


def test_a_point_that_stays_keeps_its_tick(acme: SimpleNamespace) -> None:
    meeting = make.running(acme)
    agenda.tick(meeting.agenda.all()[1], done=True)
    agenda.lay_down(meeting, list(reversed(make.AGENDA)))
    assert [(point.title, point.is_done) for point in meeting.agenda.all()] == [
        ("Close", False), ("Who does what until then", True), ("What the quarter should bring", False),
    ]  # fmt: skip


def test_a_point_takes_time(acme: SimpleNamespace) -> None:
    with pytest.raises(Refused) as refused:
        agenda.lay_down(make.planned(acme), [{"title": "Everything", "minutes": 999}])
    assert refused.value.errors == {"agenda": ["“Everything” takes from 1 to 480 minutes."]}


def test_their_next_step_stands_in_the_open_plan(acme: SimpleNamespace) -> None:
    meeting = make.running(acme, onboarding_account(acme))
    contact = meeting.attendees.get(user=None).contact
    step = make.next_step(acme, meeting, side="them", user=None, contact=contact)
    assert (step.step.title, step.step.their_owner, step.step.side) == (step.what, contact, "them")
    outcomes.drop_step(step, by=acme.cass)
    assert Step.objects.get(title=step.what).dropped_at is not None


def test_their_next_step_that_became_ours_too_is_done_with_its_task(acme: SimpleNamespace) -> None:
    """While a step of the plan has a task, the task says whether it is done; what is done is dropped no more."""
    meeting = make.running(acme, onboarding_account(acme))
    step = make.next_step(acme, meeting, side="them", user=None)
    steps.edit(step.step, {"side": "joint", "our_owner": acme.cass}, by=acme.cass)
    tasks.complete(Step.objects.get(pk=step.step_id).task, outcome="achieved", by=acme.cass)
    step = NextStep.objects.select_related("step__task").get()
    assert step.is_done
    outcomes.drop_step(step, by=acme.cass)
    assert Step.objects.get(pk=step.step_id).dropped_at is None


def onboarding_account(cast: SimpleNamespace) -> Account:
    """One with a journey and its plan."""
    account = AccountFactory(csm=cast.cass)
    journeys.begin(account, committed_on=make.now().date(), by=cast.cass)
    plans.draft(account, by=cast.cass)
    return account


def test_another_agenda_is_another_version(acme: SimpleNamespace) -> None:
    meeting = make.planned(acme)
    agenda.lay_down(meeting, make.AGENDA)
    assert Meeting.objects.get().version == meeting.version
    agenda.lay_down(meeting, make.AGENDA[:1])
    with pytest.raises(Conflict):
        meetings.edit(meeting, {"title": meeting.title}, by=acme.lee, version=meeting.version)


def test_what_was_written_down_is_a_change_for_who_asks(acme: SimpleNamespace) -> None:
    meeting = make.running(acme)
    before = Meeting.objects.filter(pk=meeting.pk)
    before.update(updated_at=meeting.starts_at)
    make.decided(acme, meeting)
    now = Meeting.objects.get()
    assert (now.updated_at > meeting.starts_at, now.version) == (True, meeting.version)
