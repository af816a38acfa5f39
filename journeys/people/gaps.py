"""What is missing in a buying center: facts in, gaps out. Plain Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

RECENT_DAYS = 90
HIGH = 3
CHAMPION, DECIDER, EXECUTIVE, DETRACTOR = "champion", "decider", "executive_buyer", "detractor"


@dataclass(frozen=True)
class Known:
    """One person who is there. `met_on`: the last day on which we met or called them."""

    pk: int
    name: str
    role: str = ""
    stance: str = ""
    influence: int = 0
    met_on: dt.date | None = None


@dataclass(frozen=True)
class Gap:
    """`tone`: red where an engagement can fail by it, amber where it should be mended. `people`: whom it is about."""

    code: str
    text: str
    tone: str = "red"
    people: tuple[int, ...] = ()


def gaps(people: Sequence[Known], today: dt.date) -> list[Gap]:
    """The gravest first. Nobody known at all is one gap, not five."""
    if not people:
        return [Gap("nobody", "Nobody is known here yet.")]
    found = [
        _no_champion(people), _single_threaded(people, today), *_never_met(people), *_strong_detractors(people),
        _executive(people),
    ]  # fmt: skip
    return [gap for gap in found if gap is not None]


def _no_champion(people: Sequence[Known]) -> Gap | None:
    if _of(people, CHAMPION):
        return None
    return Gap("no_champion", "No champion: nobody over there carries this from within.")


def _single_threaded(people: Sequence[Known], today: dt.date) -> Gap | None:
    """Everything hangs on one person, or on nobody."""
    since = today - dt.timedelta(days=RECENT_DAYS)
    met = [person for person in people if person.met_on is not None and person.met_on >= since]
    if not met:
        return Gap("nobody_met", f"Nobody was met in the last {RECENT_DAYS} days.")
    if len(met) > 1 or len(people) == 1:
        return None
    [only] = met
    return Gap(
        "single_threaded", f"Single-threaded: in {RECENT_DAYS} days only {only.name} was met.", people=(only.pk,)
    )


def _never_met(people: Sequence[Known]) -> list[Gap]:
    deciders = _of(people, DECIDER)
    if not deciders:
        return [Gap("no_decider", "No decider is known.")]
    if any(person.met_on for person in deciders):
        return []
    names = " and ".join(person.name for person in deciders)
    ids = tuple(person.pk for person in deciders)
    return [Gap("decider_never_met", f"{names}, who decides, was never met.", people=ids)]


def _strong_detractors(people: Sequence[Known]) -> list[Gap]:
    return [
        Gap("strong_detractor", f"{person.name} has much influence and is against it.", people=(person.pk,))
        for person in people
        if person.stance == DETRACTOR and person.influence >= HIGH
    ]


def _executive(people: Sequence[Known]) -> Gap | None:
    executives = _of(people, EXECUTIVE)
    if not executives:
        return Gap("no_executive_buyer", "The executive buyer isn't known.", tone="amber")
    if any(person.met_on for person in executives):
        return None
    ids = tuple(person.pk for person in executives)
    text = f"{' and '.join(person.name for person in executives)}, the executive buyer, was never met."
    return Gap("executive_buyer_never_met", text, tone="amber", people=ids)


def _of(people: Sequence[Known], role: str) -> list[Known]:
    return [person for person in people if person.role == role]
