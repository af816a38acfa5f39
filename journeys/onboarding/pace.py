"""How an onboarding goes against its target, and why, in words: pure thresholds and sentences."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

QUIET_DAYS = 14  # without a touch: stuck
NO_KICKOFF_DAYS = 7  # since the commitment, without a date for the kickoff: behind
STUCK_STEP_DAYS = 14  # a step that long overdue: stuck
TWICE = 2  # times the target: stuck

STAGES = {
    "handoff": "Handoff",
    "planned": "Kickoff planned",
    "held": "Kickoff held",
    "agreed": "Plan agreed",
    "measured": "First measurement",
    "confirm": "To be confirmed",
}
MEANINGS = {
    "handoff": "No date for the kickoff yet",
    "planned": "The kickoff has a date",
    "held": "The plan isn't agreed yet",
    "agreed": "Both work by the plan; nothing is measured yet",
    "measured": "An objective of the plan has its first figure",
    "confirm": "First Impact is achieved; their word is to come",
}
STATUSES = {"stuck": "Stuck", "behind": "Behind", "on_track": "On track", "hold": "On hold"}
TONES = {"stuck": "red", "behind": "amber", "on_track": "green", "hold": ""}


@dataclass(frozen=True)
class Going:
    """What is counted of one account in onboarding, as of today."""

    days: int
    target: int
    days_held: int
    quiet_days: int
    overdue_ours: int
    overdue_theirs: int
    overdue_days: int  # of the step that is overdue longest
    kickoff_known: bool  # held, with a date, or behind us: the plan is agreed
    hold_reason: str = ""
    hold_until: dt.date | None = None
    from_kickoff: bool = False  # what `days` count from; else the commitment


def reasons(going: Going) -> list[str]:
    """Why it stands as it does, gravest first; empty while nothing is wrong."""
    said = []
    if going.hold_reason:
        until = f" until {going.hold_until:%-d %b}" if going.hold_until else ""
        said.append(f"On hold{until}: {going.hold_reason}")
    if going.quiet_days >= QUIET_DAYS:
        said.append(f"No touch for {going.quiet_days} days")
    if going.overdue_ours or going.overdue_theirs:
        said.append(_overdue(going))
    if not going.kickoff_known and going.days > NO_KICKOFF_DAYS:
        said.append(f"No date for the kickoff, {going.days} days after the commitment")
    if going.days > going.target:
        said.append(f"{_days(going.days - going.target)} over the target of {going.target}")
    return said


def clock(going: Going) -> str:
    """ "Day 12 of 30", or "Day 12 of 30 from the kickoff"; days on hold stand beside, nobody takes them off."""
    held = f", {_days(going.days_held)} of them on hold" if going.days_held else ""
    since = " from the kickoff" if going.from_kickoff else ""
    return f"Day {going.days} of {going.target}{since}{held}"


def _overdue(going: Going) -> str:
    count = going.overdue_ours + going.overdue_theirs
    whose = "theirs" if not going.overdue_ours else "ours" if not going.overdue_theirs else ""
    whose = whose or f"{going.overdue_theirs} of them theirs"
    steps = "1 step is" if count == 1 else f"{count} steps are"
    return f"{steps} overdue, {whose}, by up to {_days(going.overdue_days)}"


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
