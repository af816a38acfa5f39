"""Real workers and beats of a chaos run: started, killed without warning, started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def environment(database: str, redis_db: int) -> dict[str, str]:
    """The same servers as the tests, the test's own database, and a broker database of this run's own."""
    named = {name: _on_database(os.environ[name], database) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    return os.environ | named | {"REDIS_URL": broker(os.environ["REDIS_URL"], redis_db), "LOG_LEVEL": "WARNING"}


def broker(url: str, number: int) -> str:
    """Over a socket the client takes the number from `db`, the broker from `virtual_host`."""
    if url.startswith("unix://"):
        return f"{url.split('?')[0]}?db={number}&virtual_host={number}"
    return f"{url.rsplit('/', 1)[0]}/{number}"


def _on_database(url: str, name: str) -> str:
    address, _, options = url.partition("?")
    return f"{address.rsplit('/', 1)[0]}/{name}" + (f"?{options}" if options else "")


@dataclass
class Process:
    """One program of the run in a session of its own, so that a kill takes its children along."""

    command: list[str]
    environ: dict[str, str]
    log: Path
    child: subprocess.Popen[bytes] | None = None
    began: float = 0.0

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.child = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environ,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.began = time.monotonic()

    def kill(self) -> None:
        """-9, the whole session: nothing gets to say good-bye."""
        if self.child is not None:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()
        self.child = None


@dataclass
class Crew:
    """Workers and beats, two of each unless said: what must never matter is who of them lives."""

    workers: list[Process] = field(default_factory=list)
    beats: list[Process] = field(default_factory=list)

    @classmethod
    def of(cls, app: str, environ: dict[str, str], home: Path, each: int = 2) -> Crew:
        celery = [sys.executable, "-m", "celery", "-A", app]
        work = ["worker", "-Q", "sweeps,turns", "--concurrency", "2", "--without-gossip", "--without-mingle"]
        log = home / f"{app}.log"
        return cls(
            [Process([*celery, *work, "-n", f"w{n}@%h", "--loglevel", "ERROR"], environ, log) for n in range(each)],
            [
                Process(
                    [*celery, "beat", "-s", f"{home}/beat-{n}", "--loglevel", "ERROR"],
                    environ,
                    log,
                )
                for n in range(each)
            ],
        )

    @property
    def everybody(self) -> list[Process]:
        return [*self.workers, *self.beats]

    def start(self) -> None:
        for process in self.everybody:
            process.start()

    def stop(self) -> None:
        for process in self.everybody:
            process.kill()
