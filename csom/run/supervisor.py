"""Keeps web, worker and beat alive, and ends them in order."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from csom.processes import command_line, end_group
from csom.run import ROOT

PATIENCE_SECONDS = 12
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 30


def commands(home: Path, port: int) -> dict[str, list[str]]:
    """What runs together, by name; the same programs as in docker-compose.yml."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "csom.celery"]
    web = [*python, "gunicorn", "csom.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    return {
        "web": [*web, "--graceful-timeout", "5", "--no-control-socket", "--log-level", "warning"],
        "worker": [*celery, "worker", "-Q", "sweeps,turns", "--concurrency", "2", "--loglevel", "WARNING",
                   "--without-gossip", "--without-mingle"],
        "beat": [*celery, "beat", "-s", str(home / "celerybeat-schedule"), "--loglevel", "WARNING"],
    }  # fmt: skip


@dataclass
class Child:
    """One program: running, or waiting to be started again after a growing pause."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    not_before: float = 0.0

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for the supervisor; it decides who ends when.
                start_new_session=True,
            )
        self.started = time.monotonic()

    def died(self) -> bool:
        """True once for each death; the next start is then set."""
        if self.process is None or self.process.poll() is None:
            return False
        self.process = None
        steady = time.monotonic() - self.started > STEADY_SECONDS
        self.failures = 1 if steady else self.failures + 1
        self.not_before = time.monotonic() + min(LONGEST_PAUSE, 0.5 * 2 ** (self.failures - 1))
        return True

    def due(self) -> bool:
        return self.process is None and time.monotonic() >= self.not_before

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else "it said nothing"


@dataclass
class Supervisor:
    """All children of one `make run`; their ids are written down for a start after kill -9."""

    home: Path
    port: int
    children: list[Child] = field(default_factory=list)

    def start(self) -> None:
        logs = self.home / "log"
        logs.mkdir(exist_ok=True)
        for name, command in commands(self.home, self.port).items():
            log = logs / f"{name}.log"
            log.write_bytes(b"")
            child = Child(name, command, log)
            child.start()
            self.children.append(child)
        self._write_down()

    def tend(self) -> None:
        """Start again what ended; called a few times a second."""
        for child in self.children:
            if child.died():
                print(f"{child.name} ended and starts again: {child.last_words()} ({child.log})", flush=True)
            if child.due():
                child.start()
                self._write_down()

    def stop(self) -> None:
        """Ask all at once, wait for each: a turn that runs is finished, the next one isn't begun."""
        running = [child.process for child in self.children if child.process]
        for process in running:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE_SECONDS
        for process in running:
            end_group(process.pid, seconds=max(0.0, deadline - time.monotonic()))
            process.wait()
        _record(self.home).unlink(missing_ok=True)

    def _write_down(self) -> None:
        pids = [child.process.pid for child in self.children if child.process]
        half = _record(self.home).with_suffix(".half")
        half.write_text(json.dumps(pids))
        half.replace(_record(self.home))


def stop_leftovers(home: Path) -> bool:
    """End children whose supervisor was killed; True if there may have been some."""
    try:
        pids = json.loads(_record(home).read_text())
    except (FileNotFoundError, ValueError):
        return False
    for pid in pids:
        line = command_line(pid)
        if sys.executable in line and ("csom.wsgi" in line or "csom.celery" in line) and pid != os.getpid():
            end_group(pid, seconds=PATIENCE_SECONDS)
    _record(home).unlink(missing_ok=True)
    return True


def _record(home: Path) -> Path:
    return home / "children.json"
