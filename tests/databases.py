"""A database for each worker: cloned from one that was migrated once for this state of the code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

PREFIX = "test_csom_migrated_"
HOME = settings.DATABASES["owner"]["NAME"]  # before any worker turns away from it
PATIENCE = 6  # a plain DROP waits five seconds
LOCK = 8_072_026  # any number, the same for all workers


def use(name: str) -> None:
    """An empty database of this name, with every table: the application's role and the owner turn to it."""
    with _alone() as home:
        template = PREFIX + _digest()
        if not _exists(home, template):
            _build(home, template)
        home.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        home.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _turn_to(name)


def drop(name: str) -> None:
    """FORCE may not end an autovacuum, which a plain DROP waits out; a client left over needs FORCE."""
    for alias in ("default", "owner"):
        connections[alias].close()
    with closing(_connect()) as connection, connection.cursor() as home:
        for force in [" WITH (FORCE)", ""] * PATIENCE:
            try:
                home.execute(f'DROP DATABASE IF EXISTS "{name}"{force}')
            except (psycopg2.ProgrammingError, psycopg2.OperationalError):
                continue
            return
    raise RuntimeError(f"{name} is held by somebody who doesn't let go")


def as_owner(name: str) -> dict[str, object]:
    """How the owner connects, past Django: tests may only ask through the aliases that they name."""
    parameters: dict[str, object] = connections["owner"].get_connection_params()
    parameters.pop("cursor_factory", None)
    return parameters | {"dbname": name}


def _connect() -> Connection:
    connection = psycopg2.connect(**as_owner(HOME))
    connection.autocommit = True  # databases aren't made inside a transaction
    return connection


@contextmanager
def _alone() -> Iterator[Cursor]:
    """One worker at a time; the server lets go of the lock when a worker dies."""
    with closing(_connect()) as connection, connection.cursor() as home:
        home.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield home


def _build(home: Cursor, template: str) -> None:
    """Under another name until it is whole; what an older state of the code left goes."""
    home.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    half = f"{PREFIX}half"
    for (old,) in [*home.fetchall(), (half,)]:
        home.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
    home.execute(f'CREATE DATABASE "{half}"')
    _turn_to(half)
    call_command("migrate", database="owner", verbosity=0)
    for alias in ("default", "owner"):
        connections[alias].close()
    home.execute(f'ALTER DATABASE "{half}" RENAME TO "{template}"')
    # Nobody's to write into, and an autovacuum inside would hold up the cloning.
    home.execute(f'ALTER DATABASE "{template}" WITH ALLOW_CONNECTIONS false')


def _exists(home: Cursor, name: str) -> bool:
    home.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return home.fetchone() is not None


def _turn_to(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def _digest() -> str:
    """Of all that a migration may run: our own code, and the packages by their lock."""
    root = Path(settings.BASE_DIR)
    ours = {Path(app.path) for app in apps.get_app_configs() if Path(app.path).is_relative_to(root)}
    files = {path for place in ours for path in place.rglob("*.py") if ".venv" not in path.parts}
    found = hashlib.sha256((root / "uv.lock").read_bytes())
    for path in sorted(files):
        found.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]
