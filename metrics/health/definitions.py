"""What a health model says: pillars of measures with weights, limits and bands, as data that is checked by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.registry import Fact, FactType

Raw = Mapping[str, Any]

BANDS = ("healthy", "symptoms", "at_risk", "unknown")
REWEIGH, NEUTRAL, ZERO = "reweigh", "neutral", "zero"
MISSING = (REWEIGH, NEUTRAL, ZERO)
# In hundredths of a point: what a missing measure counts where it isn't left out.
INSTEAD = {NEUTRAL: 5_000, ZERO: 0}
LINEAR, DATED, YES_NO, LISTED = "linear", "dated", "yes_no", "listed"
AGE, UNTIL = "age", "until"
JUDGED = "judged."


@dataclass(frozen=True)
class Level:
    key: str
    label: str
    points: int


@dataclass(frozen=True)
class How:
    """How a value becomes 0 to 100 points. `counts`: of a date, the days since it (age) or the days until it."""

    kind: str
    bad: Decimal = Decimal(0)
    good: Decimal = Decimal(0)
    counts: str = AGE
    yes: int = 100
    no: int = 0
    points: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Measure:
    """One input of a pillar: a fact, or what the CSM judged, which is a fact of its own."""

    key: str
    label: str
    fact: str
    weight: int
    how: How
    missing: str = REWEIGH
    fresh_days: int | None = None
    levels: tuple[Level, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()

    @property
    def judged(self) -> bool:
        return bool(self.levels)


@dataclass(frozen=True)
class Pillar:
    key: str
    label: str
    weight: int
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Limit:
    """Where `when` holds, the score is no more than `cap`."""

    when: Raw
    cap: int
    reason: str


@dataclass(frozen=True)
class Definition:
    pillars: tuple[Pillar, ...]
    limits: tuple[Limit, ...] = ()
    healthy: int = 70
    symptoms: int = 50
    least_known: int = 50

    @property
    def measures(self) -> list[Measure]:
        return [measure for pillar in self.pillars for measure in pillar.measures]

    def band(self, score: int | None) -> str:
        if score is None:
            return "unknown"
        return "healthy" if score >= self.healthy else "symptoms" if score >= self.symptoms else "at_risk"


def read(raw: Raw) -> Definition:
    """A definition that was checked, as objects."""
    bands = raw.get("bands") or {}
    return Definition(
        pillars=tuple(_pillar(each) for each in raw["pillars"]),
        limits=tuple(Limit(each["when"], int(each["cap"]), str(each["reason"])) for each in raw.get("limits") or ()),
        healthy=int(bands.get("healthy", 70)),
        symptoms=int(bands.get("symptoms", 50)),
        least_known=int(raw.get("least_known", 50)),
    )


def _pillar(raw: Raw) -> Pillar:
    return Pillar(raw["key"], raw["label"], int(raw["weight"]), tuple(_measure(each) for each in raw["measures"]))


def _measure(raw: Raw) -> Measure:
    common: dict[str, Any] = {
        "key": raw["key"], "label": raw["label"], "weight": int(raw["weight"]),
        "missing": raw.get("missing", REWEIGH), "fresh_days": raw.get("fresh_days"),
    }  # fmt: skip
    judged = raw.get("judged")
    if judged is None:
        return Measure(fact=raw["fact"], how=_how(raw["how"]), **common)
    levels = tuple(Level(each["key"], each["label"], int(each["points"])) for each in judged["levels"])
    reasons = tuple((each["key"], each["label"]) for each in judged.get("reasons") or ())
    how = How(LISTED, points={level.key: level.points for level in levels})
    return Measure(fact=JUDGED + raw["key"], how=how, levels=levels, reasons=reasons, **common)


def _how(raw: Raw) -> How:
    if "points" in raw:
        return How(LISTED, points={str(value): int(points) for value, points in raw["points"].items()})
    if "yes" in raw or "no" in raw:
        return How(YES_NO, yes=int(raw.get("yes", 100)), no=int(raw.get("no", 0)))
    bad, good = (Decimal(str(raw[name])) for name in ("bad", "good"))
    return How(DATED, bad, good, raw["counts"]) if "counts" in raw else How(LINEAR, bad, good)


def names(raw: Raw) -> list[str]:
    """Every fact that the measures and limits ask for."""
    known = read(raw)
    return [measure.fact for measure in known.measures] + [str(limit.when.get("fact")) for limit in known.limits]


def judged_facts(definition: Definition) -> dict[str, Fact]:
    """What people judge, as facts with the day of the judgement."""
    return {
        each.fact: Fact(
            each.fact, each.label, FactType.CHOICE, dated_by=each.fact,
            choices=tuple((level.key, level.label) for level in each.levels),
        )
        for each in definition.measures if each.judged
    }  # fmt: skip


def balanced(count: int) -> list[int]:
    """Whole weights that total 100, the first ones a point heavier where it doesn't divide."""
    each, rest = divmod(100, count) if count else (0, 0)
    return [each + (place < rest) for place in range(count)]


def differences(before: Raw | None, after: Raw) -> list[tuple[str, Any, Any]]:
    """What two definitions say differently: path, before, after; pillars and measures are known by their key."""
    old, new = dict(_flat(before or {})), dict(_flat(after))
    paths: Sequence[str] = list(dict.fromkeys([*old, *new]))
    return [(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)]


def _flat(value: Any, path: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        pairs = [(str(key), inner) for key, inner in value.items() if key != "key"]
    elif isinstance(value, list | tuple):
        pairs = [(str(_key(inner, place)), inner) for place, inner in enumerate(value)]
    else:
        return [(path, value)]
    return [found for key, inner in pairs for found in _flat(inner, f"{path} › {key}" if path else key)]


def _key(value: Any, place: int) -> Any:
    return value.get("key", place + 1) if isinstance(value, Mapping) else place + 1
