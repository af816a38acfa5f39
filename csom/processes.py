"""Whether a process id still means the process that we started: ids are used again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path


def command_line(pid: int) -> str:
    """How a process was started; empty when it is gone or a zombie."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    ask = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(ask, capture_output=True, text=True, check=False).stdout


_children: dict[int, subprocess.Popen[bytes]] = {}


def adopt(process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    """Remember a child that outlives the call which started it."""
    for pid in list(_children):
        reap(pid)
    _children[process.pid] = process
    return process


def reap(pid: int) -> None:
    """A child that ended stays in the process table until its parent asks for it."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]


def await_end(pid: int, *, seconds: float) -> None:
    """Wait until a process is gone, and reap it if it was ours."""
    deadline = time.monotonic() + seconds
    reap(pid)
    # An ending process has no command line a moment before it can be reaped.
    while (command_line(pid) or pid in _children) and time.monotonic() < deadline:
        time.sleep(0.02)
        reap(pid)


def end_group(pid: int, *, seconds: float) -> None:
    """Ask a session's leader to end, and after `seconds` end the whole session."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    await_end(pid, seconds=seconds)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
