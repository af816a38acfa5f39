"""What goes wrong in a chaos run: kills, a broker that forgets, a database that hangs up; seeded, to be repeated."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis
from django.db import connection, connections

from csom.embedded import postgres, start, valkey
from csom.embedded.places import Place, place_for
from tests.chaos.processes import Crew
from tests.servers import OURS_ALONE

# One round; what comes first comes even where the machine is slow and the run short.
ROUND = [
    "worker killed", "messages doubled", "worker killed", "broker restarted", "worker killed", "connections cut",
    "worker killed", "beat killed", "worker killed", "messages doubled", "worker killed", "broker emptied",
    "worker killed", "database restarted",
]  # fmt: skip
QUEUES = ("sweeps", "turns")
DOWN = (0.2, 2.0)  # seconds
LONGEST_LOOK = 2.0  # seconds; between two rings of the beats nothing is on its way


@dataclass
class Faults:
    """One fault about every `every` seconds, from now on; `count` says what happened so far."""

    crew: Crew
    broker: str
    every: float
    chance: random.Random
    count: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.due = self.every

    def perhaps(self, elapsed: float) -> None:
        if elapsed < self.due:
            return
        self.due = elapsed + self.every * self.chance.uniform(0.6, 1.4)
        fault = ROUND[self.count.total() % len(ROUND)]
        self.count[fault] += 1
        getattr(self, "_" + fault.replace(" ", "_"))()

    def _worker_killed(self) -> None:
        self._again(self.crew.workers)

    def _beat_killed(self) -> None:
        self._again(self.crew.beats)

    def _again(self, processes: list) -> None:
        # The oldest: whoever was just started has nothing to lose yet.
        victim = min(processes, key=lambda process: process.began)
        victim.kill()
        victim.start()

    def _broker_emptied(self) -> None:
        client = self._client()
        client.flushdb()
        client.close()

    def _database_restarted(self) -> None:
        """Down, and up again after a while in which nobody gets an answer."""
        if OURS_ALONE:
            with self._down(postgres.stop):
                connections.close_all()
        else:
            self._connections_cut()

    def _broker_restarted(self) -> None:
        """It comes back without what it held. Where others are on it too, as whoever is connected sees that."""
        if OURS_ALONE:
            with self._down(valkey.stop):
                return
        client = self._client()
        number = str(client.connection_pool.connection_kwargs.get("db", 0))
        client.flushdb()
        ours = client.client_id()
        for each in client.client_list():
            if each["db"] == number and int(each["id"]) != ours:
                client.client_kill_filter(_id=each["id"])
        client.close()

    def _messages_doubled(self) -> None:
        """Whatever waits comes twice, and what is in somebody's hands comes again."""
        client = self._client()
        began = time.monotonic()
        while time.monotonic() - began < LONGEST_LOOK:
            held = [json.loads(said) for said in client.hvals("unacked")]
            again = [(queue, json.dumps(message)) for message, _exchange, queue in held]
            again += [(queue, message) for queue in QUEUES for message in client.lrange(queue, 0, -1)]
            for queue, message in again:
                client.rpush(queue, message)
            if again:
                break
        client.close()

    @contextmanager
    def _down(self, stop: Callable[[Place], None]) -> Iterator[None]:
        home = Path(self.broker.removeprefix("unix://")).parents[2]
        stop(place_for(home))
        yield
        time.sleep(self.chance.uniform(*DOWN))
        start(home, durable=False)

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(self.broker.split("&")[0])

    def _connections_cut(self) -> None:
        """As if PostgreSQL had restarted, for everybody but us."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()"
            )
