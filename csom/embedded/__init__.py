"""PostgreSQL and Valkey for `make run` and `make test`, started from wheels where no server is configured."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from csom.embedded import postgres, valkey
from csom.embedded.places import EmbeddedError, Place, place_for
from csom.embedded.throwaway import for_tests

__all__ = ["EmbeddedError", "Servers", "for_tests", "start", "stop"]


@dataclass(frozen=True)
class Servers:
    """Two running servers and the addresses that the settings read."""

    place: Place
    database_owner_url: str
    database_url: str
    redis_url: str

    @property
    def environ(self) -> dict[str, str]:
        return {
            "DATABASE_OWNER_URL": self.database_owner_url,
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
        }

    def stop(self) -> None:
        """Stop both; what they hold stays for the next start."""
        _stop(self.place)


def start(home: Path, *, database: str = "csom", durable: bool = True) -> Servers:
    """Start both servers for `home`, or attach to those that already run for it.

    `durable=False` is for throw-away servers: no fsync, and the owner may create
    the databases of a test run. Raises EmbeddedError with one line for a person.
    """
    place = place_for(home)
    with _one_at_a_time(place):
        postgres.start(place, database=database, durable=durable)
        valkey.start(place, durable=durable)
    return Servers(
        place=place,
        database_owner_url=postgres.url(place, postgres.OWNER, database),
        database_url=postgres.url(place, postgres.APP, database),
        redis_url=valkey.url(place),
    )


def stop(home: Path) -> None:
    """Stop what runs for `home`, whoever started it."""
    _stop(place_for(home))


def _stop(place: Place) -> None:
    with _one_at_a_time(place):
        valkey.stop(place)
        postgres.stop(place)


@contextmanager
def _one_at_a_time(place: Place) -> Iterator[None]:
    """A lock that the kernel drops with its process, so kill -9 leaves nothing to clear."""
    with (place.data / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
