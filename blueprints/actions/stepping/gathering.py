"""Steps of many runs that ask nothing of one alone: decided one after the other, written in a statement a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.actions import many_tasks
from accounts.actions.errors import Conflict, Refused
from accounts.actions.many_tasks import NewTask
from blueprints import texts
from blueprints.actions import deliveries
from blueprints.actions.stepping import effects
from blueprints.actions.stepping.outcomes import CantDo, Done, Moment, Taken
from blueprints.actions.stepping.plans import TOGETHER
from blueprints.actions.stepping.writing import TaskLink, put_links
from blueprints.models import Delivery
from blueprints.steps import kind_of

PROBLEMS = (CantDo, texts.Broken, Refused, Conflict)


@dataclass
class Rows:
    """What is to be written, and whose it is."""

    tasks: list[tuple[Moment, NewTask]] = field(default_factory=list)
    wires: list[tuple[Moment, Delivery]] = field(default_factory=list)


def take(moments: Sequence[Moment]) -> dict[int, Taken]:
    """By run: what was taken here. Steps of other kinds aren't in it, unless their condition doesn't hold."""
    rows, found = Rows(), {}
    for moment in moments:
        try:
            taken = _decide(moment, rows)
        except PROBLEMS as problem:
            taken = Taken(None, str(problem))
        if taken is not None:
            found[moment.run.pk] = taken
    return found | _given(rows) | _sent(rows)


def _decide(moment: Moment, rows: Rows) -> Taken | None:
    kind = kind_of(moment.step)
    if not effects.is_wanted(moment):
        return effects.NOT_WANTED
    if kind == "wait":
        return Taken(effects.take(moment.step, moment))  # writes nothing
    if kind == "task":
        rows.tasks.append((moment, effects.new_task(moment)))
    elif kind in TOGETHER:
        rows.wires.append((moment, effects.new_wire(moment)))
    return None


def _given(rows: Rows) -> dict[int, Taken]:
    if not rows.tasks:
        return {}
    moments = [moment for moment, _ in rows.tasks]
    ids = many_tasks.give([task for _, task in rows.tasks], source="play", at=moments[0].at)
    put_links([TaskLink(moment.run.pk, moment.number) for moment in moments], ids)
    return {moment.run.pk: Taken(Done({"task": pk})) for moment, pk in zip(moments, ids, strict=True)}


def _sent(rows: Rows) -> dict[int, Taken]:
    ids = deliveries.wires([wire for _, wire in rows.wires])
    return {moment.run.pk: Taken(Done({"delivery": pk})) for (moment, _), pk in zip(rows.wires, ids, strict=True)}
