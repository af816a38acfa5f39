"""`make run`: children are kept alive and ended in order, and what it says is clear."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from csom.processes import command_line
from csom.run import announcement, supervisor, surroundings

PASSING = [sys.executable, "-c", "import time; time.sleep(60)"]
TENANTS = [
    {
        "slug": "acme",
        "name": "Acme",
        "api_key": "csom_key",
        "users": [
            {"email": "cass@acme.test", "role": "csm", "password": "a-long-password"},
            {"email": "sal@acme.test", "role": "sales", "password": "a-long-password"},
        ],
    }
]


@pytest.fixture
def children(tmp_path: Path, monkeypatch):
    """A supervisor of two programs: one that stays, one that ends at once."""
    failing = [sys.executable, "-c", "print('no such table'); raise SystemExit(1)"]
    monkeypatch.setattr(supervisor, "commands", lambda home, port: {"web": PASSING, "worker": failing})
    kept = supervisor.Supervisor(tmp_path, 8000)
    kept.start()
    yield kept
    kept.stop()


def wait_for(condition) -> None:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


def test_a_child_that_ends_is_started_again_after_a_growing_pause(children, capsys):
    web, worker = children.children
    wait_for(lambda: worker.process.poll() is not None)
    children.tend()
    assert worker.failures == 1
    assert "worker ended and starts again: no such table" in capsys.readouterr().out
    wait_for(worker.due)
    children.tend()
    wait_for(lambda: worker.process.poll() is not None)
    before = time.monotonic()
    children.tend()
    assert worker.failures == 2
    assert 0.9 < worker.not_before - before < 3
    assert web.process.poll() is None


def test_the_pause_never_exceeds_half_a_minute(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    child = supervisor.Child("web", PASSING, tmp_path / "log", ended, started=time.monotonic(), failures=50)
    assert child.died()
    assert child.not_before - time.monotonic() <= supervisor.LONGEST_PAUSE


def test_stop_ends_every_child_and_forgets_them(children, tmp_path):
    pids = [child.process.pid for child in children.children]
    assert set(json.loads((tmp_path / "children.json").read_text())) == set(pids)
    children.stop()
    assert [command_line(pid) for pid in pids] == ["", ""]
    assert not (tmp_path / "children.json").exists()


def test_children_of_a_killed_supervisor_are_ended_and_strangers_are_not(tmp_path):
    ours = subprocess.Popen([*PASSING, "csom.wsgi"], start_new_session=True)
    stranger = subprocess.Popen(["sleep", "60"])
    (tmp_path / "children.json").write_text(json.dumps([ours.pid, stranger.pid, 2**22 + 1]))
    try:
        assert supervisor.stop_leftovers(tmp_path) is True
        assert ours.wait(10) == -signal.SIGTERM
        assert stranger.poll() is None
        assert supervisor.stop_leftovers(tmp_path) is False
    finally:
        stranger.kill()
        stranger.wait()


def test_a_busy_port_is_named_with_a_way_out():
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        with pytest.raises(surroundings.RunError, match=rf"Port {number} is in use: .*PORT={number + 1}"):
            surroundings.refuse_busy(number)
    surroundings.refuse_busy(number)


@pytest.mark.parametrize("word", ["abc", "0", "65536", "80.5"])
def test_what_is_no_port_is_refused(word, monkeypatch):
    monkeypatch.setenv("PORT", word)
    with pytest.raises(surroundings.RunError, match="is not a port"):
        surroundings.port()


def test_servers_are_given_whole_or_not_at_all(monkeypatch):
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    assert surroundings.servers_are_given() is False
    monkeypatch.setenv("DATABASE_URL", "postgres://csom_app@db/csom")
    with pytest.raises(surroundings.RunError, match="but not REDIS_URL and DATABASE_OWNER_URL"):
        surroundings.servers_are_given()
    monkeypatch.setenv("REDIS_URL", "redis://db")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgres://csom_owner@db/csom")
    assert surroundings.servers_are_given() is True


def test_the_secret_key_is_made_once_and_is_private(tmp_path, monkeypatch):
    for name in ("SECRET_KEY", "CSOM_HOME", "BASE_URL", "STATIC_MANIFEST", "C_FORCE_ROOT"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    assert surroundings.fill(tmp_path, 8123) == "http://127.0.0.1:8123"
    first = os.environ["SECRET_KEY"]
    monkeypatch.delenv("SECRET_KEY")
    surroundings.fill(tmp_path, 8123)
    assert os.environ["SECRET_KEY"] == first
    assert len(first) >= 50
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_the_demo_file_tells_a_script_all_it_needs(tmp_path):
    (tmp_path / "demo-logins.json").write_text(json.dumps({"tenants": TENANTS}))
    announcement.write(tmp_path, "http://127.0.0.1:8123")
    file = tmp_path / "demo.json"
    assert json.loads(file.read_text()) == {"base_url": "http://127.0.0.1:8123", "tenants": TENANTS}
    assert file.stat().st_mode & 0o777 == 0o600
    announcement.withdraw(tmp_path)
    assert not file.exists()


def test_a_database_of_ones_own_has_no_demo_logins(tmp_path):
    assert announcement.write(tmp_path, "http://127.0.0.1:8123") == []


def test_the_announcement_names_address_mail_and_logins(tmp_path):
    text = announcement.block(tmp_path, "http://127.0.0.1:8123", TENANTS, mail_is_kept=True)
    assert "http://127.0.0.1:8123/\n" in text
    assert "http://127.0.0.1:8123/mail/" in text
    assert "cass@acme.test  a-long-password  csm" in text
    assert "Ctrl-C" in text
    assert "/mail/" not in announcement.block(tmp_path, "http://x", TENANTS, mail_is_kept=False)
