"""Guards: what holds a play back although its conditions hold. Pure: values in, verdicts out."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.calendar import DAY, is_business_day

HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z")
LIMITS = {"cool_down_days": (0, 3650), "per_csm_day": (1, 1000), "breaker_per_hour": (1, 100_000),
          "hold_out_percent": (0, 90)}  # fmt: skip
FLAGS = {"approve": (True, False, None), "leave_when_over": (True, False)}
QUIET = {"from", "until", "weekends"}


@dataclass(frozen=True)
class Quiet:
    """Hours on the tenant's wall in which nothing starts; the same hour twice: none but those of days off.

    `weekends`: nothing on Saturdays, Sundays and public holidays either.
    """

    since: dt.time | None = None
    until: dt.time | None = None
    weekends: bool = False

    def ends(self, now: dt.datetime, country: str) -> dt.datetime | None:
        """When the quiet in which `now` (in the tenant's zone) lies is over; None where it lies in none."""
        moment = now
        for _ in range(30):
            later = self._hours_end(moment) or self._day_off_end(moment, country)
            if later is None:
                return moment if moment != now else None
            moment = later
        return moment

    def _hours_end(self, moment: dt.datetime) -> dt.datetime | None:
        if self.since is None or self.until is None or self.since == self.until:
            return None
        wall, over_night = moment.time(), self.since > self.until
        if not (wall >= self.since or wall < self.until if over_night else self.since <= wall < self.until):
            return None
        day = moment.date() + DAY if over_night and wall >= self.since else moment.date()
        # Of an hour that comes twice the one that `moment` lies in.
        return dt.datetime.combine(day, self.until.replace(fold=moment.fold), tzinfo=moment.tzinfo)

    def _day_off_end(self, moment: dt.datetime, country: str) -> dt.datetime | None:
        if not self.weekends or is_business_day(moment.date(), country):
            return None
        return dt.datetime.combine(moment.date() + DAY, dt.time(), tzinfo=moment.tzinfo)


@dataclass(frozen=True)
class Guards:
    """`approve` None: what a customer would see waits. `leave_when_over`: a run ends as soon as its match does."""

    cool_down_days: int = 0
    per_csm_day: int | None = None
    quiet: Quiet | None = None
    breaker_per_hour: int | None = None
    hold_out_percent: int = 0
    approve: bool | None = None
    leave_when_over: bool = False


def parse(said: Mapping[str, Any]) -> Guards:
    """Guards that `validate` has nothing against."""
    plain = {name: value for name, value in said.items() if name != "quiet" and value is not None}
    quiet = said.get("quiet")
    return Guards(**plain, quiet=_quiet(quiet) if quiet else None)


def _quiet(said: Mapping[str, Any]) -> Quiet:
    since, until = (dt.time.fromisoformat(said[name]) if said.get(name) else None for name in ("from", "until"))
    return Quiet(since, until, bool(said.get("weekends")))


def validate(said: Any) -> dict[str, str]:
    """What is wrong, by the name of the guard; empty when nothing is."""
    if not isinstance(said, Mapping):
        return {"guards": "Guards are an object of names and values."}
    problems = {name: f"“{name}” is no guard." for name in said if name not in (*LIMITS, *FLAGS, "quiet")}
    for name, (least, most) in LIMITS.items():
        value = said.get(name)
        whole = isinstance(value, int) and not isinstance(value, bool)
        if value is not None and not (whole and least <= value <= most):
            problems[name] = f"A whole number from {least} to {most}."
    for name, allowed in FLAGS.items():
        if name in said and not any(said[name] is one for one in allowed):
            problems[name] = "True or false."
    if said.get("quiet") is not None and (problem := _quiet_problem(said["quiet"])):
        problems["quiet"] = problem
    return problems


def _quiet_problem(said: Any) -> str | None:
    if not isinstance(said, Mapping) or set(said) - QUIET:
        return "Quiet hours have “from”, “until” and “weekends”."
    hours = [said.get(name) for name in ("from", "until")]
    if not isinstance(said.get("weekends", False), bool):
        return "“weekends” is true or false."
    if hours == [None, None] or hours == ["", ""]:
        return None
    if not all(isinstance(hour, str) and HOUR.match(hour) for hour in hours):
        return "Both hours, such as 18:00 and 08:00."
    return None


def held_out(percent: int, play_id: int, account_id: int) -> bool:
    """Left alone for comparison: always the same accounts for the same play, others for another."""
    digest = hashlib.md5(f"{play_id}:{account_id}".encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:4], "big") % 100 < percent
