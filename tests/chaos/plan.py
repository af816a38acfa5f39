"""How long, how hard, and how much work: the short profile of the suite, or the long one of `make chaos`."""

from __future__ import annotations

import os
import random

FAULTS = int(os.environ.get("CHAOS_FAULTS", "10"))
CONTROL_FAULTS = min(FAULTS, 9)
LONGEST = 8.0  # seconds a fault, on the slowest machine
SEED = int(os.environ.get("CHAOS_SEED", random.SystemRandom().randrange(10_000)))
SHORTEST_PAUSE = 2.0  # seconds between two faults, on a machine that starts a worker faster than that
PAUSE = 0.1  # between two events
PATIENCE = 180.0  # for the work to be done once the faults have stopped
STEPS = 3
REDIS_DB, CONTROL_REDIS_DB = 9, 10
