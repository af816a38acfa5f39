"""Four clients against a running server: latencies by the clock, processor time by the kernel's books."""

from __future__ import annotations

import http.client
import os
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

CLIENTS = 4
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Load:
    """What a burst of requests cost: seconds each, bytes of one answer, processor seconds of the workers."""

    seconds: list[float] = field(default_factory=list)
    bytes: int = 0
    cpu: float = 0.0
    failures: list[int] = field(default_factory=list)

    @property
    def p50(self) -> float:
        return statistics.median(self.seconds) * 1000

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.seconds, n=20)[-1] * 1000

    @property
    def cpu_each(self) -> float:
        return self.cpu / len(self.seconds) * 1000


def burst(
    port: int,
    request: Callable[[int], tuple[str, str, bytes | None]],
    headers: dict[str, str],
    workers: list[int],
    count: int,
) -> Load:
    """`request(n)` gives method, path and body of the nth call; any answer of 400 and above fails the run."""
    load, lock, numbers = Load(), threading.Lock(), iter(range(count))

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for n in numbers:
            method, path, body = request(n)
            started = time.perf_counter()
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            size = len(answer.read())
            with lock:
                load.seconds.append(time.perf_counter() - started)
                load.bytes = size
                if answer.status >= 400:
                    load.failures.append(answer.status)
        connection.close()

    before = _cpu(workers)
    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.cpu = _cpu(workers) - before
    if load.failures:
        raise RuntimeError(f"{request(0)[1]} answered {load.failures[:3]}")
    return load


def _cpu(pids: list[int]) -> float:
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK
