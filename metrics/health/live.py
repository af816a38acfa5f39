"""Which versions score accounts today, in which order, and what a draft would put in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from accounts.registry import Fact, known_facts
from metrics.health import definitions
from metrics.health.models import HealthModel, HealthVersion, State
from metrics.health.sql import Line


def versions() -> list[HealthVersion]:
    """What scores now, and challengers, in the models' order."""
    rows = HealthVersion.objects.filter(model__archived_at=None).exclude(state=State.RETIRED)
    wanted = [row for row in rows.select_related("model") if row.state == State.PUBLISHED or row.shadow]
    return sorted(wanted, key=lambda row: (row.model.position, row.model_id))


def line(version: HealthVersion) -> Line:
    read = definitions.read(version.definition)
    return Line(version.name, version.model.applies, read, version.state == State.DRAFT)


def lines() -> list[Line]:
    return [line(version) for version in versions()]


def lines_with(model: HealthModel, definition: definitions.Raw, name: str) -> list[Line]:
    """As if this definition were published now; challengers don't count."""
    drawn = Line(name, model.applies, definitions.read(definition))
    rows: Sequence[HealthVersion] = [v for v in versions() if v.state == State.PUBLISHED and v.model_id != model.pk]
    placed = [(v.model.position, v.model_id, line(v)) for v in rows] + [(model.position, model.pk, drawn)]
    return [each for _position, _pk, each in sorted(placed, key=lambda entry: entry[:2])]


def lines_if(model: HealthModel, *, applies: Any = None, order: Sequence[int] = ()) -> list[Line]:
    """What scores now, as if this model were for others, or the models stood in this order of ids."""
    rows = [row for row in versions() if row.state == State.PUBLISHED]
    if order:
        rows.sort(key=lambda row: order.index(row.model_id))
    drawn = [(row, line(row)) for row in rows]
    if applies is None:
        return [each for _row, each in drawn]
    return [replace(each, applies=applies) if row.model_id == model.pk else each for row, each in drawn]


def judged_facts() -> dict[str, Fact]:
    """Of every version that isn't retired, drafts too: what is published says how a measure is called."""
    rows = HealthVersion.objects.filter(model__archived_at=None).exclude(state=State.RETIRED).order_by("state", "id")
    found: dict[str, Fact] = {}
    for row in rows:
        found |= definitions.judged_facts(definitions.read(row.definition))
    return found


def pillars_ever() -> set[str]:
    """Keys of every version there was."""
    found = HealthVersion.objects.values_list("definition__pillars", flat=True)
    return {pillar["key"] for pillars in found for pillar in pillars}


def inputs(definition: definitions.Raw | None = None) -> dict[str, Fact]:
    """What a model may ask for: everything known before the score, and what this very definition lets people judge."""
    known = {name: fact for name, fact in known_facts().items() if not name.startswith("health.")}
    own = definitions.judged_facts(definitions.read(definition)) if definition else {}
    return known | own
