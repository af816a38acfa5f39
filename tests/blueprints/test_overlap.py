"""Turns that overlap, in transactions of their own: threads that meet at a barrier."""

import threading
from types import SimpleNamespace

import pytest
from django.db import connections

from accounts import timeline
from accounts.models import InboxEntry, Task, TenantWork
from accounts.tenancy.context import tenant_context
from blueprints import library as specs
from blueprints import tasks
from blueprints.actions import engine, hearing, library, plays, stepping
from blueprints.models import Blueprint, Play, PlayVersion, Run
from tests.factories.accounts import AccountFactory
from tests.factories.blueprints import PlayFactory, step

pytestmark = pytest.mark.django_db(transaction=True)
EVENTS = 30


def together(count: int, work) -> list:
    """Runs `work` in so many threads that start at once; returns what each returned or raised."""
    barrier, results = threading.Barrier(count), [None] * count

    def one(index: int) -> None:
        barrier.wait(timeout=10)
        try:
            results[index] = work()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.fixture
def tenant(acme_cast) -> SimpleNamespace:
    with tenant_context(acme_cast.tenant):
        PlayFactory(steps=[step("One"), step("Two")])
        account = AccountFactory()
        for number in range(EVENTS):
            timeline.record("contact.departed", account=account, by=None, name=f"Kim {number}")
    return acme_cast.tenant


def test_four_turns_at_once_start_each_run_once(tenant):
    results = together(4, lambda: engine.drain(tenant.pk))
    assert sum(done.started for done in results) == EVENTS
    with tenant_context(tenant):
        assert (Run.objects.count(), Task.objects.count()) == (EVENTS, EVENTS * 2)
        assert not InboxEntry.objects.exists()
    engine.drain(tenant.pk)
    assert not TenantWork.objects.filter(kind=timeline.EVENTS).exists()


def test_a_turn_that_finds_rows_locked_leaves_a_note_for_the_next(tenant):
    """Whoever holds the rows may die: as long as they stand, a note stands too."""
    with tenant_context(tenant):
        list(InboxEntry.objects.select_for_update())
        results = together(1, lambda: engine.drain(tenant.pk))
        assert results[0].looked_at == 0
        assert TenantWork.objects.filter(kind=timeline.EVENTS).count() == 1  # one says as much as thirty
    assert tenant.pk in engine.waiting_tenants()
    assert engine.drain(tenant.pk).started == EVENTS


def test_two_tenants_drain_apart(tenant, rival):
    with tenant_context(rival.tenant):
        PlayFactory(steps=[step("Theirs")])
        timeline.record("contact.departed", account=AccountFactory(), by=None, name="Lou")
    assert engine.waiting_tenants() == [tenant.pk, rival.tenant.pk]
    assert engine.drain(rival.tenant.pk).started == 1
    with tenant_context(tenant):
        assert InboxEntry.objects.count() == EVENTS
        assert Task.objects.count() == 0


def test_a_second_turn_of_the_same_tenant_leaves_the_worker_to_others(tenant, monkeypatch):
    real, others = stepping.begin, []

    def meanwhile(*args, **kwargs):
        if not others:
            others.extend(together(1, lambda: engine.drain(tenant.pk)))
        return real(*args, **kwargs)

    monkeypatch.setattr(stepping, "begin", meanwhile)
    assert engine.drain(tenant.pk).started == EVENTS
    assert [other.looked_at for other in others] == [0]


def test_a_turn_ends_before_a_great_backlog_does_and_leaves_word(tenant, monkeypatch):
    monkeypatch.setattr(hearing, "BATCH", 4)
    monkeypatch.setattr(engine, "SECONDS", 0)
    assert engine.drain(tenant.pk).looked_at == 4
    assert tenant.pk in engine.waiting_tenants()


def test_a_sweep_rings_every_tenant_that_waits(tenant, rival, monkeypatch):
    rung = []
    monkeypatch.setattr(tasks.evaluate_events, "apply_async", lambda args, **options: rung.append(args))
    tasks.sweep_events()
    assert rung == [(tenant.pk,), (rival.tenant.pk,)]  # whose first round over all accounts is due
    engine.drain(rival.tenant.pk)
    rung.clear()
    tasks.sweep_events()
    assert rung == [(tenant.pk,)]


def test_an_event_written_while_a_turn_runs_keeps_its_note(tenant, monkeypatch):
    """The late event commits after the turn read the notes: its own note must survive the turn."""
    real, late = stepping.begin, []

    def write_meanwhile(*args, **kwargs):
        if not late:
            late.append(together(1, lambda: _depart_late(tenant)))
        return real(*args, **kwargs)

    monkeypatch.setattr(stepping, "begin", write_meanwhile)
    engine.drain(tenant.pk)
    assert TenantWork.objects.count() >= 1
    engine.drain(tenant.pk)
    with tenant_context(tenant):
        assert Run.objects.count() == EVENTS + 1


def _depart_late(tenant) -> None:
    with tenant_context(tenant):
        timeline.record("contact.departed", account=AccountFactory(), by=None, name="Late")


def test_the_library_loaded_by_two_at_once_is_there_once(acme_cast):
    results = together(2, lambda: library.load(acme_cast.tenant))
    assert results == [None, None]
    with tenant_context(acme_cast.tenant):
        assert Blueprint.objects.count() == 21
        assert PlayVersion.objects.count() == Play.objects.count() == len(specs.plays())


def test_two_people_who_revise_at_once_make_one_version(acme_cast):
    with tenant_context(acme_cast.tenant):
        play = PlayFactory()

    def revise():
        with tenant_context(acme_cast.tenant):
            mine = Play.objects.get(pk=play.pk)
            return plays.revise(mine, {}, [step(threading.current_thread().name)], by=None, version=1)

    results = together(2, revise)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "PlayVersion"]
    with tenant_context(acme_cast.tenant):
        assert list(PlayVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_a_turn_drops_nothing_while_a_play_is_being_switched_on(tenant):
    """An event between the instant of switching on and its commit: the turn can't see yet that somebody listens."""
    with tenant_context(tenant):
        play = PlayFactory(trigger="contact.added", state="draft", on_since=None)
        play.refresh_from_db()
    with tenant_context(tenant):
        plays.switch_on(play, by=None)
        dropped = together(1, lambda: _added_and_drained(tenant))[0].dropped
    assert dropped == 0
    engine.drain(tenant.pk)
    with tenant_context(tenant):
        assert Run.objects.filter(play=play).count() == 1


def _added_and_drained(tenant) -> engine.Drained:
    with tenant_context(tenant):
        timeline.record("contact.added", account=AccountFactory(), by=None, name="Kim")
    return engine.drain(tenant.pk)
