"""The same tree as SQL: a boolean that is never NULL, true exactly where Python says that the tree holds."""

from __future__ import annotations

import json
from typing import Any

from accounts.knowing.columns import fresh
from accounts.registry import Fact, FactType
from blueprints.rules.comparisons import COMPARISONS, EVENT, Known, Test, compared, exact, kind, named
from blueprints.rules.tree import Tree

SIGNS = {
    "is": "=", "is_not": "<>", "at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<", "before": "<",
    "after": ">",
}  # fmt: skip
DATES = {
    "within_days": "{value} BETWEEN {today} AND {today} + {wanted}::int",
    "within_days_ago": "{value} BETWEEN {today} - {wanted}::int AND {today}",
    "older_than_days": "{value} < {today} - {wanted}::int",
    "in_past": "({value} < {today}) = {wanted}",
}
CASTS = {
    FactType.NUMBER: "numeric", FactType.MONEY: "numeric", FactType.PERCENT: "numeric", FactType.DATE: "date",
    FactType.BOOLEAN: "boolean", FactType.TEXT: "text", FactType.CHOICE: "text",
}  # fmt: skip


def condition(
    tree: Tree, known: Known, *, today: str, prefix: str, alias: str = "f", event: str = "e.facts"
) -> tuple[str, dict[str, Any]]:
    """The condition and its parameters, whose names begin with `prefix`.

    It asks the columns that accounts.knowing.columns.record gives `alias`; `today` is SQL of type date, `event` the
    jsonb of the event's facts. The tree is valid by these `known` facts.
    """
    params: dict[str, Any] = {}
    return _tree(tree, _Place(known, today, prefix, alias, event, params)), params


class _Place:
    """Where the SQL will stand, and the parameters that it gathers."""

    def __init__(self, known: Known, today: str, prefix: str, alias: str, event: str, params: dict[str, Any]) -> None:
        self.known, self.today, self.prefix = known, today, prefix
        self.alias, self.event, self.params = alias, event, params

    def keep(self, value: Any) -> str:
        name = f"{self.prefix}{len(self.params)}"
        self.params[name] = value
        return f"%({name})s"


def _tree(tree: Tree, place: _Place) -> str:
    for group, children in tree.items():
        joint = " AND " if group == "all" else " OR "
        parts = [_test(child, place) if "fact" in child else _tree(child, place) for child in children]
        return f"({joint.join(parts)})"
    return "true"


def _test(test: Test, place: _Place) -> str:
    name, wanted = compared(test)
    fact = None if test["fact"].startswith(EVENT) else place.known[named(test)]
    value = _column(test, fact, place) if fact else _of_event(test, place)
    if name == "known":
        return f"(({value} IS NOT NULL) = {place.keep(wanted)})"
    if COMPARISONS[name].takes in ("days", "flag"):
        said = DATES[name].format(value=value, today=place.today, wanted=place.keep(wanted))
    elif fact:
        said = _typed(name, value, wanted, CASTS[fact.type], place)
    else:
        said = _untyped(name, value, wanted, place)
    return f"(({said}) IS TRUE)"


def _column(test: Test, fact: Fact, place: _Place) -> str:
    value = fresh(fact, today=place.today, alias=place.alias, days=test.get("fresh_days"))
    return f"nullif({value}, '')" if CASTS[fact.type] == "text" else value


def _of_event(test: Test, place: _Place) -> str:
    key = place.keep(test["fact"].removeprefix(EVENT))
    return f"nullif(nullif({place.event} -> {key}, 'null'), '\"\"')"


def _typed(name: str, value: str, wanted: Any, cast: str, place: _Place) -> str:
    if isinstance(wanted, list):
        listed = place.keep([exact(one) for one in wanted])
        return f"{value} = ANY({listed}::{cast}[])" if name == "in" else f"{value} <> ALL({listed}::{cast}[])"
    return f"{value} {SIGNS[name]} {place.keep(exact(wanted))}::{cast}"


def _untyped(name: str, value: str, wanted: Any, place: _Place) -> str:
    """As JSON says it: a number equals numbers alone, and texts stand in the order of their letters' codes."""
    if isinstance(wanted, list):
        listed = place.keep([json.dumps(one) for one in wanted])
        return f"{value} = ANY({listed}::jsonb[])" if name == "in" else f"{value} <> ALL({listed}::jsonb[])"
    if name in ("is", "is_not"):
        return f"{value} {SIGNS[name]} {place.keep(json.dumps(wanted))}::jsonb"
    plain = f"({value} #>> '{{}}')"
    if kind(wanted) == "text":
        return f"jsonb_typeof({value}) = 'string' AND {plain} COLLATE \"C\" {SIGNS[name]} {place.keep(wanted)}"
    if kind(wanted) == "flag":
        return "false"
    number = f"CASE WHEN jsonb_typeof({value}) = 'number' THEN {plain}::numeric END"
    return f"{number} {SIGNS[name]} {place.keep(exact(wanted))}::numeric"
