"""Does it predict? How the scores of a model, a version or a segment told losses apart, and which they didn't see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from metrics.health import definitions, live
from metrics.health.definitions import BANDS
from metrics.health.models import HealthVersion, State
from metrics.health.validation_cases import OUTCOMES, Happened
from metrics.health.validation_sums import FEWEST, Case, Estimate, Lift, Verdict, lift, ranges, share, verdict

LOSS, CHURN = "loss", "churn"
GREEN = "healthy"


@dataclass(frozen=True)
class Row:
    """One line of the comparison: a version, a segment, or a challenger beside the live one."""

    name: str
    verdict: Verdict
    unknown: int = 0


@dataclass(frozen=True)
class Report:
    """What the cases say, for one slice of them."""

    cases: tuple[Happened, ...]
    of: str
    challenger: HealthVersion | None
    fewest: int = FEWEST

    @cached_property
    def scored(self) -> list[Happened]:
        return [case for case in self.cases if case.score is not None]

    @cached_property
    def verdict(self) -> Verdict:
        return self._verdict(self.scored)

    @property
    def unknown(self) -> int:
        return len(self.cases) - len(self.scored)

    @property
    def false_greens(self) -> list[Happened]:
        """Healthy then, and lost: each is worth a talk about what the score didn't see. Largest scores first."""
        found = [case for case in self.scored if case.band == GREEN and self._lost(case)]
        return sorted(found, key=lambda case: (-(case.score or 0), case.name, case.on))

    @property
    def bands(self) -> list[dict[str, Any]]:
        """By what was shown then: how many, what happened to them, and the share that was lost."""
        return [_band(band, [c for c in self.cases if c.band == band], self._lost) for band in BANDS]

    @property
    def ranges(self) -> list[tuple[int, int, Estimate | None]]:
        return ranges([self._case(case) for case in self.scored])

    @property
    def lifts(self) -> list[tuple[str, Lift]]:
        """Of each measure that was known often enough to be asked, the strongest first."""
        points: dict[str, list[tuple[float, bool]]] = {}
        labels: dict[str, str] = {}
        for case in self.scored:
            for key, (label, worth) in case.worth.items():
                labels[key] = label
                points.setdefault(key, []).append((worth, self._lost(case)))
        found = [(labels[key], lift(rows, fewest=self.fewest)) for key, rows in points.items()]
        return sorted(found, key=lambda pair: (pair[1].too_few, -(pair[1].times or 0), pair[0]))

    @property
    def by_version(self) -> list[Row]:
        return self._rows("version", self.scored)

    @property
    def by_segment(self) -> list[Row]:
        return self._rows("segment", list(self.cases))

    @property
    def duel(self) -> list[Row]:
        """The challenger beside the live models, on the very cases that both had scored."""
        both = [case for case in self.scored if case.rival is not None]
        if self.challenger is None or not both:
            return []
        read = definitions.read(self.challenger.definition)
        rival = [Case(float(case.rival or 0), read.band(case.rival) == "at_risk", self._lost(case)) for case in both]
        return [Row("", self._verdict(both)), Row(self.challenger.name, verdict(rival, fewest=self.fewest))]

    def _rows(self, name: str, cases: Sequence[Happened]) -> list[Row]:
        groups: dict[str, list[Happened]] = {}
        for case in cases:
            groups.setdefault(getattr(case, name), []).append(case)
        rows = []
        for key, inside in sorted(groups.items()):
            scored = [case for case in inside if case.score is not None]
            rows.append(Row(key, self._verdict(scored), len(inside) - len(scored)))
        return rows

    def _verdict(self, cases: Sequence[Happened]) -> Verdict:
        return verdict([self._case(case) for case in cases], fewest=self.fewest)

    def _case(self, case: Happened) -> Case:
        return Case(float(case.score or 0), case.band == "at_risk", self._lost(case))

    def _lost(self, case: Happened) -> bool:
        return case.outcome == "churn" or (self.of == LOSS and case.outcome == "contraction")


def _band(band: str, cases: Sequence[Happened], lost: Callable[[Happened], bool]) -> dict[str, Any]:
    what = Counter(case.outcome for case in cases)
    return {
        "band": band,
        "count": len(cases),
        "outcomes": [what[each] for each in OUTCOMES],
        "lost": share(sum(1 for case in cases if lost(case)), len(cases)),
    }


def report(
    cases: Sequence[Happened], *, of: str = LOSS, version: str = "", segment: str = "", fewest: int = FEWEST
) -> Report:
    """A slice of the cases; scores set by hand don't count, since it is the model that is judged."""
    chosen = tuple(c for c in cases if version in ("", c.version) and segment in ("", c.segment))
    return Report(chosen, of, challenger(), fewest)


def challenger() -> HealthVersion | None:
    return next((each for each in live.versions() if each.state == State.DRAFT), None)
