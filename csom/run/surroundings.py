"""The environment of one `make run`: addresses, secrets, and the port that it needs."""

from __future__ import annotations

import os
import secrets
import shlex
import socket
import time
from pathlib import Path

SERVERS = ("DATABASE_URL", "REDIS_URL")
SHARED = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL", "CSOM_HOME", "STATIC_MANIFEST")


class RunError(Exception):
    """Says in one line what is wrong and what to do about it."""


def port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise RunError(f"PORT={given} is not a port: choose a number from 1 to 65535.")
    return int(given)


def servers_are_given() -> bool:
    """Both servers by address, or none: half a pair is a mistake."""
    given = [name for name in SERVERS if os.environ.get(name)]
    if not given:
        return False
    missing = [name for name in (*SERVERS, "DATABASE_OWNER_URL") if not os.environ.get(name)]
    if missing:
        raise RunError(f"{' and '.join(given)} set, but not {' and '.join(missing)}: set all three, or none.")
    return True


def refuse_busy(number: int, *, wait: float = 0.0) -> None:
    """Raise when something else listens there; `wait` for children that are just ending."""
    deadline = time.monotonic() + wait
    while _busy(number):
        if time.monotonic() >= deadline:
            raise RunError(
                f"Port {number} is in use: stop what listens there, or choose another: make run PORT={number + 1}"
            )
        time.sleep(0.2)


def fill(home: Path, number: int) -> str:
    """Set what the settings read and nobody set; returns the base address."""
    defaults = {
        "CSOM_HOME": str(home),
        # Pages as in production, styles and scripts straight from their folders: no minute of hashing first.
        "STATIC_MANIFEST": "false",
        "SECRET_KEY": _secret_key(home),
        "BASE_URL": f"http://127.0.0.1:{number}",
        "DJANGO_SETTINGS_MODULE": "csom.settings",
        # Celery warns about root on every start; the servers below it have dropped it where it matters.
        "C_FORCE_ROOT": "true",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    return os.environ["BASE_URL"].rstrip("/")


def write_down(home: Path) -> None:
    """For `make manage`: the same addresses, readable by this user alone."""
    lines = [f"export {name}={shlex.quote(os.environ[name])}" for name in SHARED]
    with os.fdopen(os.open(home / "environment", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")


def _busy(number: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As gunicorn does: a connection that is only dying away doesn't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except PermissionError:
            raise RunError(f"Port {number} is for root only: choose one above 1023: make run PORT=8000") from None
        except OSError:
            return True
    return False


def _secret_key(home: Path) -> str:
    file = home / "secret-key"
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(50))
    return file.read_text().strip()
