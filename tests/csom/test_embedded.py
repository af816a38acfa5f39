"""Embedded servers: found again, restarted after kill -9, private, and gone with the run that asked for them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from csom import embedded
from csom.embedded import places, postgres
from csom.processes import command_line

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home() -> Iterator[Path]:
    """Not tmp_path: that is closed to the user whom servers run as below root."""
    path = Path(tempfile.mkdtemp(prefix="csom-test-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    embedded.stop(path)
    shutil.rmtree(path)


def ask(url: str, question: str) -> object:
    server = psycopg2.connect(url)
    try:
        with server.cursor() as cursor:
            cursor.execute(question)
            server.commit()
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        server.close()


def pids(servers: embedded.Servers) -> tuple[int, int]:
    with redis.from_url(servers.redis_url) as client:
        small = int(client.info("server")["process_id"])
    return int((servers.place.data / "postgres" / "postmaster.pid").read_text().split()[0]), small


def test_the_application_owns_nothing_and_the_owner_is_no_superuser(home):
    servers = embedded.start(home)
    assert ask(servers.database_url, "SELECT current_user") == "csom_app"
    strong = "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    assert ask(servers.database_url, strong) is False
    assert ask(servers.database_owner_url, strong) is False
    assert ask(servers.database_url, "SELECT rolinherit FROM pg_roles WHERE rolname = current_user") is False
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert ask(servers.database_url, owner) == "csom_owner"


def test_a_second_start_finds_the_running_servers(home):
    first, again = embedded.start(home), embedded.start(home)
    assert pids(again) == pids(first)
    assert again.environ == first.environ


def test_data_outlives_a_stop(home):
    servers = embedded.start(home)
    ask(servers.database_owner_url, "CREATE TABLE kept AS SELECT 42 AS answer")
    servers.stop()
    with pytest.raises(psycopg2.OperationalError):
        ask(servers.database_url, "SELECT 1")
    assert ask(embedded.start(home).database_owner_url, "SELECT answer FROM kept") == 42


def test_after_kill_9_a_lock_that_names_a_stranger_is_cleared(home):
    servers = embedded.start(home)
    ask(servers.database_owner_url, "CREATE TABLE kept AS SELECT 42 AS answer")
    for pid in pids(servers):
        os.kill(pid, signal.SIGKILL)
    stranger = subprocess.Popen(["sleep", "60"], user=servers.place.uid)
    try:
        lock = servers.place.data / "postgres" / "postmaster.pid"
        lock.write_text("\n".join([str(stranger.pid), *lock.read_text().split("\n")[1:]]))
        assert ask(embedded.start(home).database_owner_url, "SELECT answer FROM kept") == 42
        assert stranger.poll() is None, "somebody else's process was ended"
    finally:
        stranger.kill()
        stranger.wait()


def test_nobody_else_reaches_the_sockets_and_no_port_is_opened(home):
    servers = embedded.start(home)
    assert servers.place.sockets.stat().st_mode & 0o777 == 0o700
    assert servers.place.data.stat().st_mode & 0o777 == 0o700
    assert ask(servers.database_url, "SHOW listen_addresses") == ""
    with redis.from_url(servers.redis_url) as client:
        assert client.config_get("port") == {"port": "0"}


def test_what_is_kept_is_durable_and_what_is_thrown_away_is_fast(home):
    servers = embedded.start(home)
    assert ask(servers.database_url, "SHOW fsync") == "on"
    servers.stop()
    hasty = embedded.start(home, durable=False)
    assert ask(hasty.database_url, "SHOW fsync") == "off"
    assert ask(hasty.database_owner_url, "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user") is True


def test_a_cluster_of_another_version_is_left_alone(home):
    servers = embedded.start(home)
    servers.stop()
    version = servers.place.data / "postgres" / "PG_VERSION"
    right = version.read_text()
    version.write_text("14\n")
    with pytest.raises(embedded.EmbeddedError, match="was made by PostgreSQL 14"):
        embedded.start(home)
    version.write_text(right)


def test_a_deep_directory_gets_short_sockets(home):
    deep = home / ("d" * 60) / ("e" * 40)
    deep.mkdir(parents=True)
    place = places.place_for(deep)
    assert len(str(place.sockets)) <= places.LONGEST_SOCKET_DIRECTORY
    shutil.rmtree(place.sockets)


def test_a_socket_directory_that_somebody_else_made_is_refused(home):
    place = places.place_for(home)
    place.sockets.chmod(0o777)
    with pytest.raises(embedded.EmbeddedError, match="not a private directory"):
        places.place_for(home)
    place.sockets.chmod(0o700)


def test_strings_are_ordered_alike_on_every_machine(home):
    servers = embedded.start(home)
    assert ask(servers.database_url, "SELECT lower('ÄÉ')") == "äé"
    assert ask(servers.database_url, "SELECT datlocale FROM pg_database WHERE datlocprovider = 'b'") == "C.UTF-8"


def test_servers_for_tests_end_with_a_run_that_was_killed():
    code = "import time, csom.embedded as e; print(e.for_tests()['DATABASE_URL'], flush=True); time.sleep(60)"
    bare = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DATABASE_OWNER_URL"}}
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=bare, stdout=subprocess.PIPE, text=True) as run:
        url = run.stdout.readline().strip()
        assert ask(url, "SELECT 1") == 1
        run.kill()
    deadline = time.monotonic() + 20
    data = Path(psycopg2.extensions.parse_dsn(url)["host"]).parent
    while data.parent.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not data.parent.exists()


def test_a_process_is_known_by_how_it_was_started():
    assert "python" in command_line(os.getpid())
    assert command_line(2**22 + 1) == ""
    assert postgres.ROLES["csom_app"].startswith("LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS")
