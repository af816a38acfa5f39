"""`make bench`: one JSON line per figure, as a ratio to a floor measured interleaved in the same run. `NAME=` picks."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from itertools import chain
from pathlib import Path

from csom.embedded import start

HOME = Path(tempfile.mkdtemp(prefix="csom-bench-"))
SERVERS = start(HOME, durable=False)
os.environ |= SERVERS.environ | {
    "DEBUG": "0",
    "STATIC_MANIFEST": "0",
    "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
    "SECRET_KEY": "bench",
    "DATABASE_SESSION_LIMITS": "false",
}

import django  # noqa: E402  (the servers come first: settings read their addresses)

django.setup()

from django.core.management import call_command  # noqa: E402

from tests.bench import deals, engine, exports, figures, health, imports, living, usage  # noqa: E402
from tests.bench.book import build  # noqa: E402


def main(picked: str) -> None:
    call_command("migrate", database="owner", verbosity=0)
    # An import brings its own book, and so does usage; only the pages need the big one.
    alone = imports.NAME + exports.NAME + deals.NAME + usage.NAME + engine.NAME + health.NAME + living.NAME
    pages = () if picked and picked in alone else figures.measure(build(), HOME, picked)
    rooms = (
        *(room.measure(figures.figure, picked) for room in (imports, deals, exports, engine, health)),
        living.measure(figures.figure, picked, HOME),
        usage.measure(figures.figure, picked, HOME),
    )
    for figure in chain(*rooms, pages):
        sys.stdout.write(json.dumps(figure) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(os.environ.get("NAME", ""))
    finally:
        SERVERS.stop()
        shutil.rmtree(HOME, ignore_errors=True)
