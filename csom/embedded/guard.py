"""Holds throw-away servers for as long as its standard input stays open: `python -m csom.embedded.guard`."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from csom import embedded
from csom.embedded.places import place_for


def hold() -> int:
    # As root the servers run as another user, who must be able to pass through here.
    home = Path(tempfile.mkdtemp(prefix="csom-", dir="/tmp" if os.geteuid() == 0 else None))
    home.chmod(0o711 if os.geteuid() else 0o755)
    try:
        servers = embedded.start(home, durable=False)
        print(json.dumps(servers.environ), flush=True)
        sys.stdin.read()
        servers.stop()
    except embedded.EmbeddedError as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(place_for(home).sockets, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(hold())
