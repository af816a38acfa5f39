"""Tasks: given, done, put off, handed on."""

import datetime as dt

import pytest

from accounts.actions import tasks
from accounts.actions.errors import Conflict, Refused
from accounts.models import Event, Task
from accounts.registry import tell
from tests.factories.accounts import TODAY, TaskFactory

TOMORROW = TODAY + dt.timedelta(days=1)


def told():
    return [tell(event.kind, event.facts) for event in Event.objects.filter(kind__startswith="task.").order_by("id")]


def test_a_task_says_who_and_until_when(acme):
    task = TaskFactory(title="Call Kim", assignee=acme.cass, by=acme.lee)
    assert (task.status, task.created_by, task.source, task.version) == ("open", acme.lee, "manual", 1)
    assert told() == ["“Call Kim” for Cass of Acme, due 20 Nov 2026"]


@pytest.mark.parametrize(
    ("values", "field"), [({"title": ""}, "title"), ({"due_on": None}, "due_on"), ({"status": "done"}, "status")]
)
def test_a_wrong_field_is_named_and_nothing_is_written(acme, values, field):
    with pytest.raises(Refused) as refused:
        tasks.add({"title": "X", "due_on": TODAY} | values, by=acme.cass)
    assert list(refused.value.errors) == [field]
    assert (Task.objects.count(), Event.objects.count()) == (0, 0)


def test_a_stranger_gets_no_task(acme, rival):
    with pytest.raises(Refused) as refused:
        tasks.add({"title": "X", "due_on": TODAY, "assignee": rival.rita}, by=acme.cass)
    assert list(refused.value.errors) == ["assignee"]
    assert Task.objects.count() == 0


def test_a_done_task_says_what_came_of_it(acme):
    task = TaskFactory(title="Call Kim")
    tasks.complete(task, outcome="partly", note=" Half. ", by=acme.cass, version=1)
    row = Task.objects.get()
    assert (row.status, row.outcome, row.outcome_note, row.closed_by) == ("done", "partly", "Half.", acme.cass)
    assert row.closed_at is not None
    assert told()[-1] == "“Call Kim”: Partly achieved"


def test_a_task_is_closed_once(acme):
    task = TaskFactory()
    tasks.complete(task, outcome="achieved", by=acme.cass)
    before = Event.objects.count()
    with pytest.raises(Refused):
        tasks.complete(task, outcome="no_answer", by=acme.lee)
    with pytest.raises(Conflict):
        tasks.drop(task, by=acme.lee, version=1)
    assert Task.objects.get().outcome == "achieved"
    assert Event.objects.count() == before


def test_the_later_of_two_closers_is_told(acme):
    task = TaskFactory()
    tasks.complete(Task.objects.get(), outcome="achieved", by=acme.lee)
    with pytest.raises(Conflict) as conflict:
        tasks.complete(task, outcome="no_answer", by=acme.cass, version=1)
    assert conflict.value.current.outcome == "achieved"
    assert len(told()) == 2


def test_an_outcome_must_be_one_that_we_know(acme):
    with pytest.raises(Refused) as refused:
        tasks.complete(TaskFactory(), outcome="great", by=acme.cass)
    assert list(refused.value.errors) == ["outcome"]
    assert Task.objects.get().status == "open"


def test_a_dropped_task_comes_back_as_new(acme):
    task = TaskFactory(title="Call Kim")
    tasks.drop(task, reason="Kim left", by=acme.cass)
    assert Task.objects.get().status == "dropped"
    tasks.reopen(task, by=acme.cass)
    row = Task.objects.get()
    assert (row.status, row.outcome_note, row.closed_at, row.closed_by) == ("open", "", None, None)
    assert told()[1:] == ["“Call Kim” was dropped: Kim left", "“Call Kim” was opened again"]
    tasks.reopen(task, by=acme.cass)
    assert len(told()) == 3


def test_a_snoozed_task_sleeps_until_its_day_and_stays_due(acme):
    task = TaskFactory(due_on=TODAY)
    tasks.snooze(task, until=TOMORROW, reason="Kim is away", by=acme.cass, today=TODAY)
    assert list(Task.objects.awake(TODAY)) == []
    assert list(Task.objects.awake(TOMORROW)) == [task]
    assert Task.objects.get().due_on == TODAY


def test_a_snooze_needs_a_day_ahead_and_a_reason(acme):
    task = TaskFactory()
    for values, field in [({"until": TODAY, "reason": "x"}, "until"), ({"until": TOMORROW, "reason": " "}, "reason")]:
        with pytest.raises(Refused) as refused:
            tasks.snooze(task, **values, by=acme.cass, today=TODAY)
        assert list(refused.value.errors) == [field]
    assert Task.objects.get().snoozed_until is None
    assert len(told()) == 1


def test_a_closed_task_sleeps_no_more(acme):
    task = TaskFactory()
    tasks.snooze(task, until=TOMORROW, reason="Away", by=acme.cass, today=TODAY)
    tasks.complete(task, outcome="achieved", by=acme.cass)
    assert Task.objects.get().snoozed_until is None
    with pytest.raises(Refused):
        tasks.snooze(task, until=TOMORROW, reason="x", by=acme.cass, today=TODAY)


def test_an_edit_says_what_changed(acme):
    task = TaskFactory(title="Call", assignee=acme.cass)
    tasks.edit(task, {"title": "Call Kim", "assignee": acme.lee}, by=acme.cass, version=1)
    assert told()[-1] == "“Call Kim”: changed assignee, title"
    with pytest.raises(Conflict):
        tasks.edit(task, {"title": "Late"}, by=acme.cass, version=1)


def test_open_tasks_are_handed_on_together(acme):
    mine = [TaskFactory(title=f"T{n}", assignee=acme.cass) for n in range(2)]
    hers = TaskFactory(assignee=acme.lee)
    done = TaskFactory(assignee=acme.cass)
    tasks.complete(done, outcome="achieved", by=acme.cass)
    assert tasks.reassign([t.pk for t in [*mine, hers, done]], assignee=acme.lee, by=acme.ada) == 2
    assert Task.objects.filter(assignee=acme.lee).count() == 3
    events = Event.objects.filter(kind="task.reassigned").order_by("id")
    assert [(e.account_id, e.facts["title"], e.actor_id) for e in events] == [
        (task.account_id, task.title, acme.ada.pk) for task in mine
    ]
    assert tell(events[0].kind, events[0].facts) == "“T0” went from Cass of Acme to Lee of Acme"


def test_tasks_are_not_handed_to_strangers(acme, rival):
    task = TaskFactory(assignee=acme.cass)
    with pytest.raises(Refused):
        tasks.reassign([task.pk], assignee=rival.rita, by=acme.ada)
    assert Task.objects.get().assignee == acme.cass
    assert len(told()) == 1


def test_an_edit_that_hands_a_task_on_says_so(acme):
    task = TaskFactory(assignee=acme.cass, by=acme.ada)
    tasks.edit(task, {"assignee": acme.dee}, by=acme.ada)
    by_edit = Event.objects.get(kind="task.reassigned")
    tasks.reassign([task.pk], assignee=acme.cass, by=acme.ada)
    by_hand = Event.objects.filter(kind="task.reassigned").latest("id")
    assert by_hand.facts.items() >= {"before_id": acme.dee.pk, "after_id": acme.cass.pk}.items()
    assert by_edit.facts.items() >= {"before_id": acme.cass.pk, "after_id": acme.dee.pk}.items()
    assert by_hand.facts.keys() <= by_edit.facts.keys()
    assert Event.objects.filter(kind="task.edited").count() == 1
