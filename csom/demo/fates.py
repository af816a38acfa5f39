"""What led up to an account's losses: from when on it faded, and what of that showed; some left out of the blue."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection
from dataclasses import dataclass, field

DAY = dt.timedelta(days=1)
# How often each sign showed before a loss. None is certain: a score that knew everything would convince nobody.
SIGNS = {"usage": 0.85, "talks": 0.7, "reviews": 0.75, "mood": 0.75, "invoices": 0.55, "champion": 0.35}
BLUE = 0.14  # losses that nothing announced
SCARE = 0.13  # of those who lost nothing: a bad time that passed, or one that is going on
STEADY = 0.35  # the least that an untroubled account thinks of us
GLOOM = 0.6


@dataclass(frozen=True)
class Fade:
    """A bad time, with the signs by which it showed; `speed` is the share of activity lost in four weeks."""

    since: dt.date
    until: dt.date
    speed: float
    signs: frozenset[str]


@dataclass(frozen=True)
class Fate:
    """`mood`, 0 to 1: what they think of us while all is well."""

    mood: float = 0.7
    fades: tuple[Fade, ...] = field(default_factory=tuple)

    def shows(self, sign: str, day: dt.date) -> Fade | None:
        return next((fade for fade in self.fades if sign in fade.signs and fade.since <= day <= fade.until), None)

    def mood_on(self, day: dt.date) -> float:
        return max(0.0, self.mood - (GLOOM if self.shows("mood", day) else 0))


def draw(losses: Collection[tuple[dt.date, dt.date]], begins: dt.date, today: dt.date, rng: random.Random) -> Fate:
    """Of an account that lost so much: the day on which each loss was told, and the last one of its bad time."""
    mood = STEADY + (1 - STEADY) * rng.random()
    fades = [_before(told_on, until, begins, rng) for told_on, until in losses if rng.random() >= BLUE]
    if not losses and rng.random() < SCARE:
        since = begins + DAY * rng.randint(60, max(61, (today - begins).days))
        fades.append(Fade(since, since + DAY * rng.randint(60, 110), rng.uniform(0.12, 0.3), _signs(rng)))
    return Fate(mood, tuple(fades))


def _before(told_on: dt.date, until: dt.date, begins: dt.date, rng: random.Random) -> Fade:
    since = max(begins + 30 * DAY, told_on - DAY * round(rng.triangular(50, 300, 190)))
    return Fade(min(since, told_on), until, rng.uniform(0.12, 0.32), _signs(rng))


def _signs(rng: random.Random) -> frozenset[str]:
    return frozenset(sign for sign, often in SIGNS.items() if rng.random() < often)
