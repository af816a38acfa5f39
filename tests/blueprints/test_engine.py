"""From an event to tasks: exactly once, or not at all."""

import datetime as dt

import pytest
from django.db.models import F
from django.db.models.functions import Now

from accounts import timeline
from accounts.models import CustomField, Event, InboxEntry, Membership, Task, TenantWork
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine, hearing, parking, plays, stepping
from blueprints.models import Blueprint, Match, PlayVersion, Run, RunTask
from tests.factories.accounts import AccountFactory
from tests.factories.blueprints import PlayFactory, step


def depart(account, **facts):
    return timeline.record(
        "contact.departed", account=account, by=None, **({"name": "Kim", "buying_role": "champion"} | facts)
    )


@pytest.fixture
def account(acme):
    return AccountFactory(csm=acme.cass, ae=acme.sal)


def waiting() -> int:
    return InboxEntry.objects.count()


def test_an_event_becomes_a_run_with_tasks_by_role_and_business_day(acme, account, monkeypatch):
    monkeypatch.setattr(engine.calendar, "local_today", lambda tenant, now: dt.date(2026, 11, 20))  # a Friday
    PlayFactory(
        steps=[
            step("Meet the successor", "csm", 2),
            step("Follow the champion", "ae", 0),
            step("Set up", "delivery", 5),
        ]
    )
    event = depart(account)
    done = engine.drain(acme.tenant.pk)
    assert (done.looked_at, done.started, done.failed) == (1, 1, 0)
    run = Run.objects.get()
    assert (run.event, run.account, run.version.number) == (event, account, 1)
    given = [
        (link.step, link.task.title, link.task.assignee, link.task.due_on) for link in run.links.select_related("task")
    ]
    assert given == [
        (0, "Meet the successor", acme.cass, dt.date(2026, 11, 24)),
        (1, "Follow the champion", acme.sal, dt.date(2026, 11, 20)),
        (2, "Set up", acme.cass, dt.date(2026, 11, 30)),  # nobody delivers: the CSM; Thanksgiving is no working day
    ]
    assert set(Task.objects.values_list("source", flat=True)) == {"play"}
    told = Event.objects.get(kind="run.started")
    assert (told.account, told.facts["tasks"], told.facts["run_id"]) == (account, 3, run.pk)


def test_the_inbox_and_the_notes_are_empty_afterward(acme, account):
    PlayFactory()
    depart(account)
    engine.drain(acme.tenant.pk)
    assert waiting() == 0  # what the run itself left on the timeline is looked at too
    engine.drain(acme.tenant.pk)
    assert not TenantWork.objects.filter(kind=timeline.EVENTS).exists()


def test_draining_again_starts_nothing_again(acme, account):
    PlayFactory()
    event = depart(account)
    engine.drain(acme.tenant.pk)
    InboxEntry.objects.create(event=event)  # as if it had never been taken out
    timeline.ring(timeline.EVENTS)
    assert engine.drain(acme.tenant.pk).started == 0
    assert Run.objects.count() == 1
    assert Task.objects.count() == 1
    assert waiting() == 0


def test_an_event_that_no_play_listens_to_is_dropped(acme, account):
    PlayFactory(trigger="handoff.accepted")
    depart(account)
    done = engine.drain(acme.tenant.pk)
    assert (done.dropped, done.looked_at) == (1, 0)
    assert waiting() == 0


def test_conditions_decide(acme, account):
    PlayFactory(steps__conditions={"all": [{"fact": "event.buying_role", "is": "champion"}]})
    depart(account, buying_role="user")
    assert engine.drain(acme.tenant.pk).started == 0
    depart(account, buying_role="champion")
    assert engine.drain(acme.tenant.pk).started == 1


def test_conditions_know_the_account_and_its_own_fields(acme):
    CustomField.objects.create(key="seats", label="Seats", type="number")
    account = AccountFactory(segment="SMB", custom={"seats": 40})
    PlayFactory(steps__conditions={"all": [{"fact": "account.segment", "is": "SMB"},
                                           {"fact": "account.custom.seats", "at_least": 40}]})  # fmt: skip
    event = depart(account)
    assert engine.drain(acme.tenant.pk).started == 1
    assert engine.known(event)["account.segment"] == "SMB"
    assert Match.objects.get().facts == {"account.segment": "SMB", "custom.seats": 40}


def test_events_before_the_play_was_switched_on_start_nothing(acme, account):
    play = PlayFactory(state="draft", on_since=None)
    depart(account)
    plays.switch_on(play, by=acme.olly)
    assert engine.drain(acme.tenant.pk).started == 0
    depart(account)
    assert engine.drain(acme.tenant.pk).started == 1


def test_a_paused_play_starts_nothing_and_makes_up_for_nothing(acme, account):
    play = PlayFactory()
    plays.pause(play, by=acme.olly)
    depart(account)
    assert engine.drain(acme.tenant.pk).started == 0
    play.refresh_from_db()
    plays.switch_on(play, by=acme.olly)
    assert engine.drain(acme.tenant.pk).started == 0
    assert waiting() == 0


def test_an_edit_changes_runs_to_come_and_fires_nothing_again(acme, account):
    play = PlayFactory(steps=[step("Old")])
    event = depart(account)
    engine.drain(acme.tenant.pk)
    plays.revise(play, {}, [step("New")], by=acme.olly)
    InboxEntry.objects.create(event=event)
    engine.drain(acme.tenant.pk)
    assert list(Task.objects.values_list("title", flat=True)) == ["Old"]
    depart(account)
    engine.drain(acme.tenant.pk)
    assert list(Task.objects.order_by("pk").values_list("title", flat=True)) == ["Old", "New"]
    assert list(PlayVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_two_plays_may_listen_to_one_event(acme, account):
    PlayFactory(), PlayFactory()
    depart(account)
    assert engine.drain(acme.tenant.pk).started == 2


def test_an_account_without_people_gets_tasks_that_wait_for_somebody(acme):
    PlayFactory(steps=[step(role="delivery")])
    depart(AccountFactory())
    engine.drain(acme.tenant.pk)
    assert Task.objects.get().assignee is None


def test_an_archived_account_and_an_event_without_account_start_nothing(acme):
    PlayFactory()
    depart(AccountFactory(archived_at=Now()))
    depart(None)
    assert engine.drain(acme.tenant.pk).started == 0
    assert waiting() == 0


def test_poison_is_put_off_and_holds_up_nobody(acme, account, monkeypatch):
    PlayFactory(name="Good", steps=[step("Good")])
    PlayFactory(name="Bad", steps=[step("Bad")])
    real = stepping.begin

    def refuse_bad(matches, **more):
        if any(match.play.name == "Bad" for match in matches):
            raise RuntimeError("no ink")
        return real(matches, **more)

    monkeypatch.setattr(stepping, "begin", refuse_bad)
    event = depart(account)
    done = engine.drain(acme.tenant.pk)
    assert (done.started, done.failed) == (1, 1)
    assert list(Run.objects.values_list("play__name", flat=True)) == ["Good"]  # nothing half of the bad one
    entry = InboxEntry.objects.get()
    assert (entry.event, entry.attempts, entry.last_error) == (event, 1, "Bad: RuntimeError: no ink")
    assert engine.drain(acme.tenant.pk).looked_at == 0  # not before its time
    note = TenantWork.objects.get(kind=timeline.EVENTS, due_at__gt=Now())
    assert note.due_at == entry.due_at

    monkeypatch.setattr(stepping, "begin", real)
    InboxEntry.objects.update(due_at=Now())
    assert engine.drain(acme.tenant.pk).started == 1
    assert sorted(Task.objects.values_list("title", flat=True)) == ["Bad", "Good"]
    assert waiting() == 0


def test_poison_is_parked_in_the_end_and_a_person_may_ask_again(acme, account, monkeypatch):
    PlayFactory()
    monkeypatch.setattr(stepping, "begin", lambda *a, **k: 1 / 0)
    depart(account)
    for _ in range(parking.MOST_ATTEMPTS):
        InboxEntry.objects.update(due_at=Now())
        engine.drain(acme.tenant.pk)
    InboxEntry.objects.update(due_at=Now())
    assert engine.drain(acme.tenant.pk).looked_at == 0
    entry = parking.parked("contact.departed").get()
    assert entry.attempts == 8
    monkeypatch.undo()
    assert parking.retry(parking.parked("contact.departed")) == 1
    assert engine.drain(acme.tenant.pk).started == 1
    assert waiting() == 0


def test_delays_double(acme, account, monkeypatch):
    PlayFactory()
    monkeypatch.setattr(stepping, "begin", lambda *a, **k: 1 / 0)
    depart(account)
    delays = []
    for _ in range(3):
        InboxEntry.objects.update(due_at=Now())
        engine.drain(acme.tenant.pk)
        delays.append(InboxEntry.objects.annotate(delay=F("due_at") - Now()).get().delay)
    assert [round(d.total_seconds() / 5) * 5 for d in delays] == [5, 10, 20]


def test_a_new_workspace_is_furnished_with_the_library(acme):
    timeline.record("workspace.created", by=acme.ada, name="Acme")
    engine.drain(acme.tenant.pk)
    assert Blueprint.objects.count() == 21
    assert waiting() == 0


def test_what_kills_its_worker_is_counted_and_parked_and_its_neighbors_are_not(acme_cast, monkeypatch):
    class Killed(BaseException):
        """Not an Exception: the engine can't catch a process's end."""

    real = stepping.begin

    def begin(matches, **more):
        if any(match.event.facts["name"] == "Poison" for match in matches):
            raise Killed
        return real(matches, **more)

    monkeypatch.setattr(stepping, "begin", begin)
    with tenant_context(acme_cast.tenant):
        PlayFactory()
        account = AccountFactory()
        for name in ("Before", "Poison", "After"):
            depart(account, name=name)
    kills = 0
    for _ in range(12):
        with tenant_context(acme_cast.tenant):
            InboxEntry.objects.update(due_at=Now())
        try:
            engine.drain(acme_cast.tenant.pk)
        except Killed:
            kills += 1
    with tenant_context(acme_cast.tenant):
        entry = InboxEntry.objects.get()
        assert (kills, entry.attempts, entry.last_error) == (8, 8, hearing.CUT_OFF)
        assert entry.event.facts["name"] == "Poison"
        assert Run.objects.count() == 2


def test_what_a_person_asks_for_again_outlives_a_pause(acme, account, monkeypatch):
    play = PlayFactory()
    monkeypatch.setattr(stepping, "begin", lambda *a, **k: 1 / 0)
    depart(account)
    for _ in range(parking.MOST_ATTEMPTS):
        InboxEntry.objects.update(due_at=Now())
        engine.drain(acme.tenant.pk)
    monkeypatch.undo()
    play.refresh_from_db()
    plays.pause(play, by=acme.olly)
    plays.revise(play, {}, [step("Mended")], by=acme.olly)
    plays.switch_on(play, by=acme.olly)
    parking.retry(parking.parked("contact.departed"))
    assert engine.drain(acme.tenant.pk).started == 1
    assert Task.objects.get().title == "Mended"


def parked_by_poison(acme, account, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(stepping, "begin", lambda *a, **k: 1 / 0)
        depart(account)
        for _ in range(parking.MOST_ATTEMPTS):
            InboxEntry.objects.update(due_at=Now())
            engine.drain(acme.tenant.pk)


@pytest.mark.parametrize("others", [0, 1])
def test_asking_again_while_the_play_is_paused_loses_nothing(acme, account, monkeypatch, others):
    play = PlayFactory(name="Ours")
    for n in range(others):
        PlayFactory(name=f"Other {n}")
    parked_by_poison(acme, account, monkeypatch)
    play.refresh_from_db()
    plays.pause(play, by=acme.olly)
    parking.retry(parking.parked("contact.departed"))
    assert engine.drain(acme.tenant.pk).started == others
    entry = parking.parked("contact.departed").get()
    assert entry.last_error.split("\n")[0] == "Ours: Paused: switch it on, then try again."
    plays.switch_on(play, by=acme.olly)
    parking.retry(parking.parked("contact.departed"))
    assert engine.drain(acme.tenant.pk).started == 1
    assert waiting() == 0
    engine.drain(acme.tenant.pk)
    assert not TenantWork.objects.filter(due_at__lte=Now()).exists()


def test_asking_again_waits_for_no_paused_play_that_the_event_does_not_concern(acme, account, monkeypatch):
    PlayFactory(name="Ours")
    other = PlayFactory(steps__conditions={"all": [{"fact": "event.buying_role", "is": "user"}]})
    plays.pause(other, by=acme.olly)
    parked_by_poison(acme, account, monkeypatch)
    parking.retry(parking.parked("contact.departed"))
    assert engine.drain(acme.tenant.pk).started == 1
    assert waiting() == 0


def test_what_happened_before_the_play_was_switched_on_starts_nothing_though_it_is_recorded_later(acme, account):
    play = PlayFactory()
    play.refresh_from_db()
    for before, expected in ((dt.timedelta(days=400), 0), (dt.timedelta(seconds=1), 0), (dt.timedelta(0), 1)):
        facts = {"name": "Kim", "buying_role": "champion"}
        timeline.record("contact.departed", account=account, by=None, occurred_at=play.on_since - before, **facts)
        assert engine.drain(acme.tenant.pk).started == expected
    assert waiting() == 0


def test_what_happened_before_the_library_came_starts_its_plays(acme, account):
    timeline.record("workspace.created", by=acme.ada, name="Acme")
    timeline.record("handoff.accepted", account=account, by=acme.cass)
    assert engine.drain(acme.tenant.pk).started == 1


def test_a_library_that_fails_is_put_off_and_what_happened_waits_for_it(acme, account, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(hearing.library, "load", lambda tenant: 1 / 0)
        timeline.record("workspace.created", by=acme.ada, name="Acme")
        timeline.record("handoff.accepted", account=account, by=acme.cass)
        assert engine.drain(acme.tenant.pk).failed == 1
    entry = InboxEntry.objects.order_by("pk")[0]
    assert (entry.attempts, entry.last_error) == (1, "Library: ZeroDivisionError: division by zero")
    InboxEntry.objects.update(due_at=Now())
    assert engine.drain(acme.tenant.pk).started == 1
    assert waiting() == 0


def test_who_left_gets_no_tasks(acme, account):
    Membership.objects.filter(user=acme.cass).update(ended_at=Now())
    PlayFactory(steps=[step(role="csm")])
    depart(account)
    depart(AccountFactory(csm=acme.cass))
    engine.drain(acme.tenant.pk)
    assert [task.assignee for task in Task.objects.order_by("pk")] == [acme.sal, None]


@pytest.mark.parametrize(
    "point", ["blueprints.actions.listening._ask", "blueprints.actions.sifting.sift",
              "blueprints.actions.stepping.begin",
              "accounts.actions.many_tasks.give", "accounts.timeline.record_many"],
)  # fmt: skip
def test_a_crash_between_two_writes_leaves_nothing_behind(acme_cast, point, monkeypatch):
    """The turn dies at this point; what it had written is gone, and the next turn does it all."""

    class Died(BaseException):
        """Not an Exception: the engine can't catch a process's end."""

    with tenant_context(acme_cast.tenant):
        PlayFactory()
        depart(AccountFactory())
    with monkeypatch.context() as patch:

        def die(*args, **kwargs):
            raise Died

        patch.setattr(point, die)
        with pytest.raises(Died):
            engine.drain(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        assert (Run.objects.count(), Task.objects.count(), waiting()) == (0, 0, 1)
        assert InboxEntry.objects.get().attempts == 1
        InboxEntry.objects.update(due_at=Now())
    assert engine.drain(acme_cast.tenant.pk).started == 1
    with tenant_context(acme_cast.tenant):
        assert (Run.objects.count(), RunTask.objects.count(), Task.objects.count(), waiting()) == (1, 1, 1, 0)
