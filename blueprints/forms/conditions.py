"""Conditions as rows of a form: each a fact, a comparison that fits it and a value, in groups one level deep."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from accounts.registry import Fact, FactType
from blueprints import rules
from blueprints.forms import typed
from blueprints.rules.words import label

JOINS = ("all", "any")
INPUTS = {FactType.NUMBER: "number", FactType.PERCENT: "number", FactType.MONEY: "money", FactType.DATE: "date",
          FactType.BOOLEAN: "yes_no", FactType.CHOICE: "choice", FactType.TEXT: "text"}  # fmt: skip
MOST_ROWS = 40


@dataclass(frozen=True)
class Scope:
    """What rows may ask about here, in which money, and what the event tells where there is one."""

    facts: Mapping[str, Fact]
    currency: str = "USD"
    of_event: bool = False
    event: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def asked(self) -> dict[str, Fact]:
        return {**self.facts, **self.event}


@dataclass
class Row:
    """One test; `name` is where it stands, such as if-0 or if-1-0, `was` where it stood when it was sent."""

    name: str
    scope: Scope
    fact_name: str = ""
    op: str = ""
    values: list[str] = field(default_factory=list)
    fresh: str = ""
    errors: list[str] = field(default_factory=list)
    was: str = ""

    @property
    def fact(self) -> Fact | None:
        name = self.fact_name.replace("account.custom.", "custom.")
        return self.scope.facts.get(name) or self.scope.event.get(name)

    @property
    def label(self) -> str:
        return label({"fact": self.fact_name}, self.fact) if self.fact_name else ""

    @property
    def operators(self) -> list[tuple[str, str]]:
        return typed.operators(self.fact) if self.fact_name else []

    @property
    def input(self) -> str:
        """Which input the value takes: nothing, days, a day, or what fits the fact."""
        asked = typed.takes(self.op)
        if not self.fact_name or asked in ("nothing", "days", "day"):
            return {"day": "date"}.get(asked, asked) if self.fact_name else "nothing"
        kind = INPUTS[self.fact.type] if self.fact else "text"
        if asked == "many":
            return "choices" if self.fact and self.fact.choices else "list"
        return "choice" if self.fact and self.fact.choices else kind

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What the product knows, and what stands there although it isn't among it: nothing is changed unseen."""
        known = [(str(value), str(words)) for value, words in self.fact.choices] if self.fact else []
        return known + [(value, value) for value in self.values if known and value and value not in dict(known)]

    @property
    def unit(self) -> str:
        if self.input == "money":
            return self.scope.currency
        if self.input == "number" and self.fact:
            return "%" if self.fact.type is FactType.PERCENT else str(self.fact.unit)
        return ""

    @property
    def dated(self) -> bool:
        return bool(self.fact and self.fact.dated_by)

    def test(self) -> dict[str, Any]:
        name = typed.FLAGS[self.op][0] if self.op in typed.FLAGS else self.op
        said = {"fact": self.fact_name, name: typed.said(self.op, self.values, self.fact, self.scope.currency)}
        if self.dated and self.fresh.strip():
            said["fresh_days"] = int(self.fresh) if self.fresh.isascii() and self.fresh.isdigit() else self.fresh
        return said

    def judge(self) -> bool:
        """Names at the row what is wrong with it."""
        if not self.fact_name:
            self.errors = ["Choose what this is about, or remove it."]
        else:
            test = self.test()
            wrong = rules.typed_wrong(test, self.scope.asked)
            self.errors = [wrong] if wrong else self._refused(test)
        return not self.errors

    def _refused(self, test: dict[str, Any]) -> list[str]:
        return rules.validate({"all": [test]}, self.scope.facts, of_event=self.scope.of_event)


@dataclass
class Group:
    """Rows that all or any of must hold; the tree itself is one."""

    name: str
    join: str = "all"
    items: list[Row | Group] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    is_group: bool = True
    was: str = ""

    def rows(self) -> Iterator[Row]:
        for item in self.items:
            if isinstance(item, Group):
                yield from item.rows()
            else:
                yield item

    def tree(self) -> dict[str, Any]:
        children = [item.tree() if isinstance(item, Group) else item.test() for item in self.items]
        kept = [child for child in children if child]
        return {self.join: kept} if kept else {}

    def judge(self) -> bool:
        judged = [row.judge() for row in self.rows()]
        return all(judged)


def parse(name: str, data: QueryDict, scope: Scope) -> Group:
    """The rows under this name as they were posted, in their order."""
    places: set[tuple[int, ...]] = set()
    for key in data:
        if found := re.fullmatch(rf"{re.escape(name)}-(\d{{1,3}})(?:-(\d{{1,3}}))?-(fact|op|value|fresh|join)", key):
            place = tuple(int(part) for part in found.groups()[:2] if part is not None)
            places.add(place[:1] if found.group(3) == "join" else place)
    joined = {int(m[1]) for key in data if (m := re.fullmatch(rf"{re.escape(name)}-(\d{{1,3}})-join", key))}
    top = Group(name, _join(data, name))
    for first in sorted({place[0] for place in places})[:MOST_ROWS]:
        here = f"{name}-{first}"
        if first in joined:
            inner = sorted(place[1] for place in places if len(place) == 2 and place[0] == first)
            rows: list[Row | Group] = [_row(f"{here}-{n}", data, scope) for n in inner[:MOST_ROWS]]
            top.items.append(Group(here, _join(data, here), rows, was=here))
        else:
            top.items.append(_row(here, data, scope))
    return renumbered(top)


def _join(data: QueryDict, name: str) -> str:
    said = data.get(f"{name}-join", "")
    return said if said in JOINS else "all"


def _row(name: str, data: QueryDict, scope: Scope) -> Row:
    row = Row(name, scope, data.get(f"{name}-fact", "").strip()[:120], data.get(f"{name}-op", ""), was=name)
    row.values = [value[:400] for value in data.getlist(f"{name}-value")[:60]]
    row.fresh = data.get(f"{name}-fresh", "")[:6]
    if data.get(f"{name}-of", row.fact_name) != row.fact_name and row.fact and row.fact.choices:
        # What was typed for another fact is no choice of this one.
        row.values = [value for value in row.values if value in dict(row.fact.choices)]
    return fitted(row)


def fitted(row: Row) -> Row:
    """A comparison that doesn't fit the fact gives way to the first that does."""
    if row.fact_name and row.op not in dict(row.operators):
        row.op = row.operators[0][0]
    return row


def of_tree(name: str, tree: Mapping[str, Any], scope: Scope) -> Group:
    """A kept tree as rows."""
    join = next(iter(tree), "all")
    top = Group(name, join)
    for child in tree.get(join, []):
        inner = next((group for group in JOINS if group in child), None)
        top.items.append(of_tree(name, child, scope) if inner else _of_test(name, child, scope))
    return renumbered(top)


def _of_test(name: str, test: Mapping[str, Any], scope: Scope) -> Row:
    compared, value = next((key, value) for key, value in test.items() if key not in ("fact", "fresh_days"))
    row = Row(name, scope, test["fact"], typed.op_of(compared, value), fresh=str(test.get("fresh_days", "")))
    row.values = typed.shown(value, row.fact, row.op, scope.currency)
    return row


def renumbered(group: Group) -> Group:
    """Names by place, so that rows that were removed leave no gap."""
    for number, item in enumerate(group.items):
        item.name = f"{group.name}-{number}"
        if isinstance(item, Group):
            renumbered(item)
    return group
