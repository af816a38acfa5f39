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


def reap(pid: int) -> None:
    """A process that was our child stays in the table until somebody asks for it."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def end_group(pid: int, *, seconds: float) -> None:
    """Ask a session's leader to end, and after `seconds` end the whole session."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while command_line(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
        reap(pid)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
