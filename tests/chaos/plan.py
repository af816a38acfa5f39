"""How long, how hard, and how much work: the short profile of the suite, or the long one of `make chaos`."""

from __future__ import annotations

import os
import random

SECONDS = float(os.environ.get("CHAOS_SECONDS", "30"))
CONTROL_SECONDS = min(SECONDS, 25.0)
SEED = int(os.environ.get("CHAOS_SEED", random.SystemRandom().randrange(10_000)))
EVERY = 2.5  # seconds between two faults
WARM_UP = 4.0  # a worker needs that long to be worth killing
PAUSE = 0.05  # between two events
PATIENCE = 90.0  # for the work to be done once the faults have stopped
STEPS = 3
REDIS_DB, CONTROL_REDIS_DB = 9, 10
