"""Does it predict? How the scores of a model, a version or a segment told losses apart, and which they didn't see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from metrics.health import definitions, live
from metrics.health.definitions import BANDS
from metrics.health.models import HealthVersion, State
from metrics.health.validation_cases import OUTCOMES, Green, Group, Happened
from metrics.health.validation_sums import FEWEST, Case, Estimate, Lift, Verdict, lift, ranges, share, verdict

LOSS, CHURN = "loss", "churn"
LOST = {LOSS: ("churn", "contraction"), CHURN: ("churn",)}
GREEN = "healthy"


@dataclass(frozen=True)
class Row:
    """One line of the comparison: a version, a segment, or a challenger beside the live one."""

    name: str
    verdict: Verdict
    unknown: int = 0
    others: int = 0  # cases that another model scored
    unasked: int = 0  # cases of this model of which the challenger's facts weren't known


@dataclass(frozen=True)
class Report:
    """What the accounts say, for one slice of them; scores set by hand don't count: it is the model that is judged."""

    found: Happened
    of: str
    challengers: tuple[HealthVersion, ...]
    fewest: int = FEWEST

    @cached_property
    def groups(self) -> list[Group]:
        version, segment = self.found.version, self.found.segment
        return [g for g in self.found.groups if version in ("", g.version) and segment in ("", g.segment)]

    @cached_property
    def scored(self) -> list[Group]:
        return [group for group in self.groups if group.score is not None]

    @cached_property
    def verdict(self) -> Verdict:
        return self._verdict(self.scored)

    @property
    def count(self) -> int:
        return _count(self.groups)

    @property
    def unknown(self) -> int:
        return self.count - _count(self.scored)

    @property
    def false_greens(self) -> Sequence[Green]:
        """Healthy then, and lost: each is worth a talk about what the score didn't see. Largest scores first."""
        return self.found.greens

    @property
    def count_greens(self) -> int:
        return _count([g for g in self.scored if self._band(g) == GREEN and self._lost(g.outcome)])

    @property
    def bands(self) -> list[dict[str, Any]]:
        """By what was shown then: how many, what happened to them, and the share that was lost."""
        return [self._told(band, [group for group in self.groups if self._band(group) == band]) for band in BANDS]

    @property
    def ranges(self) -> list[tuple[int, int, Estimate | None]]:
        return ranges([self._case(group) for group in self.scored])

    @property
    def lifts(self) -> list[tuple[str, Lift]]:
        """Of each measure that was known often enough to be asked, the strongest first."""
        cases: dict[str, list[Case]] = {}
        labels = {}
        for each in self.found.worths:
            labels[each.key] = each.label
            said = Case(each.worth, each.worth < 50, self._lost(each.outcome), each.count)
            cases.setdefault(each.key, []).append(said)
        found = [(labels[key], lift(rows, fewest=self.fewest)) for key, rows in cases.items()]
        return sorted(found, key=lambda pair: (pair[1].too_few, -(pair[1].times or 0), pair[0]))

    @property
    def by_version(self) -> list[Row]:
        return self._rows("version", self.scored)

    @property
    def by_segment(self) -> list[Row]:
        return self._rows("segment", self.groups)

    @property
    def duel(self) -> list[Row]:
        """Each challenger behind the live versions of its model, on the very accounts that both can score."""
        rows = []
        for challenger in self.challengers:
            key, read = challenger.model.key, definitions.read(challenger.definition)
            same = [g for g in self.scored if g.version.rpartition(" v")[0] == key]
            both = [g for g in same if g.rival is not None]
            if both:
                rival = [
                    Case(float(g.rival or 0), read.band(g.rival) == "at_risk", self._lost(g.outcome), g.count)
                    for g in both
                ]
                others, unasked = _count(self.scored) - _count(same), _count(same) - _count(both)
                drawn = verdict(rival, fewest=self.fewest)
                rows += [Row("", self._verdict(both)), Row(challenger.name, drawn, 0, others, unasked)]
        return rows

    def _rows(self, name: str, groups: Sequence[Group]) -> list[Row]:
        found: dict[str, list[Group]] = {}
        for group in groups:
            found.setdefault(getattr(group, name), []).append(group)
        rows = []
        for key, inside in sorted(found.items()):
            scored = [group for group in inside if group.score is not None]
            rows.append(Row(key, self._verdict(scored), _count(inside) - _count(scored)))
        return rows

    def _verdict(self, groups: Sequence[Group]) -> Verdict:
        return verdict([self._case(group) for group in groups], fewest=self.fewest)

    def _case(self, group: Group) -> Case:
        return Case(float(group.score or 0), self._band(group) == "at_risk", self._lost(group.outcome), group.count)

    def _band(self, group: Group) -> str:
        read = self.found.read.get(group.version)
        return read.band(group.score) if read else "unknown"

    def _lost(self, outcome: str) -> bool:
        return outcome in LOST[self.of]

    def _told(self, band: str, groups: Sequence[Group]) -> dict[str, Any]:
        what: Counter[str] = Counter()
        for group in groups:
            what[group.outcome] += group.count
        lost = sum(count for outcome, count in what.items() if self._lost(outcome))
        counts = [what[each] for each in OUTCOMES]
        return {"band": band, "count": what.total(), "outcomes": counts, "lost": share(lost, what.total())}


def _count(groups: Sequence[Group]) -> int:
    return sum(group.count for group in groups)


def report(found: Happened, *, of: str = LOSS, fewest: int = FEWEST) -> Report:
    """The slice that was asked for as the accounts were looked up."""
    drafts = tuple(version for version in live.versions() if version.state == State.DRAFT)
    return Report(found, of, drafts, fewest)
