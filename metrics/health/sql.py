"""The score as one SQL expression over the columns of an account's facts, for all models of a tenant in their order.

The same steps and the same rounding as scoring.score; every constant of a model is a parameter or a whole number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.knowing.columns import fresh
from accounts.registry import Fact, FactType
from blueprints import rules
from blueprints.rules import sql as conditions
from metrics.health.definitions import AGE, DATED, INSTEAD, LINEAR, YES_NO, Definition, How, Measure, Pillar
from metrics.health.scoring import FULL, whole_shares

TODAY = "%(today)s::date"
OVERRIDE = f'CASE WHEN f."override.until" >= {TODAY} THEN f."override.score"::int END'


@dataclass(frozen=True)
class Line:
    """One live version: which accounts it is for, and what it says. `challenger`: it scores beside the live one."""

    name: str
    applies: Mapping[str, Any]
    definition: Definition
    challenger: bool = False

    @property
    def model(self) -> str:
        return self.name.rpartition(" v")[0]


@dataclass
class Said:
    """Parameters under names of their own, and the day that the facts are looked at, as SQL of type date."""

    prefix: str
    params: dict[str, Any] = field(default_factory=dict)
    today: str = TODAY

    def __call__(self, value: Any) -> str:
        name = f"{self.prefix}{len(self.params)}"
        self.params[name] = value
        return f"%({name})s"


def compiled(
    lines: Sequence[Line], known: Mapping[str, Fact], *, prefix: str = "health_"
) -> tuple[str, dict[str, Any]]:
    """A jsonb object of health's facts, or NULL where no model applies, over alias f; and its parameters."""
    said = Said(prefix)
    live = _first_that_applies([line for line in lines if not line.challenger], known, said, _scored)
    beside = _first_that_applies(_challenging(lines), known, said, _challenged)
    return f"(coalesce({live}, '{{}}'::jsonb) || coalesce({beside}, '{{}}'::jsonb))", said.params


def needed(lines: Iterable[Line], known: Mapping[str, Fact]) -> list[Fact]:
    """The facts that the expression asks for."""
    names = ["override.score", "override.until"]
    for line in lines:
        names += rules.names(line.applies)
        names += [measure.fact for measure in line.definition.measures]
        names += [str(limit.when.get("fact")) for limit in line.definition.limits]
    return [known[name] for name in dict.fromkeys(names) if name in known]


def worths(definition: Definition, known: Mapping[str, Fact], said: Said) -> str:
    """An array of what each measure is worth, in hundredths of a point, over alias f."""
    return f"ARRAY[{', '.join(_worth(measure, known, said) for measure in definition.measures)}]::int[]"


def rescored(definition: Definition, known: Mapping[str, Fact], said: Said) -> str:
    """What this definition makes of the facts under alias f, whoever scored them."""
    return f"(SELECT c.computed FROM {_steps(Line('', {}, definition), known, said)})"


def _challenging(lines: Sequence[Line]) -> list[Line]:
    """A challenger scores whom its model would: an account that an earlier model takes is none of its."""
    challenged = {line.model for line in lines if line.challenger}
    return [line for line in lines if line.challenger or line.model not in challenged] if challenged else []


def _first_that_applies(lines: Sequence[Line], known: Mapping[str, Fact], said: Said, score: Any) -> str:
    """A model whose accounts can't be told any more, because a fact of its rule is gone, is for none."""
    branches = []
    for line in lines:
        if rules.validate(line.applies, known, of_event=False):
            continue
        branches.append(f"WHEN {_condition(line.applies, known, said)} THEN {score(line, known, said)}")
    return f"CASE {' '.join(branches)} END" if branches else "NULL::jsonb"


def _condition(tree: Mapping[str, Any], known: Mapping[str, Fact], said: Said) -> str:
    written, params = conditions.condition(tree, known, today=said.today, prefix=f"{said.prefix}{len(said.params)}_")
    said.params |= params
    return f"({written})"


def _scored(line: Line, known: Mapping[str, Fact], said: Said) -> str:
    pillars = "".join(
        f", {said('health.' + pillar.key)}::text, (m.p{n} + 50) / 100"
        for n, pillar in enumerate(line.definition.pillars)
    )
    return (
        "(SELECT jsonb_build_object('health.score', e.score, 'health.computed', c.computed,"
        f" 'health.band', {_band(line.definition)}, 'health.known', t.k, 'health.model', {said(line.name)}::text,"
        f" 'health.capped_by', c.capped_by{pillars}) FROM {_steps(line, known, said)},"
        f" LATERAL (SELECT coalesce({OVERRIDE}, c.computed) AS score OFFSET 0) e)"
    )


def _challenged(line: Line, known: Mapping[str, Fact], said: Said) -> str:
    if not line.challenger:
        return "NULL::jsonb"
    steps = _steps(line, known, said)
    return f"(SELECT jsonb_build_object('health.challenger', c.computed) FROM {steps})"


def _steps(line: Line, known: Mapping[str, Fact], said: Said) -> str:
    """Measures, pillars, total, limits: each worked out once (OFFSET 0 keeps the planner from repeating them)."""
    model = line.definition
    measures = [_worth(measure, known, said) for measure in model.measures]
    found = ", ".join(f"{worth} AS m{n}" for n, worth in enumerate(measures))
    sums, place = [], 0
    for pillar in model.pillars:
        sums.append(_pillar(pillar, place))
        place += len(pillar.measures)
    pillars = ", ".join(f"{worth} AS p{n}" for n, worth in enumerate(sums))
    return (
        f"(SELECT w.*, {pillars} FROM (SELECT {found} OFFSET 0) w OFFSET 0) m,"
        f" LATERAL (SELECT {_total(model)} AS worth, {_known(model)} AS k OFFSET 0) t,"
        f" LATERAL (SELECT CASE WHEN t.k >= {model.least_known} THEN (t.worth + 50) / 100 END AS raw OFFSET 0) r,"
        f" LATERAL ({_capped(model, known, said)} OFFSET 0) c"
    )


def _worth(measure: Measure, known: Mapping[str, Fact], said: Said) -> str:
    """Hundredths of a point, or NULL where the fact isn't known, is too old, or is gone."""
    fact = known.get(measure.fact)
    if fact is None:
        return "NULL::int"
    return _normalized(measure.how, fresh(fact, today=said.today, days=measure.fresh_days), fact, said)


def _normalized(how: How, value: str, fact: Fact, said: Said) -> str:
    if how.kind == YES_NO:
        return f"CASE {value} WHEN true THEN {100 * how.yes} WHEN false THEN {100 * how.no} END"
    if how.kind == LINEAR:
        return _between(how, f"{value}::numeric", value)
    if how.kind == DATED:
        days = f"{said.today} - {value}" if how.counts == AGE else f"{value} - {said.today}"
        return _between(how, f"({days})::numeric", value)
    if not how.points or fact.type not in (FactType.CHOICE, FactType.TEXT):
        return "NULL::int"
    listed = " ".join(f"WHEN {said(name)} THEN {100 * points}" for name, points in how.points.items())
    return f"CASE {value} {listed} END"


def _between(how: How, number: str, value: str) -> str:
    """NULL must be said: greatest() and least() step over it."""
    span = format(abs(how.good - how.bad), "f")
    bad = format(how.bad, "f")
    way = f"({number} - ({bad}))" if how.good > how.bad else f"(({bad}) - {number})"
    inside = f"least(greatest({way}, 0), {span})"
    return f"CASE WHEN {value} IS NOT NULL THEN div({2 * FULL} * {inside} + {span}, 2 * {span})::int END"


def _pillar(pillar: Pillar, place: int) -> str:
    sums, weights = [], []
    for n, measure in enumerate(pillar.measures, start=place):
        instead = INSTEAD.get(measure.missing)
        sums.append(f"{measure.weight} * coalesce(m{n}, {instead or 0})")
        weights.append(
            f"CASE WHEN m{n} IS NULL THEN 0 ELSE {measure.weight} END" if instead is None else str(measure.weight)
        )
    return _mean(sums, weights)


def _total(model: Definition) -> str:
    sums = [f"{pillar.weight} * coalesce(m.p{n}, 0)" for n, pillar in enumerate(model.pillars)]
    weights = [f"CASE WHEN m.p{n} IS NULL THEN 0 ELSE {pillar.weight} END" for n, pillar in enumerate(model.pillars)]
    return _mean(sums, weights)


def _mean(sums: Sequence[str], weights: Sequence[str]) -> str:
    weight = f"({' + '.join(weights)})"
    return f"CASE WHEN {weight} > 0 THEN (2 * ({' + '.join(sums)}) + {weight}) / (2 * {weight}) END"


def _known(model: Definition) -> str:
    shares, total = whole_shares(model)
    flat = [share for row in shares for share in row]
    if not total:
        return "0"
    there = " + ".join(f"CASE WHEN m.m{n} IS NULL THEN 0 ELSE {share}::numeric END" for n, share in enumerate(flat))
    return f"div(100 * ({there}), {total})::int"


def _capped(model: Definition, known: Mapping[str, Fact], said: Said) -> str:
    """The lowest cap that holds and bites, and its reason; a limit whose fact is gone holds nothing down."""
    found = sorted(
        (limit.cap, place, limit) for place, limit in enumerate(model.limits)
        if not rules.validate({"all": [limit.when]}, known, of_event=False)
    )  # fmt: skip
    bites = [
        (f"r.raw > {cap} AND {_condition({'all': [limit.when]}, known, said)}", cap, limit.reason)
        for cap, _place, limit in found
    ]
    if not bites:
        return "SELECT r.raw AS computed, NULL::text AS capped_by"
    caps = " ".join(f"WHEN {when} THEN {cap}" for when, cap, _reason in bites)
    reasons = " ".join(f"WHEN {when} THEN {said(reason)}::text" for when, _cap, reason in bites)
    return f"SELECT CASE {caps} ELSE r.raw END AS computed, CASE {reasons} END AS capped_by"


def _band(model: Definition) -> str:
    return (
        f"CASE WHEN e.score IS NULL THEN 'unknown' WHEN e.score >= {model.healthy} THEN 'healthy'"
        f" WHEN e.score >= {model.symptoms} THEN 'symptoms' ELSE 'at_risk' END"
    )
