"""Servers for one test run, ended by a guard that outlives even a killed run."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from pathlib import Path

from csom.embedded.places import EmbeddedError

NAMES = ("DATABASE_OWNER_URL", "DATABASE_URL", "REDIS_URL")


def for_tests() -> dict[str, str]:
    """The three addresses, set in this process's environment as well.

    Servers that the environment already names are used. Otherwise a guard
    process starts a pair of them; when this process ends, however it ends, the
    guard's input closes, and it stops the servers and removes their data.
    """
    if all(os.environ.get(name) for name in NAMES):
        return {name: os.environ[name] for name in NAMES}
    guard = subprocess.Popen(
        [sys.executable, "-m", "csom.embedded.guard"],
        cwd=Path(__file__).resolve().parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    answer = ""
    if guard.stdout:
        with guard.stdout as said:
            answer = said.readline()
    if not answer or not guard.stdin:
        raise EmbeddedError("The servers for tests didn't start; the lines above say why.")
    atexit.register(guard.wait)
    atexit.register(guard.stdin.close)
    addresses: dict[str, str] = json.loads(answer)
    os.environ.update(addresses)
    return addresses
