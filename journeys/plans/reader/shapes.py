"""What a reader gets to see of a plan, and no field more."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from accounts import formats

OURS, THEIRS = "us", "them"


def figure(value: Decimal | None) -> str:
    """1250.0000 -> "1,250", 4.2500 -> "4.25", nothing -> "–"."""
    if value is None:
        return formats.NOTHING
    text = f"{value:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


@dataclass(frozen=True)
class Person:
    name: str
    title: str = ""
    email: str = ""


@dataclass(frozen=True)
class Reading:
    """One measurement."""

    value: Decimal
    on: dt.date
    by: str
    evidence: str
    url: str

    @property
    def shown(self) -> str:
        return figure(self.value)


@dataclass(frozen=True)
class Word:
    """One comment; `on` is the title of what it is about, "" for the plan as a whole."""

    id: int
    body: str
    who: str
    ours: bool
    at: dt.datetime
    on: str
    impact_id: int | None
    step_id: int | None


@dataclass(frozen=True)
class Impact:
    """One objective with how far it is."""

    id: int
    title: str
    detail: str
    kind: str
    kind_label: str
    horizon: str
    due_on: dt.date | None
    metric: str
    unit: str
    baseline: Decimal | None
    target: Decimal | None
    value: str
    ours: str
    theirs: str
    status: str
    achieved_on: dt.date | None
    evidence: str
    confirmed_by: str
    confirmed_on: dt.date | None
    readings: tuple[Reading, ...] = ()

    @property
    def first(self) -> bool:
        return self.kind == "first_impact"

    @property
    def now(self) -> Decimal | None:
        """The latest measurement; before any, where they began."""
        return self.readings[-1].value if self.readings else self.baseline

    @property
    def measurable(self) -> bool:
        return bool(self.metric) and self.baseline is not None and self.target is not None

    @property
    def percent(self) -> int:
        """How much of the way from before to the target is behind them; 100 at most, 0 where it went back."""
        if self.status == "confirmed":
            return 100
        if self.baseline is None or self.target is None or self.now is None or self.target == self.baseline:
            return 0
        share = (self.now - self.baseline) / (self.target - self.baseline)
        return int(max(Decimal(0), min(Decimal(1), share)) * 100)

    @property
    def before_shown(self) -> str:
        return figure(self.baseline)

    @property
    def now_shown(self) -> str:
        return figure(self.now)

    @property
    def target_shown(self) -> str:
        return figure(self.target)

    @property
    def is_open(self) -> bool:
        return self.status in ("open", "achieved")

    @property
    def waits(self) -> bool:
        """For the customer's word."""
        return self.status == "achieved"


@dataclass(frozen=True)
class ToDo:
    """A milestone or an action. `may_tick` and `may_undo` speak of this reader."""

    id: int
    title: str
    kind: str
    side: str
    due_on: dt.date | None
    done_on: dt.date | None
    done_by: str
    ours: str
    theirs: str
    impact: str
    mine: bool
    may_tick: bool
    may_undo: bool
    late: bool

    @property
    def is_milestone(self) -> bool:
        return self.kind == "milestone"

    @property
    def owner(self) -> str:
        return self.ours if self.side == OURS else self.theirs or ("" if self.side == THEIRS else self.ours)


@dataclass(frozen=True)
class Remark:
    """A challenge or an opportunity that is open to this reader."""

    id: int
    kind: str
    label: str
    text: str
    response: str
    settled: bool


@dataclass(frozen=True)
class Agreed:
    name: str
    ours: bool
    on: dt.date


@dataclass(frozen=True)
class Version:
    number: int
    on: dt.date
    agreed: tuple[Agreed, ...] = ()
    mine: bool = False

    @property
    def by_both(self) -> bool:
        return len({each.ours for each in self.agreed}) > 1


@dataclass(frozen=True)
class SharedPlan:
    """The whole of it, as one person at one moment may read it."""

    workspace: str
    account: str
    audience: str
    reader: Person | None
    as_of: dt.date
    north_star: str
    closed: bool
    next_review_on: dt.date | None
    impacts: tuple[Impact, ...]
    todos: tuple[ToDo, ...]
    remarks: tuple[Remark, ...]
    words: tuple[Word, ...]
    our_people: tuple[Person, ...]
    their_people: tuple[Person, ...]
    versions: tuple[Version, ...]

    @property
    def asked(self) -> tuple[ToDo, ...]:
        """What is open on their side: the reader's own first."""
        theirs = [todo for todo in self.todos if todo.side == THEIRS and todo.done_on is None]
        return tuple(sorted(theirs, key=lambda todo: not todo.may_tick))

    @property
    def ticked(self) -> tuple[ToDo, ...]:
        """What the reader did and may still take back."""
        return tuple(todo for todo in self.todos if todo.may_undo)

    @property
    def milestones(self) -> tuple[ToDo, ...]:
        return tuple(todo for todo in self.todos if todo.is_milestone)

    @property
    def milestones_done(self) -> int:
        return sum(todo.done_on is not None for todo in self.milestones)

    @property
    def next(self) -> ToDo | None:
        return next((todo for todo in self.milestones if todo.done_on is None), None)

    @property
    def confirmed(self) -> int:
        return sum(impact.status == "confirmed" for impact in self.impacts)

    @property
    def waiting(self) -> tuple[Impact, ...]:
        return tuple(impact for impact in self.impacts if impact.waits)

    @property
    def latest(self) -> Version | None:
        return self.versions[0] if self.versions else None

    @property
    def talk(self) -> tuple[Word, ...]:
        """Of the plan as a whole, newest first."""
        return tuple(sorted(self.words, key=lambda word: (word.at, word.id), reverse=True))
