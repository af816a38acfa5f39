"""The product as it runs, with a worker and its beat: how soon a call becomes a task, alone and beside a big sweep."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client

from accounts.actions import knowledge
from accounts.models import Account, Contact, Task, Tenant, TenantWork, Touched, User
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine, plays
from blueprints.models import Match
from tests.bench import book, sweeps
from tests.bench.load import Load, burst
from tests.bench.server import ROOT, gunicorn

NAME = "living"
NEIGHBORS, PAUSE, CALLS, LOOK = 1_000, 0.7, 60, 0.02
IDLE_GOAL, BUSY_GOAL, LIST_GOAL, WRITE_GOAL, MEMORY_GOAL = 5.0, 60.0, 2.0, 1.15, 1.1
LONGEST, MEGABYTE = 900.0, 1024.0
WRITES, ROUNDS = 200, 5
CELERY = [sys.executable, "-m", "celery", "-q", "-A", "csom.celery"]
WORKER = [*CELERY, "worker", "-Q", "sweeps,turns", "--concurrency", "2", "--loglevel", "ERROR"]

Figure = dict[str, Any]


@dataclass
class Place:
    """A workspace and how a program and a person of it call."""

    tenant: Tenant
    user: User
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    @property
    def cookie(self) -> dict[str, str]:
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(self.user)
        return {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}


def measure(figure: Any, picked: str, home: Path) -> Iterator[Figure]:
    if picked not in NAME:
        return
    near = _place("near", NEIGHBORS, 11)
    small = _place("tenth", sweeps.SIZE // 10, 12, watching=True)
    big = _place("whole", sweeps.SIZE, 13, watching=True)
    with gunicorn("tests.bench.settings") as (port, workers):
        yield from _writes(figure, port, workers)
        _listening(near)
        with _crew(home) as worker:
            _quiet(near, small, big)
            yield from _idle(figure, near, port)
            alone = _lists(near, port, workers)
            little = _peak(worker, lambda: _swept(small))
        with _crew(home) as worker:
            yield from _beside(figure, near, big, (port, workers, worker), (alone, little))


def _place(slug: str, size: int, number: int, *, watching: bool = False) -> Place:
    """Plays that watch are switched on while nothing is known, so that the first sweep fires all of them."""
    tenant, user = sweeps.workspace(slug, size)
    if watching:
        with tenant_context(tenant):
            sweeps.watch(user)
    sweeps.know(tenant)
    return Place(tenant, user, book.key(tenant, user, number))


def _listening(place: Place) -> None:
    said = {"name": "Gone", "because": "their champion left", "trigger": "contact.departed", "conditions": {}}
    with tenant_context(place.tenant):
        plays.switch_on(plays.create(said | {"steps": [sweeps.STEP]}, by=place.user), by=place.user)


@contextmanager
def _crew(home: Path) -> Iterator[int]:
    """One worker of two processes and one beat; the worker's process id."""
    beat = [*CELERY, "beat", "-s", str(home / "beat"), "--loglevel", "ERROR"]
    crew = [subprocess.Popen(each, cwd=ROOT, env=os.environ.copy()) for each in (WORKER, beat)]
    try:
        yield crew[0].pid
    finally:
        for each in crew:
            each.terminate()
        for each in crew:
            each.wait(60)


def _quiet(*places: Place) -> None:
    """Until the day's round over all of them is through."""
    _until(lambda: all(TenantWork.objects.filter(tenant=p.tenant, kind=engine.ROUND).exists() for p in places))


def _until(said: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not said():
        if time.monotonic() - began > LONGEST:
            raise RuntimeError("the worker doesn't come to an end")
        time.sleep(0.1)
    return time.monotonic() - began


@dataclass
class Departures:
    """Champions leave through the API, one after the other, and each is watched for until its task is there."""

    place: Place
    port: int
    sent: dict[int, float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)

    def go_on(self, while_: Callable[[], bool]) -> None:
        with tenant_context(self.place.tenant):
            leaving = iter(
                Contact.objects.filter(buying_role="champion", departed_on=None).values_list("pk", "account")
            )
        seen = 0
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while while_() or self.sent:
            if while_() and (due := time.monotonic()) >= seen + PAUSE:
                contact, account = next(leaving)
                self._depart(link, contact)
                self.sent[account], seen = due, due
            self._look()
            time.sleep(LOOK)
        link.close()
        connection.close()

    def _depart(self, link: http.client.HTTPConnection, contact: int) -> None:
        said = json.dumps({"on": time.strftime("%Y-%m-%d")})
        link.request("POST", f"/api/v1/contacts/{contact}/depart", said, self.place.headers)
        answer = link.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {text[:200]!r}")

    def _look(self) -> None:
        if not self.sent:
            return
        with tenant_context(self.place.tenant):
            there = list(Task.objects.filter(account__in=self.sent, title=sweeps.STEP["title"]).values_list("account"))
        for (account,) in there:
            self.took.append(time.monotonic() - self.sent.pop(account))

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.took, n=20)[-1]


def _idle(figure: Any, near: Place, port: int) -> Iterator[Figure]:
    departures, began = Departures(near, port), time.monotonic()
    departures.go_on(lambda: time.monotonic() - began < CALLS * PAUSE)
    yield figure("living: from a call to its task", departures.p95, "s", IDLE_GOAL, 1.0, calls=len(departures.took),
                 p50=round(statistics.median(departures.took), 2))  # fmt: skip


def _beside(
    figure: Any, near: Place, big: Place, running: tuple[int, list[int], int], before: tuple[Load, float]
) -> Iterator[Figure]:
    """While a worker looks at all of the big one's accounts."""
    (port, workers, worker), (alone, little) = running, before
    swept, departures, lists = threading.Event(), Departures(near, port), []
    watcher = threading.Thread(target=departures.go_on, args=(lambda: not swept.is_set(),))

    def sweep() -> None:
        _ask(big)
        watcher.start()
        while _waits(big):
            lists.append(_lists(near, port, workers))
        swept.set()
        watcher.join()

    began = time.monotonic()
    much = _peak(worker, sweep)
    took = time.monotonic() - began
    yield figure("living: from a call to its task, beside a sweep", departures.p95, "s", BUSY_GOAL, 1.0,
                 calls=len(departures.took), p50=round(statistics.median(departures.took), 2), accounts=sweeps.SIZE,
                 sweep_seconds=round(took))  # fmt: skip
    p95 = statistics.median(load.p95 for load in lists)
    yield figure("living: another workspace's list, beside a sweep", p95, "ms", alone.p95, LIST_GOAL)
    yield figure("living: memory of a worker at ten times the accounts", much, "MB", little, MEMORY_GOAL)


def _lists(place: Place, port: int, workers: list[int]) -> Load:
    path = f"/w/{place.tenant.slug}/accounts/?view=all"
    return burst(port, lambda n: ("GET", path, None), place.cookie, workers, 60)


def _ask(place: Place) -> None:
    with tenant_context(place.tenant):
        knowledge.note_all()


def _waits(place: Place) -> bool:
    with tenant_context(place.tenant):
        return Touched.objects.exists() or Match.objects.waiting().exists()


def _swept(place: Place) -> None:
    _ask(place)
    _until(lambda: not _waits(place))


def _peak(worker: int, work: Callable[[], Any]) -> float:
    """The most that one of its processes held, in megabytes."""
    work()
    children = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
    held = [Path(f"/proc/{child}/status").read_text() for child in children]
    return max(int(text.split("VmHWM:")[1].split()[0]) for text in held) / MEGABYTE


def _writes(figure: Any, port: int, workers: list[int]) -> Iterator[Figure]:
    """The same change by the API, in a workspace with twenty plays and in one without."""
    without, with_plays = _place("without", NEIGHBORS, 14), _place("with-plays", NEIGHBORS, 15, watching=True)
    _listening(with_plays)
    salt = iter(range(10_000_000))

    def change(place: Place) -> float:
        with tenant_context(place.tenant):
            ids = list(Account.objects.order_by("pk").values_list("pk", flat=True)[:WRITES])

        def call(n: int) -> tuple[str, str, bytes]:
            return "PATCH", f"/api/v1/accounts/{ids[n % len(ids)]}", json.dumps({"region": f"R{next(salt)}"}).encode()

        return burst(port, call, place.headers, workers, WRITES).p50

    change(without), change(with_plays)
    pairs = [(change(with_plays), change(without)) for _ in range(ROUNDS)]
    ours, floor = (statistics.median(times) for times in zip(*pairs, strict=True))
    yield figure("living: a write with 26 active plays", ours, "ms", floor, WRITE_GOAL)
