"""`python -m csom.run`: servers, schema, data, then web, worker and beat until Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from csom import embedded
from csom.run import ROOT, announcement, surroundings
from csom.run.supervisor import Supervisor, stop_leftovers
from csom.run.surroundings import RunError

ANSWER_SECONDS = 90


class Stopped(BaseException):
    """Somebody asked us to end; not an Exception, so that nothing swallows it."""


def main() -> int:
    home = Path(os.environ.get("CSOM_HOME") or ROOT / ".csom").resolve()
    home.mkdir(parents=True, exist_ok=True)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with _only_one(home), _servers(home):
            run(home)
    except Stopped:
        print("Stopped.", flush=True)
    except (RunError, embedded.EmbeddedError) as problem:
        print(problem, file=sys.stderr, flush=True)
        return 1
    return 0


def run(home: Path) -> None:
    """From an empty database to a product that answers, then on until stopped."""
    number = surroundings.port()
    base_url = surroundings.fill(home, number)
    surroundings.write_down(home)
    _bootstrap(home)
    supervisor = Supervisor(home, number)
    try:
        supervisor.start()
        _until_it_answers(supervisor)
        tenants = announcement.write(home, base_url)
        kept = not os.environ.get("EMAIL_URL")
        print(announcement.block(home, base_url, tenants, mail_is_kept=kept), flush=True)
        while True:
            supervisor.tend()
            time.sleep(0.3)
    finally:
        announcement.withdraw(home)
        supervisor.stop()


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """One `make run` per home; the kernel drops the lock with its process, even on kill -9."""
    with (home / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(f"CSOM already runs from {home}: stop it first, or set CSOM_HOME.") from None
        announcement.withdraw(home)
        killed_before = stop_leftovers(home)
        surroundings.refuse_busy(surroundings.port(), wait=5.0 if killed_before else 0.0)
        yield


@contextmanager
def _servers(home: Path) -> Iterator[None]:
    if surroundings.servers_are_given():
        yield
        return
    try:
        os.environ.update(embedded.start(home).environ)
        yield
    finally:
        # Asked again by place: the wish to end may have come while they were starting.
        embedded.stop(home)


def _bootstrap(home: Path) -> None:
    command = [sys.executable, "manage.py", "bootstrap", "--assets", "--demo", str(home / announcement.LOGINS)]
    # In a session of its own: Ctrl-C must not end a migration halfway with a page of traceback.
    work = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    try:
        if work.wait():
            raise RunError("The database couldn't be prepared; the lines above say why.")
        announcement.make_private(home)
    finally:
        if work.poll() is None:
            work.terminate()
            work.wait()


def _until_it_answers(supervisor: Supervisor) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{supervisor.port}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
        supervisor.tend()
    raise RunError(f"The web server doesn't answer: see {supervisor.home / 'log' / 'web.log'}")


def _stop(number: int, frame: FrameType | None) -> None:
    # Once is a wish; from here on nothing interrupts an orderly end.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())
