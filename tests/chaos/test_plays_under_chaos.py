"""Workers and beats are killed, the broker forgets, connections are cut: no event is lost and none answered twice."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from types import SimpleNamespace

import psycopg2
import pytest
from django.db import connection
from django.db.models import Count, F

from accounts import timeline
from accounts.actions import knowledge
from accounts.models import CustomField, InboxEntry, Task, TenantWork
from accounts.tenancy.context import tenant_context
from blueprints.models import Delivery, Run
from tests.chaos import plan
from tests.chaos.faults import Faults
from tests.chaos.mailbox import Mailbox, time_passes
from tests.chaos.mailbox import found as posted
from tests.chaos.processes import Crew, environment
from tests.chaos.telling import tell_counts
from tests.factories.accounts import AccountFactory
from tests.factories.blueprints import EndpointFactory, PlayFactory, step

TASKS = "SELECT count(*) FROM chaos_task"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chaos]
PLAYS = 2


def tell(name: str, value: object, goal: object, **more: object) -> None:
    print(json.dumps({"name": f"chaos.{name}", "value": value, "goal": goal, "seed": plan.SEED} | more))


def under_chaos(crew: Crew, environ: dict[str, str], count: int, write, at_work) -> Counter:
    """Writes all the while; one fault after the other. Returns what went wrong.

    How long the crew takes to its first work sets the pace: a worker that never got to work proves nothing by dying.
    """
    crew.start()
    write()
    every = min(plan.LONGEST, max(plan.SHORTEST_PAUSE, 0.5 * wait_until(at_work)))
    faults = Faults(crew, environ["REDIS_URL"], every, random.Random(plan.SEED))
    began = time.monotonic()
    while faults.count.total() < count:
        write()
        faults.perhaps(time.monotonic() - began)
        time.sleep(plan.PAUSE)
    return faults.count


def wait_until(done) -> float:
    began = time.monotonic()
    while not done() and time.monotonic() - began < plan.PATIENCE:
        time.sleep(0.25)
    return time.monotonic() - began


@pytest.fixture
def mailbox(settings):
    settings.OUTBOUND_LOOPBACK = True
    made = Mailbox()
    yield made
    made.close()


def test_no_event_is_lost_and_none_is_answered_twice(acme_cast, rival, mailbox, tmp_path):
    places = [_furnished(cast.tenant, mailbox.url) for cast in (acme_cast, rival)]
    environ = environment(connection.settings_dict["NAME"], plan.REDIS_DB) | {"OUTBOUND_LOOPBACK": "true"}
    crew, written = Crew.of("csom.celery", environ, tmp_path), Counter()

    def write() -> None:
        place = places[sum(written.values()) % 2]
        with tenant_context(place.tenant):
            _seat(place)
        kind = "contact.added" if written.total() % 5 == 4 else "contact.departed"
        with tenant_context(place.tenant):
            timeline.record(kind, account=place.account, by=None, name=f"Kim {written.total()}")
        written[place.tenant.pk, kind] += 1

    def at_work() -> bool:
        with tenant_context(places[0].tenant):
            return Run.objects.exists()

    try:
        faults = under_chaos(crew, environ, plan.FAULTS, write, at_work)
        settled = wait_until(lambda: not TenantWork.objects.filter(kind=timeline.EVENTS).exists())
        _drain(places)
    finally:
        crew.stop()
    found = [_found(place, written[place.tenant.pk, "contact.departed"]) for place in places]
    sent = [posted(p.tenant, written[p.tenant.pk, "contact.departed"], mailbox) for p in places]
    _tell_all(Counter(faults) + Counter({"second beat": 1}), places, found, sent, mailbox, settled)
    lateness = sorted(late for place in found for late in place["lateness"])
    tell("lateness_p50", round(lateness[len(lateness) // 2], 2), None, unit="s")
    tell("lateness_p99", round(lateness[int(len(lateness) * 0.99)], 2), 30, unit="s")
    assert [(p["lost"], p["doubled"], p["half"], p["waiting"]) for p in found] == [(0, 0, 0, 0)] * 2
    assert [(p["episodes_lost"], p["episodes_doubled"]) for p in found] == [(0, 0)] * 2
    assert [(s["lost"], s["doubled"], s["unsent"]) for s in sent] == [(0, 0, 0)] * 2
    assert not mailbox.tries.keys() - _uids(places)


def _drain(places) -> None:
    """Until nothing is left to send, however much that is; given up where nothing has moved for long."""
    fewest, moved = float("inf"), time.monotonic()
    while (left := sum(time_passes(place.tenant) for place in places)) and time.monotonic() - moved < plan.PATIENCE:
        if left < fewest:
            fewest, moved = left, time.monotonic()
        time.sleep(0.25)


def _tell_all(faults, places, found, sent, mailbox, settled) -> None:
    """One line for each kind of thing that must be there once; deliveries arrive at least once, under one id."""
    runs = {name: sum(place[name] for place in found) for name in found[0] if name != "lateness"}
    episodes = sum(len(place.few) for place in places)
    tell_counts("plays.events", faults, runs["due"], runs["runs"], runs["lost"], runs["doubled"],
                waiting=runs["waiting"], settled_seconds=round(settled, 1))  # fmt: skip
    tell_counts("plays.facts", faults, episodes, runs["fired"], runs["episodes_lost"], runs["episodes_doubled"])
    tell_counts("plays.tasks", faults, runs["tasks_due"], runs["tasks"], runs["half"], runs["doubled"])
    total = {name: sum(each[name] for each in sent) for name in sent[0]}
    tell_counts("plays.deliveries", faults + mailbox.count, total["expected"], total["present"], total["lost"],
                total["doubled"], tried_again=total["tried_again"],
                taken_again=sum(n > 1 for n in mailbox.taken.values()))  # fmt: skip


def _uids(places) -> set[str]:
    found: set[str] = set()
    for place in places:
        with tenant_context(place.tenant):
            found |= {str(uid) for uid in Delivery.objects.values_list("uid", flat=True)}
    return found


def _furnished(tenant, url: str) -> SimpleNamespace:
    with tenant_context(tenant):
        CustomField.objects.create(key="seats", label="Seats", type="number")
        steps = [step(f"Step {number}") for number in range(plan.STEPS)]
        for _ in range(PLAYS):
            PlayFactory(steps=steps)
        few = {"all": [{"fact": "custom.seats", "less_than": 5}]}
        watcher = PlayFactory(trigger="", steps=steps, steps__conditions=few)
        poster = PlayFactory(steps=[{"kind": "webhook", "endpoint": EndpointFactory(url=url).pk}])
        own = {"tenant": tenant, "account": AccountFactory(), "watcher": watcher, "poster": poster}
        return SimpleNamespace(**own, few=[], seen=0)


def _seat(place) -> None:
    """An account with few seats, one with many, or one whose few become fewer: an episode begins, none, none."""
    place.seen += 1
    if place.seen % 3 == 2 and place.few:
        account = place.few[place.seen % len(place.few)]
        account.custom = {"seats": place.seen % 5}
        account.save()
    else:
        account = AccountFactory(custom={"seats": 4 if place.seen % 3 else 40})
        place.few += [account] if place.seen % 3 else []
    knowledge.note([account.pk])


def _found(place, departures: int) -> dict:
    """Held against what was written: one run for each play and event, one task for each step, nothing left."""
    with tenant_context(place.tenant):
        heard = Run.objects.exclude(play__in=[place.watcher, place.poster]).order_by()
        pairs = heard.values("play_id", "event_id").annotate(times=Count("pk"))
        links = Run.objects.exclude(play=place.poster).order_by().annotate(tasks=Count("links"))
        late = heard.annotate(late=F("started_at") - F("event__recorded_at")).values_list("late", flat=True)
        tasks, due = Task.objects.count(), (departures * PLAYS + len(place.few)) * plan.STEPS
        fired = Counter(Run.objects.filter(play=place.watcher).values_list("account_id", flat=True))
        return {
            "due": departures * PLAYS, "runs": heard.count(), "tasks_due": due, "tasks": tasks, "fired": fired.total(),
            "lost": departures * PLAYS - pairs.count(),
            "doubled": pairs.filter(times__gt=1).count() + max(0, tasks - due),
            "half": links.exclude(tasks=plan.STEPS).count() + max(0, due - tasks),
            "waiting": InboxEntry.objects.count(),
            "episodes_lost": len({account.pk for account in place.few} - set(fired)),
            "episodes_doubled": fired.total() - len(place.few) + len({a.pk for a in place.few} - set(fired)),
            "lateness": [delay.total_seconds() for delay in late],
        }  # fmt: skip


def test_the_same_chaos_breaks_what_was_written_without_thinking(db, tmp_path):
    """Were this green, the test above would prove nothing."""
    environ = environment(connection.settings_dict["NAME"], plan.CONTROL_REDIS_DB)
    owner = psycopg2.connect(environ["DATABASE_OWNER_URL"])
    owner.autocommit = True
    crew, written = Crew.of("tests.chaos.naive", environ, tmp_path), Counter()
    with owner.cursor() as cursor:
        cursor.execute("CREATE TABLE chaos_event (id bigserial PRIMARY KEY, done boolean NOT NULL DEFAULT false)")
        cursor.execute("CREATE TABLE chaos_task (event bigint, step int)")

        def write() -> None:
            cursor.execute("INSERT INTO chaos_event DEFAULT VALUES")
            written["events"] += 1

        try:
            faults = under_chaos(crew, environ, plan.CONTROL_FAULTS, write, lambda: _one(cursor, TASKS) > 0)
            wait_until(lambda: _one(cursor, "SELECT count(*) FROM chaos_event WHERE NOT done") == 0)
            _settle(cursor)  # what is still in hand isn't lost
        finally:
            crew.stop()
        lost = _one(cursor, _STEPS_OF_EVENTS.format("t.event IS NULL"))
        doubled = _one(cursor, "SELECT count(*) - count(DISTINCT (event, step)) FROM chaos_task")
        present = _one(cursor, TASKS)
        cursor.execute("DROP TABLE chaos_task, chaos_event")
    owner.close()
    tell_counts("control", faults + Counter({"second beat": 1}), written["events"] * plan.STEPS, present, lost, doubled)
    assert lost > 0
    assert doubled > 0


_STEPS_OF_EVENTS = (
    f"SELECT count(*) FROM chaos_event e CROSS JOIN generate_series(0, {plan.STEPS - 1}) s (step) "
    "LEFT JOIN chaos_task t ON t.event = e.id AND t.step = s.step WHERE {}"
)


def _settle(cursor) -> None:
    present = -1
    while present != (present := _one(cursor, TASKS)):
        time.sleep(3)


def _one(cursor, sql: str) -> int:
    cursor.execute(sql)
    return cursor.fetchone()[0]
