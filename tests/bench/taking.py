"""A process of its own that takes a workspace's accounts out: how long it took, and the memory it needed at most."""

from __future__ import annotations

import json
import resource
import sys
import time

import django

django.setup()

from accounts.exports import KINDS  # noqa: E402
from accounts.extracts import EXTRACTS, written  # noqa: E402
from accounts.models import Tenant  # noqa: E402

if __name__ == "__main__":
    slug, kind = sys.argv[1:]
    started = time.perf_counter()
    size = sum(map(len, written(Tenant.objects.get(slug=slug), EXTRACTS["accounts"], KINDS[kind])))
    seconds = time.perf_counter() - started
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "bytes": most, "size": size}) + "\n")
