"""Usage coming in: points a second through /v1/batch against COPY into the same tables, and how far counting lags."""

from __future__ import annotations

import base64
import datetime as dt
import http.client
import json
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg2
from django.db import connection

from accounts.models import Membership, Tenant, User
from accounts.tenancy.context import tenant_context
from metrics.usage.actions import turns, write_keys
from metrics.usage.models import Arrival, Daily, UsageEvent
from tests.bench.load import CLIENTS
from tests.bench.server import gunicorn

NAME = "usage"
SIZES = {100: 160, 1_000: 24}  # events a call, calls in a round
ROUNDS, ACCOUNTS, PEOPLE = 3, 1_000, 5_000
GOAL = 2.0  # times the floor's seconds: half of COPY's rate
MEGABYTE = 1024 * 1024
LAG_GOAL = 60.0
LAG_CALLS = 2_500  # of a hundred events: several rests long
PAUSE = 0.2  # between two looks at how old the oldest arrival is

Figure = dict[str, Any]
EVENTS = ("id", "type", "name", "person", "origin_id", "account_id", "occurred_at", "properties")


def workspace() -> tuple[Tenant, str]:
    """A thousand accounts; each person's group has an account."""
    user = User.objects.create_user("usage@example.test", "bench bench bench", name="Sender")
    tenant = Tenant.objects.create(slug="usage", name="Usage")
    Membership.objects.create(tenant=tenant, user=user, role="admin")
    with tenant_context(tenant), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_account (name, domain, external_id, industry, region, segment, touch_model, currency,"
            " phase, custom, version) SELECT 'U' || n, '', 'org-' || n, '', '', '', 'tech', 'USD', 'adoption', '{}', 1"
            " FROM generate_series(1, %s) n",
            [ACCOUNTS],
        )
        return tenant, write_keys.create(tenant, "bench", user)[1]


def body(size: int, number: int) -> bytes:
    """One call as the libraries send it."""
    now = dt.datetime.now(dt.UTC).isoformat()
    events = [
        {
            "type": "track", "event": "report_downloaded", "userId": f"u-{(number * size + n) % PEOPLE}",
            "messageId": str(uuid.uuid4()), "timestamp": now, "properties": {"format": "pdf", "pages": n % 40},
            "context": {"groupId": f"org-{1 + (number * 7 + n) % ACCOUNTS}", "library": {"name": "bench"}},
        }
        for n in range(size)
    ]  # fmt: skip
    return json.dumps({"batch": events, "sentAt": now}).encode()


def send(port: int, secret: str, size: int, calls: int) -> tuple[float, list[float]]:
    """Seconds of all calls together by four clients, and of each."""
    bodies = [body(size, n) for n in range(calls)]
    numbers, took = iter(range(calls)), []
    headers = {
        "Authorization": "Basic " + base64.b64encode(f"{secret}:".encode()).decode(),
        "Content-Type": "application/json",
    }

    def client() -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for n in numbers:
            began = time.perf_counter()
            link.request("POST", "/v1/batch", bodies[n], headers)
            answer = link.getresponse()
            if answer.read() != b'{"success":true}':
                raise RuntimeError(f"answered {answer.status}")
            took.append(time.perf_counter() - began)
        link.close()

    return _together([client] * CLIENTS), took


def copy(home: Path, tenant: Tenant, size: int, calls: int) -> float:
    """Seconds of plain COPY of as many rows into the same two tables, committed after each call's worth of them.

    By the one role that row-level security lets: the superuser. From one connection, as a loader would.
    """
    owner = connection.get_connection_params()
    link = psycopg2.connect(host=owner["host"], dbname=owner["dbname"], user="postgres")
    texts = [_rows(tenant, size, n) for n in range(calls)]
    began = time.perf_counter()
    with link.cursor() as cursor:
        for messages, events in texts:
            cursor.copy_expert("COPY usage_message (tenant_id, id, received_on) FROM STDIN", messages)
            cursor.copy_expert(f"COPY usage_event (tenant_id, {', '.join(EVENTS)}) FROM STDIN", events)
            link.commit()
    seconds = time.perf_counter() - began
    link.close()
    return seconds


def _rows(tenant: Tenant, size: int, number: int) -> tuple[StringIO, StringIO]:
    now, messages, events = dt.datetime.now(dt.UTC), [], []
    with tenant_context(tenant), connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM accounts_account WHERE tenant_id = %s", [tenant.pk])
        first = cursor.fetchone()[0]
    for n in range(size):
        key = uuid.uuid4().hex
        messages.append(f"{tenant.pk}\t{key}\t{now.date()}\n")
        account = first + (number * 7 + n) % ACCOUNTS
        events.append(
            f"{tenant.pk}\t{key}\ttrack\treport_downloaded\tu-{n % PEOPLE}\t1\t{account}\t{now}"
            f'\t{{"format": "pdf", "pages": {n % 40}}}\n'
        )
    return StringIO("".join(messages)), StringIO("".join(events))


def measure(figure: Any, picked: str, home: Path) -> Iterator[Figure]:
    if picked not in NAME:
        return
    tenant, secret = workspace()
    with gunicorn("tests.bench.settings", WEB_CONCURRENCY="2") as (port, workers):
        send(port, secret, 100, 20)
        copy(home, tenant, 100, 20)
        for size, calls in SIZES.items():
            pairs = [(send(port, secret, size, calls), copy(home, tenant, size, calls)) for _ in range(ROUNDS)]
            ours = statistics.median(seconds for (seconds, _), _ in pairs)
            floor = statistics.median(bare for _, bare in pairs)
            each = sorted(t for (_, took), _ in pairs for t in took)
            yield figure(
                f"usage: {size} events a call", ours, "s", floor, GOAL,
                points_a_second=round(size * calls / ours), floor_points_a_second=round(size * calls / floor),
                share_of_copy=round(floor / ours, 2), p50=_ms(each, 0.5), p95=_ms(each, 0.95),
            )  # fmt: skip
        yield from _replay(figure, port, secret)
        yield from _lag(figure, tenant, port, secret)
        yield from _memory(figure, port, secret, workers)


def _replay(figure: Any, port: int, secret: str) -> Iterator[Figure]:
    """The same hundred thousand events again change nothing, and are no slower."""
    first, _ = send(port, secret, 1_000, 12)
    same = body(1_000, 0)
    again = _together([lambda: _post(port, secret, same, 3)] * CLIENTS)
    yield figure("usage: a replay", again, "s", first, 1.25)


def _lag(figure: Any, tenant: Tenant, port: int, secret: str) -> Iterator[Figure]:
    """Calls at full rate for some seconds, a worker beside them: how old an arrival gets before it is counted."""
    turns.go_on(tenant.pk, seconds=120, rest=dt.timedelta())
    stop, ages = threading.Event(), []

    def count() -> None:
        while not stop.is_set():
            with tenant_context(tenant):
                oldest = Arrival.objects.order_by("id").values_list("received_at", flat=True).first()
            turns.go_on(tenant.pk)
            if oldest is not None:
                ages.append((dt.datetime.now(dt.UTC) - oldest).total_seconds())
            time.sleep(PAUSE)
        connection.close()

    worker = threading.Thread(target=count)
    worker.start()
    try:
        seconds, _ = send(port, secret, 100, LAG_CALLS)
    finally:
        stop.set()
        worker.join()
    turns.go_on(tenant.pk, seconds=120, rest=dt.timedelta())
    with tenant_context(tenant), connection.cursor() as cursor:
        cursor.execute("SELECT sum(count) FROM usage_daily d JOIN usage_metric m ON m.id = d.metric_id "
                       "WHERE d.tenant_id = %s AND m.key = 'events'", [tenant.pk])  # fmt: skip
        counted, raw = cursor.fetchone()[0], UsageEvent.objects.count()
        assert Daily.objects.exists()
        assert counted == raw, (counted, raw)
    yield figure("usage: lag of counting at full rate", max(ages), "s", LAG_GOAL, 1.0,
                 points_a_second=round(LAG_CALLS * 100 / seconds), counted=int(counted))  # fmt: skip


def _memory(figure: Any, port: int, secret: str, workers: list[int]) -> Iterator[Figure]:
    """What the workers hold after many more calls, against what they held before."""
    before = max(map(_resident, workers))
    send(port, secret, 1_000, 60)
    after = max(map(_resident, workers))
    yield figure("usage: memory of a worker", after / MEGABYTE, "MB", before / MEGABYTE, 1.05)


def _post(port: int, secret: str, data: bytes, times: int) -> None:
    basic = base64.b64encode(f"{secret}:".encode()).decode()
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(times):
        link.request("POST", "/v1/batch", data, {"Authorization": f"Basic {basic}"})
        link.getresponse().read()
    link.close()


def _together(clients: list[Callable[[], None]]) -> float:
    threads = [threading.Thread(target=client) for client in clients]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def _ms(each: list[float], share: float) -> float:
    return round(each[int(len(each) * share)] * 1000, 1)


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
