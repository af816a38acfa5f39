"""Next steps that turn out otherwise: other words, another owner, another day; what hangs on them goes along."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from accounts.actions import tasks
from accounts.actions.errors import Conflict, Refused
from accounts.models import Event, Task
from accounts.tenancy.context import tenant_context
from journeys.actions import journeys
from journeys.meetings.actions import meetings, outcomes
from journeys.meetings.models import NextStep
from journeys.plans.actions import plans
from journeys.plans.models import Step
from tests.factories import meetings as make
from tests.factories.accounts import AccountFactory, ContactFactory

DAY = dt.date(2031, 3, 4)


def there(step: NextStep) -> NextStep:
    return NextStep.objects.select_related("task", "step", "user", "contact").get(pk=step.pk)


def with_plan(cast: SimpleNamespace):
    account = AccountFactory(csm=cast.cass)
    journeys.begin(account, committed_on=make.now().date(), by=cast.cass)
    plans.draft(account, by=cast.cass)
    return account


def test_the_task_takes_the_new_words_owner_and_day(acme: SimpleNamespace) -> None:
    step = make.next_step(acme)
    outcomes.edit_step(step, {"what": "Send both templates", "user": acme.lee, "due_on": DAY}, by=acme.cass, version=1)
    task = Task.objects.get()
    assert (task.title, task.assignee, task.due_on, task.status) == ("Send both templates", acme.lee, DAY, "open")
    assert (there(step).what, there(step).user, there(step).version) == ("Send both templates", acme.lee, 2)
    event = Event.objects.get(kind="meeting.step_changed")
    assert event.facts["fields"] == ["due_on", "user", "what"]


def test_a_step_handed_over_leaves_our_tasks_and_stands_in_their_plan(acme: SimpleNamespace) -> None:
    meeting = make.running(acme, with_plan(acme))
    contact = meeting.attendees.get(user=None).contact
    step = make.next_step(acme, meeting)
    outcomes.edit_step(step, {"contact": contact}, by=acme.cass)
    now = there(step)
    assert (now.side, now.user, now.contact, now.task) == ("them", None, contact, None)
    assert (now.step.title, now.step.their_owner) == (step.what, contact)
    assert Task.objects.get(pk=step.task_id).status == "dropped"
    outcomes.edit_step(now, {"user": acme.cass}, by=acme.cass)
    back = there(step)
    assert (back.side, back.contact, back.step, back.task.assignee) == ("us", None, None, acme.cass)
    assert Step.objects.get(pk=now.step_id).dropped_at is not None


def test_their_step_of_the_plan_takes_the_new_day(acme: SimpleNamespace) -> None:
    meeting = make.running(acme, with_plan(acme))
    step = make.next_step(acme, meeting, side="them", user=None)
    outcomes.edit_step(step, {"due_on": DAY}, by=acme.cass)
    assert there(step).step.due_on == DAY
    assert there(step).side == "them"


def test_a_task_dropped_elsewhere_is_given_anew(acme: SimpleNamespace) -> None:
    step = make.next_step(acme)
    tasks.drop(step.task, reason="Not now.", by=acme.cass)
    outcomes.edit_step(step, {"due_on": DAY}, by=acme.cass)
    assert sorted(Task.objects.values_list("status", flat=True)) == ["dropped", "open"]
    assert there(step).task.due_on == DAY


def test_nothing_moves_where_it_may_not(acme: SimpleNamespace) -> None:
    step = make.next_step(acme)
    with pytest.raises(Conflict):
        outcomes.edit_step(step, {"contact": step.meeting.attendees.get(user=None).contact}, by=acme.lee, version=7)
    with pytest.raises(Refused) as refused:
        outcomes.edit_step(step, {"contact": ContactFactory()}, by=acme.cass)
    assert refused.value.errors == {"contact": ["This contact belongs to another account."]}
    with pytest.raises(Refused):
        outcomes.edit_step(step, {"what": ""}, by=acme.cass)
    tasks.complete(step.task, outcome="achieved", by=acme.cass)
    with pytest.raises(Refused) as refused:
        outcomes.edit_step(step, {"what": "More"}, by=acme.cass)
    assert refused.value.errors == {"": ["This is done already; agree on a new step instead."]}
    assert (there(step).what, there(step).version, Task.objects.get().status) == ("Send the data template", 1, "done")
    assert not Event.objects.filter(kind="meeting.step_changed").exists()


def test_a_dropped_step_or_meeting_is_no_longer_changed(acme: SimpleNamespace) -> None:
    step = make.next_step(acme)
    gone = NextStep.objects.get()
    outcomes.drop_step(step, by=acme.cass)
    with pytest.raises(Conflict):
        outcomes.edit_step(gone, {"what": "More"}, by=acme.cass)
    meeting = make.planned(acme)
    kept = make.next_step(acme, meeting)
    meetings.cancel(meeting, by=acme.cass)
    with pytest.raises(Conflict):
        outcomes.edit_step(kept, {"what": "More"}, by=acme.cass)


@pytest.fixture
def step(acme_cast) -> NextStep:
    with tenant_context(acme_cast.tenant):
        return make.next_step(acme_cast)


def test_the_form_keeps_an_owner_who_is_not_on_the_list(acme_cast, page, step) -> None:
    with tenant_context(acme_cast.tenant):
        outcomes.edit_step(step, {"user": acme_cast.dee}, by=acme_cast.cass)
    cass = page(acme_cast.cass, acme_cast.tenant)
    text = cass.get(f"/next-steps/{step.pk}/edit/").content.decode()
    assert f'<option value="u{acme_cast.dee.pk}" selected>' in text
    said = {"what": "Send it", "who": f"u{acme_cast.dee.pk}", "due_on": "2031-03-04", "version": "2"}
    assert cass.post(f"/next-steps/{step.pk}/edit/", said).status_code == 302
    with tenant_context(acme_cast.tenant):
        assert (there(step).what, there(step).user, there(step).due_on) == ("Send it", acme_cast.dee, DAY)
    late = cass.post(f"/next-steps/{step.pk}/edit/", said | {"what": "Send all", "version": "2"})
    assert late.status_code == 409
    assert "Saved meanwhile: “Send it”." in late.content.decode()
    bad = cass.post(f"/next-steps/{step.pk}/edit/", said | {"due_on": "soon", "version": "3"})
    assert bad.status_code == 422
    with tenant_context(acme_cast.tenant):
        assert there(step).version == 3


def test_other_systems_change_it_too(acme_cast, api, step) -> None:
    at = f"/meetings/{step.meeting_id}/next-steps/{step.pk}"
    body = api.patch(at, {"what": "Send both", "due_on": "2031-03-04", "version": 1}).json()
    [said] = body["next_steps"]
    assert (said["what"], said["due_on"], said["version"]) == ("Send both", "2031-03-04", 2)
    assert said["user"] == acme_cast.cass.pk
    assert api.patch(at, {"what": "Stale", "version": 1}).status_code == 409
    assert api.patch(at, {"what": ""}).status_code == 400
    assert api.patch(f"/meetings/{step.meeting_id}/next-steps/{step.pk + 1}", {"what": "None"}).status_code == 404
    with tenant_context(acme_cast.tenant):
        assert there(step).what == "Send both"
