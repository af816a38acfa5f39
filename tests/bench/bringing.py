"""A process of its own that brings so many rows in and says how much memory it needed at most."""

from __future__ import annotations

import json
import resource
import sys

import django

django.setup()

from tests.bench.imports import bring, workspace  # noqa: E402

if __name__ == "__main__":
    wanted = int(sys.argv[1])
    bring(*workspace(f"import-{wanted}"), wanted)
    sys.stdout.write(json.dumps({"bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}) + "\n")
