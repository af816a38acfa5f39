"""Facts: named, typed things known about an account, each declared with the SQL that finds it for many accounts."""

from __future__ import annotations

import graphlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FactType(StrEnum):
    """How a value is kept in JSON: MONEY as whole minor units, PERCENT as 12.5 for 12.5 %, DATE as 2026-03-31."""

    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    BOOLEAN = "boolean"
    TEXT = "text"
    CHOICE = "choice"

    @property
    def sql(self) -> str:
        return SQL_TYPES[self]


SQL_TYPES = {
    FactType.NUMBER: "numeric", FactType.MONEY: "bigint", FactType.PERCENT: "numeric", FactType.DATE: "date",
    FactType.BOOLEAN: "boolean", FactType.TEXT: "text", FactType.CHOICE: "text",
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """Facts say dates, never ages: “180 days before” is arithmetic at the test.

    `absent` is what holds for an account of which the source has no row; None: not known. A fact that goes stale
    names its source's day under `dated_by`, kept beside it as "@<dated_by>"; older than `fresh_days`, it isn't known.
    """

    name: str
    label: Any
    type: FactType
    unit: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()
    absent: bool | int | None = None
    dated_by: str = ""
    fresh_days: int | None = None
    help: Any = ""

    @property
    def group(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Source:
    """One statement that knows several facts of many accounts.

    `sql` selects account_id and a column for each fact, in their order; or, where `shaped`, account_id and one jsonb
    of names and values, days of freshness under "@<dated_by>" among them. One row for an account, or none.
    Parameters: %(tenant)s, %(ids)s (bigint[]), %(today)s (the tenant's date), %(at)s (the instant), %(zone)s, and its
    own `params`, whose names begin with its code. What came after %(at)s or %(today)s, where a row can tell, stays out.
    """

    code: str
    facts: tuple[Fact, ...]
    sql: str
    shaped: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Derived:
    """`sql` is an expression that gives a jsonb object (or NULL) of these facts, from columns f."<fact>"."""

    facts: tuple[Fact, ...]
    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Derivation:
    """Facts that follow from facts, such as health. `build` gets the facts known so far, inside a tenant's context.

    `told`: every name that it may ever have told the open tenant, to be forgotten before it is asked again.
    """

    code: str
    build: Callable[[Mapping[str, Fact]], Derived | None]
    told: Callable[[], Iterable[str]]
    after: tuple[str, ...] = ()


_SOURCES: dict[str, Source] = {}
_OF_TENANTS: dict[str, Callable[[], Source | None]] = {}
_DERIVATIONS: dict[str, Derivation] = {}


def source(declared: Source) -> None:
    taken = {fact.name for each in _SOURCES.values() if each.code != declared.code for fact in each.facts}
    if twice := taken & {fact.name for fact in declared.facts}:
        raise ValueError(f"facts are declared twice: {', '.join(sorted(twice))}")
    _SOURCES[declared.code] = declared


def tenant_source(code: str, build: Callable[[], Source | None]) -> None:
    """Facts that each tenant names for itself; `build` is called inside its context."""
    _OF_TENANTS[code] = build


def derive(declared: Derivation) -> None:
    """A circle of derivations is a graphlib.CycleError, at the start."""
    _DERIVATIONS[declared.code] = declared
    ordered_derivations()


def sources() -> list[Source]:
    """Every source for the open tenant."""
    own = (build() for build in _OF_TENANTS.values())
    return [*_SOURCES.values(), *(each for each in own if each is not None)]


def ordered_derivations() -> list[Derivation]:
    """Each after those that it builds on."""
    graph = {code: set(each.after) & set(_DERIVATIONS) for code, each in _DERIVATIONS.items()}
    return [_DERIVATIONS[code] for code in graphlib.TopologicalSorter(graph).static_order()]


def known_facts() -> dict[str, Fact]:
    """Every fact that the open tenant can ask about, by name, in the order of their declaration."""
    facts = {fact.name: fact for each in sources() for fact in each.facts}
    for derivation in ordered_derivations():
        derived = derivation.build(facts)
        facts |= {fact.name: fact for fact in derived.facts} if derived else {}
    return facts
