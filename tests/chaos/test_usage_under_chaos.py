"""Web and worker are killed while four clients send: what was acknowledged is there once, and the days are right."""

from __future__ import annotations

import base64
import http.client
import json
import random
import socket
import sys
import threading
import time
import uuid
from collections import Counter

import pytest
from django.db import connection
from django.db.models import Sum

from accounts.tenancy.context import tenant_context
from metrics.usage.actions import turns
from metrics.usage.messages import key_of
from metrics.usage.models import Arrival, Daily, UsageEvent
from tests.chaos import plan
from tests.chaos.processes import Process, environment
from tests.factories.accounts import AccountFactory
from tests.factories.usage import Sender

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chaos]
CLIENTS, ACCOUNTS, SIZE = 4, 5, 20
SECONDS = max(6.0, plan.FAULTS * 0.8)


class Clients:
    """Four who send until told to stop. Each message goes out until it is acknowledged, as libraries do."""

    def __init__(self, port: int, secret: str) -> None:
        self.port, self.stop = port, threading.Event()
        self.headers = {"Authorization": "Basic " + base64.b64encode(f"{secret}:".encode()).decode()}
        self.acknowledged: list[str] = []
        self.tries = Counter()
        self.threads = [threading.Thread(target=self._run, args=(n,)) for n in range(CLIENTS)]

    def _run(self, number: int) -> None:
        rounds = 0
        while not self.stop.is_set():
            rounds += 1
            ids = [str(uuid.uuid4()) for _ in range(SIZE)]
            body = json.dumps({"batch": [self._event(key, number + n) for n, key in enumerate(ids)]}).encode()
            while not self._post(body):
                time.sleep(0.05)
                if self.stop.is_set():
                    return
            self.acknowledged += ids
            time.sleep(0.01)

    @staticmethod
    def _event(key: str, n: int) -> dict:
        group = {"groupId": f"org-{n % ACCOUNTS}"}
        return {"type": "track", "event": "export", "userId": f"u-{n % 7}", "messageId": key, "context": group}

    def _post(self, body: bytes) -> bool:
        self.tries["calls"] += 1
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request("POST", "/v1/batch", body, self.headers)
            with link.getresponse() as answer:
                done = answer.status == 200 and json.loads(answer.read()) == {"success": True}
        except (OSError, http.client.HTTPException, ValueError):
            done = False
        finally:
            link.close()
        self.tries["again"] += not done
        return done


def crew_of(mode: str, tenant_id: int, tmp_path) -> tuple[int, list[Process]]:
    environ = environment(connection.settings_dict["NAME"], plan.REDIS_DB)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    web = [sys.executable, "-m", "gunicorn", "csom.wsgi", "--workers", "2", "--bind", f"127.0.0.1:{port}",
           "--no-control-socket", "--log-level", "error"]  # fmt: skip
    worker = [sys.executable, "-m", "tests.chaos.sender", mode, str(tenant_id)]
    environ |= {"DJANGO_SETTINGS_MODULE": "csom.settings"}
    log = tmp_path / f"{mode}.log"
    return port, [Process(web, environ, log), Process(worker, environ, log), Process(worker, environ, log)]


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def killed_meanwhile(mode: str, sender: Sender, tmp_path) -> tuple[Clients, int]:
    """Sends and kills for some seconds; the worker more often than the web, which takes longer to come back."""
    port, crew = crew_of(mode, sender.tenant.pk, tmp_path)
    clients, kills, chance = Clients(port, sender.secret), 0, random.Random(plan.SEED)
    try:
        for process in crew:
            process.start()
        wait_until(lambda: answers(port))
        for thread in clients.threads:
            thread.start()
        wait_until(lambda: len(clients.acknowledged) > 0)
        began = time.monotonic()
        while time.monotonic() - began < SECONDS:
            time.sleep(chance.uniform(0.5, 1.5))
            victim = crew[0] if kills % 3 == 2 else crew[1 + kills % 2]
            victim.kill()
            victim.start()
            kills += 1
        wait_until(lambda: answers(port))
    finally:
        clients.stop.set()
        for thread in clients.threads:
            if thread.ident:
                thread.join()
        for process in crew:
            process.kill()
    return clients, kills


def wait_until(done) -> None:
    began = time.monotonic()
    while not done() and time.monotonic() - began < plan.PATIENCE:
        time.sleep(0.1)


def tell(name: str, **facts: object) -> None:
    print(json.dumps({"name": f"chaos.usage.{name}", "seed": plan.SEED} | facts))


@pytest.fixture
def sender(acme_cast):
    with tenant_context(acme_cast.tenant):
        for number in range(ACCOUNTS):
            AccountFactory(external_id=f"org-{number}")
    return Sender(acme_cast.tenant, acme_cast.ada)


def drained(sender) -> bool:
    """The database may still be ending the turn of a worker that was killed, which holds the tenant's lock."""
    turns.go_on(sender.tenant.pk)
    with tenant_context(sender.tenant):
        return not Arrival.objects.exists()


def counted(sender) -> int:
    with tenant_context(sender.tenant):
        return Daily.objects.filter(metric__key="events").aggregate(n=Sum("count"))["n"] or 0


def test_what_was_acknowledged_is_there_once_and_the_days_are_right(sender, tmp_path):
    clients, kills = killed_meanwhile("product", sender, tmp_path)
    wait_until(lambda: drained(sender))
    with tenant_context(sender.tenant):
        found = Counter(key.hex for key in UsageEvent.objects.values_list("id", flat=True))
        waiting = Arrival.objects.count()
    lost = sum(key_of(key) not in found for key in clients.acknowledged)
    doubled = sum(times > 1 for times in found.values())
    tell("product", kills=kills, acknowledged=len(clients.acknowledged), sent_again=clients.tries["again"],
         present=found.total(), counted=counted(sender), lost=lost, doubled=doubled)  # fmt: skip
    assert kills > 3
    assert len(clients.acknowledged) > 0
    assert (lost, doubled, waiting) == (0, 0, 0)
    assert counted(sender) == found.total()


def test_adding_up_without_thinking_is_wrong_so_the_harness_sees_it(sender, tmp_path):
    clients, kills = killed_meanwhile("naive", sender, tmp_path)
    with tenant_context(sender.tenant):
        raw, waiting = UsageEvent.objects.count(), Arrival.objects.aggregate(n=Sum("events"))["n"] or 0
    tell("control", kills=kills, acknowledged=len(clients.acknowledged), present=raw, waiting=waiting,
         counted=counted(sender))  # fmt: skip
    assert counted(sender) != raw - waiting
