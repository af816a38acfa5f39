"""Why an account has its score, and what moved it: each step worked out again from the facts that were known then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Account, AccountFacts, AccountState
from accounts.registry import Fact
from metrics.health import definitions, live, moving, scoring
from metrics.health.models import HealthVersion, Override
from metrics.health.moving import At
from metrics.health.scoring import MeasureScore, Score

LEAST = 0.5  # points that are worth a line
REST = "Rest"
AGED, WEIGHED, LEFT_OUT, ASKED = "aged", "weighed", "left out", "asked"


@dataclass(frozen=True)
class Standing:
    """What holds now: the facts, the version that scores, and its score step by step as of `looked_on`, the last day on
    which the account was looked at: by any other day the steps would come to another score than the one that is kept.
    """

    facts: Mapping[str, Any]
    version: HealthVersion | None
    score: Score | None
    since: dt.datetime | None = None
    override: Override | None = None
    looked_on: dt.date | None = None

    @property
    def total(self) -> int | None:
        return self.facts.get("health.score")

    @property
    def band(self) -> str:
        return str(self.facts.get("health.band", "unknown"))


@dataclass(frozen=True)
class Cause:
    """One input's part in a change of the score; `why` where its value alone doesn't say it, `days` that went by."""

    label: str
    points: float
    before: Any = None
    after: Any = None
    fact: Fact | None = None
    why: str = ""
    days: int = 0


@dataclass(frozen=True)
class Step:
    at: dt.datetime
    before: int | None
    after: int | None
    causes: tuple[Cause, ...]

    @property
    def change(self) -> int | None:
        return None if self.before is None or self.after is None else self.after - self.before


class Explainer:
    """Reads what a tenant's versions say once, for one account's page."""

    def __init__(self, zone: dt.tzinfo) -> None:
        self.zone = zone
        rows = HealthVersion.objects.select_related("model", "published_by")
        self.versions = {row.name: row for row in rows}
        self.known = live.inputs()
        for row in self.versions.values():
            own = definitions.judged_facts(definitions.read(row.definition))
            self.known = own | self.known

    def standing(self, account: Account, today: dt.date) -> Standing:
        row = AccountFacts.objects.filter(account=account).first()
        facts = row.facts if row else {}
        version = self.versions.get(facts.get("health.model", ""))
        by_hand = (
            Override.objects.filter(account=account, lifted_at=None, until__gte=today).select_related("set_by").first()
        )
        if row is None:
            return Standing(facts, version, None, override=by_hand)
        seen = AccountState.objects.filter(account=account).values_list("seen_on", flat=True).first()
        day = min(max(row.first_day, seen or row.first_day), today)
        return Standing(facts, version, self._score(facts, day), row.valid_from, by_hand, day)

    def steps(self, rows: list[At], most: int = 12) -> list[Step]:
        """The newest changes first."""
        return [self._step(a, b) for a, b in moving.changes(rows)[::-1][:most]]

    def between(self, before: At, after: At) -> Step:
        """All that lies between two instants as one step."""
        return self._step(before, after)

    def _score(self, facts: Mapping[str, Any], day: dt.date) -> Score | None:
        version = self.versions.get(facts.get("health.model", ""))
        if version is None:
            return None
        return scoring.score(definitions.read(version.definition), facts, today=day, known=self.known)

    def _step(self, before: At, after: At) -> Step:
        """The causes add up to the change, to a tenth of a point: what is too small for a line is told together."""
        days = [each.since.astimezone(self.zone).date() for each in (before, after)]
        first, second = self._score(before.facts, days[0]), self._score(after.facts, days[1])
        causes = _by_input(first, second, before, after, self.known, (days[1] - days[0]).days)
        causes += _around(before, after, first, second)
        causes.sort(key=lambda cause: -abs(cause.points))
        return Step(after.since, before.score, after.score, (*causes, *_rest(before, after, causes)))


def _by_input(
    first: Score | None, second: Score | None, before: At, after: At, known: Mapping[str, Fact], days: int
) -> list[Cause]:
    """Both versions are counted on the day on which they were written: what aged between them is told as well."""
    if first is None or second is None:
        return []
    old, new = ({(m.measure.key, m.measure.fact): m for m in each.measures} for each in (first, second))
    found = []
    for key in dict.fromkeys([*old, *new]):
        was, now = old.get(key), new.get(key)
        points = _points(now) - _points(was)
        if abs(points) >= LEAST:
            label = (now or was).measure.label  # type: ignore[union-attr]
            old_value, new_value = before.facts.get(key[1]), after.facts.get(key[1])
            found.append(Cause(label, points, old_value, new_value, known.get(key[1]), _why(was, now), days))
    return found


def _why(was: MeasureScore | None, now: MeasureScore | None) -> str:
    if was is None or now is None:
        return LEFT_OUT if now is None else ASKED
    if was.raw != now.raw:
        return ""
    return WEIGHED if was.worth == now.worth else AGED


def _points(found: MeasureScore | None) -> float:
    return found.points if found else 0.0


def _around(before: At, after: At, first: Score | None, second: Score | None) -> list[Cause]:
    """Causes that aren't inputs: another model, a limit, a hand."""
    found = []
    if before.model != after.model:
        found.append(Cause("Model", 0, before.model or None, after.model or None))
    caps = [_held(each) for each in (first, second)]
    if caps[0] != caps[1]:
        names = [each.capped_by if each else "" for each in (first, second)]
        found.append(Cause("Limit", caps[0] - caps[1], names[0] or None, names[1] or None))
    hands = [each.facts.get("override.score") for each in (before, after)]
    if hands[0] != hands[1]:
        found.append(Cause("Set by hand", _by_hand(after) - _by_hand(before), hands[0], hands[1]))
    return found


def _by_hand(at: At) -> int:
    """How many points somebody's hand adds to what was worked out."""
    computed = at.facts.get("health.computed")
    return 0 if at.score is None or computed is None else at.score - computed


def _rest(before: At, after: At, causes: list[Cause]) -> list[Cause]:
    if before.score is None or after.score is None:
        return []
    rest = round(after.score - before.score - sum(round(cause.points, 1) for cause in causes), 1)
    return [Cause(REST, rest)] if rest else []


def _held(score: Score | None) -> int:
    """How many points a limit takes."""
    return (score.raw or 0) - (score.total or 0) if score else 0
