"""The hunt: attempts one after the other, each in a transaction that is taken back, and what was found."""

from __future__ import annotations

import json
import math
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core import mail
from django.db import connection, connections, transaction
from django.test import Client

from blueprints.actions import engine
from tests.fuzz import oracle
from tests.fuzz.attempts import Asked, Attempt, Maker
from tests.fuzz.callers import SORTS, send
from tests.fuzz.oracle import Log, Rows, Written
from tests.fuzz.stage import KNOWN, Stage
from tests.fuzz.surface import survey

FAR = 5_000_000  # the rival's numbers begin here, so that none of them is also one of Acme's
EVERY = 25  # of the attempts that wrote, how often the engine then takes its turn

SAYS_503 = "/healthz"  # that is how it tells that the engine lags behind


@dataclass
class Found:
    attempts: int = 0
    wrote: int = 0
    turns: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    callers: Counter[str] = field(default_factory=Counter)
    served: Counter[str] = field(default_factory=Counter)  # by caller, what was neither refused nor sent elsewhere
    vectors: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    asleep: set[str] = field(default_factory=set)  # signed out on the way: from then on they hunted as nobody
    seconds: float = 0.0
    cpu: float = 0.0

    def count(self, attempt: Attempt, status: int, told: list[str]) -> None:
        self.attempts += 1
        self.statuses[status] += 1
        self.callers[attempt.caller] += 1
        self.served[attempt.caller] += status < 300
        self.vectors[attempt.vector] += 1
        self.kinds[attempt.kind] += 1
        for each in told:
            self._complain(each, attempt)

    def _complain(self, what: str, attempt: Attempt) -> None:
        self.wrong[what.split()[0]] += 1
        if len(self.told) < 40:
            self.told.append(f"{what}: {attempt.caller} {attempt.vector} {attempt.foreign}")

    def line(self, **more: Any) -> str:
        sums = {
            "statuses": self.statuses,
            "callers": self.callers,
            "served": self.served,
            "vectors": self.vectors,
            "kinds": self.kinds,
        }
        said = {"attempts": self.attempts, "wrote": self.wrote, "turns": self.turns, "wrong": dict(self.wrong)}
        sorted_sums = {name: dict(sorted(what.items())) for name, what in sums.items()}
        return json.dumps(said | sorted_sums | {"seconds": round(self.seconds, 1), "cpu": round(self.cpu, 1)} | more)


@contextmanager
def numbers_apart() -> Iterator[None]:
    """The rival's rows alone take their numbers from afar: what is made afterwards follows Acme's own again.

    Else a row that an attempt makes for Acme could have a number that another of the rival's rows has.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT schemaname, sequencename, last_value FROM pg_sequences")
        before = cursor.fetchall()
        for schema, name, _last in before:
            cursor.execute("SELECT setval(%s, %s)", [f'"{schema}"."{name}"', FAR])
        yield
        for schema, name, last in before:
            cursor.execute("SELECT setval(%s, %s, %s)", [f'"{schema}"."{name}"', last or 1, last is not None])


def met() -> set[str]:
    """Sequences that gave Acme a number out of the rival's range."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE last_value >= %s", [FAR])
        return {name for (name,) in cursor.fetchall()}


class Hunt:
    def __init__(self, stage: Stage, clients: dict[str, Client], seed: int, share: float = 1.0) -> None:
        self.stage, self.seed, self.dice = stage, seed, random.Random(seed)
        self.clients = clients
        asking = [self.clients["admin"], self.clients["csm"]]
        self.surface = survey(stage.story, asking, stage.token, self.dice, share)
        words = (stage.rival.slug, stage.their_token, KNOWN, f"{KNOWN}1", "ada@rival.test", "cass@rival.test")
        self.maker = Maker(self.surface, stage.story, stage.theirs, words, SORTS, self.dice, stage.token)
        self.rows = Rows(stage.acme.tenant, stage.rival.tenant)
        self.controls: dict[tuple[str, Asked], tuple[int, bytes]] = {}

    def run(self, how_many: int, names: Iterable[str] = SORTS) -> Found:
        found, started, worked = Found(), time.perf_counter(), time.process_time()
        shares = {name: 3 if SORTS[name] == "key" else 2 if name in ("admin", "csm") else 1 for name in names}
        share = how_many / sum(shares.values())
        mail.outbox.clear()
        with oracle.listening() as log:
            for name, weight in shares.items():
                for attempt in self.maker.attempts(name, math.ceil(share * weight)):
                    self._try(attempt, found, log)
        found.asleep = {name for name in shares if not self._awake(name)}
        found.seconds, found.cpu = time.perf_counter() - started, time.process_time() - worked
        return found

    def says(self) -> dict[str, Any]:
        told = {"seed": self.seed, "targets": len(self.surface.targets), "tables_that_say_it": self.stage.stamped}
        return told | {"without_a_row": sorted(self.stage.unfilled), "unreached": len(self.surface.unreached)}

    def _awake(self, caller: str) -> bool:
        """May it still read what it may always read?"""
        readable = {
            "member": "/w/acme/accounts/",
            "key": "/api/v1/accounts",
            "visitor": f"/w/acme/p/{self.stage.token}/",
        }
        address = readable.get(SORTS[caller])
        return address is None or self._asked(caller, Asked("GET", address))[0].status_code == 200

    def _try(self, attempt: Attempt, found: Found, log: Log) -> None:
        log.clear()
        written = Written()
        with transaction.atomic(), connection.execute_wrapper(written):
            answer, body = self._asked(attempt.caller, attempt.foreign)
            told = oracle.told_by(answer, body)
            if written.any and answer.status_code < 400:
                told += self._rows(found)
            transaction.set_rollback(True)
        told += oracle.told_by_mail_or_log(log)
        mail.outbox.clear()
        if answer.status_code >= 500 and not attempt.foreign.path.startswith(SAYS_503):
            told.append(f"error {answer.status_code} {log.errors[:1]}")
        if attempt.vector == "path" and attempt.values and attempt.kind != "public":
            told += self._compared(attempt, answer.status_code, oracle.masked(body, attempt.values))
        found.count(attempt, answer.status_code, told)

    def _rows(self, found: Found) -> list[str]:
        """After some of those that wrote, the engine takes its turn first: what a play sends is looked at, too."""
        found.wrote += 1
        if found.wrote % EVERY == 0:
            found.turns += 1
            try:
                with transaction.atomic():
                    engine.drain(self.stage.acme.tenant.pk)
            except Exception as problem:
                return [f"turn {problem!r}", *self.rows.wrong()]
        return self.rows.wrong()

    def _compared(self, attempt: Attempt, status: int, body: bytes) -> list[str]:
        """The same request with ids that nobody has; asked once for each caller."""
        key = (attempt.caller, attempt.control)
        if key not in self.controls:
            with transaction.atomic():
                answer, said = self._asked(*key)
                self.controls[key] = (answer.status_code, oracle.masked(said, attempt.values))
                transaction.set_rollback(True)
        expected, said = self.controls[key]
        if status != expected:
            return [f"differs: {status}, for nobody's {expected}"]
        return [] if body == said else [f"words differ: {_where(body, said)}"]

    def _asked(self, caller: str, asked: Asked) -> tuple[Any, bytes]:
        client = self.clients[caller]
        cookies = client.cookies.copy()
        answer: Any = send(client, asked)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        client.cookies = cookies
        return answer, body


def _where(one: bytes, other: bytes) -> str:
    n = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{one[max(0, n - 40) : n + 60]!r} / {other[max(0, n - 40) : n + 60]!r}"
