"""What the conditions of a play may ask: facts of accounts, and those that the event tells to which it listens."""

from __future__ import annotations

from dataclasses import replace

from accounts.registry import Fact, FactType, event_kinds
from blueprints.rules.comparisons import EVENT, Facts, Known

CURRENCY = f"{EVENT}currency"
SMALLEST = "in the currency’s smallest unit"


def askable(trigger: str, known: Known, told: Facts | None = None) -> dict[str, Fact]:
    """All that conditions may name in a play with this trigger; `told` as for `asked_of`."""
    return {**known, **asked_of(trigger, told)}


def asked_of(trigger: str, told: Facts | None = None) -> dict[str, Fact]:
    """The facts of such an event as conditions name them; none of a kind that nobody declares.

    `told`: what one event told, by the same names: its amounts are in the currency that it tells.
    """
    kind = next((kind for kind in event_kinds() if kind.kind == trigger), None)
    currency = str((told or {}).get(CURRENCY) or "")
    found = kind.asked if kind else {}
    return {f"{EVENT}{name}": _named(f"{EVENT}{name}", fact, currency) for name, fact in found.items()}


def _named(name: str, fact: Fact, currency: str) -> Fact:
    """Events come in currencies of their own, whose digits differ: until one tells which, an amount is a bare count."""
    if fact.type is not FactType.MONEY:
        return replace(fact, name=name)
    if currency:
        return replace(fact, name=name, unit=currency)
    return replace(fact, name=name, type=FactType.NUMBER, unit=SMALLEST)


def is_amount(fact: Fact) -> bool:
    """Whether it is money that no threshold can be typed for: nobody knows in which currency it will come."""
    return fact.name.startswith(EVENT) and (fact.type is FactType.MONEY or fact.unit == SMALLEST)
