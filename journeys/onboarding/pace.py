"""How an onboarding goes against its target, and why, in words: pure thresholds and sentences."""

from __future__ import annotations

QUIET_DAYS = 14  # without a touch: stuck
NO_KICKOFF_DAYS = 7  # since the commitment, without a date for the kickoff: behind
STUCK_STEP_DAYS = 14  # a step that long overdue: stuck
TWICE = 2  # times the target: stuck
