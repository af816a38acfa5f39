"""What people type, as conditions keep it, and back: money in whole units, numbers with or without a fraction."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from accounts import formats
from accounts.registry import Fact, FactType
from blueprints.rules import COMPARISONS, fitting
from blueprints.rules.comparisons import EVENT

# A comparison with a yes or no is two choices without a value.
FLAGS = {"known": ("known", True), "unknown": ("known", False), "past": ("in_past", True),
         "not_past": ("in_past", False)}  # fmt: skip
FLAG_WORDS = {"known": "is known", "unknown": "is not known", "past": "is in the past",
              "not_past": "is not in the past"}  # fmt: skip
NUMBERS = (FactType.NUMBER, FactType.PERCENT, FactType.MONEY)
LIST_MARK = ","


def operators(fact: Fact | None) -> list[tuple[str, str]]:
    """The comparisons that fit a fact, as a list to choose from."""
    found: list[tuple[str, str]] = []
    for name in _fitting(fact):
        if COMPARISONS[name].takes == "flag":
            found += [(code, FLAG_WORDS[code]) for code, (of, _wanted) in FLAGS.items() if of == name]
        else:
            found.append((name, COMPARISONS[name].words.replace("{}", "…")))
    return found


def _fitting(fact: Fact | None) -> tuple[str, ...]:
    """What an event tells is compared as it was told: days count from nothing there."""
    told = fact is not None and fact.name.startswith(EVENT)
    return tuple(name for name in fitting(fact) if name in fitting(None)) if told else fitting(fact)


def takes(op: str) -> str:
    """What a choice asks for: nothing, days, a day, one value or many."""
    return "nothing" if op in FLAGS else COMPARISONS[op].takes if op in COMPARISONS else "one"


def op_of(name: str, value: Any) -> str:
    return next((code for code, flag in FLAGS.items() if flag == (name, value)), name)


def shown(value: Any, fact: Fact | None, op: str, currency: str) -> list[str]:
    """A kept value as its field shows it; several for a list."""
    if takes(op) == "nothing":
        return []
    values = value if isinstance(value, list) else [value]
    if takes(op) == "many" and not (fact and fact.choices):
        return [f"{LIST_MARK} ".join(_text(each, fact, currency) for each in values)]
    return [_text(each, fact, currency) for each in values]


def _text(value: Any, fact: Fact | None, currency: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if fact and fact.type is FactType.MONEY and isinstance(value, int):
        return f"{Decimal(value).scaleb(-digits(currency)):f}"
    return str(value)


def said(op: str, typed: list[str], fact: Fact | None, currency: str) -> Any:
    """What was typed as conditions say it; what can't be read stays as it is, and the rules name it."""
    if op in FLAGS:
        return FLAGS[op][1]
    first = typed[0].strip() if typed else ""
    kind = takes(op)
    if kind == "days":
        return _whole(first)
    if kind == "day":
        return first
    if kind == "many":
        parts = typed if fact and fact.choices else first.split(LIST_MARK)
        return [_value(part.strip(), fact, currency) for part in parts if part.strip()]
    return _value(first, fact, currency)


def _value(text: str, fact: Fact | None, currency: str) -> Any:
    if fact is None:
        return {"yes": True, "no": False}.get(text, _number(text))
    if fact.type is FactType.BOOLEAN:
        return {"yes": True, "no": False}.get(text, text)
    if fact.type is FactType.MONEY:
        amount = _decimal(text)
        scaled = amount.scaleb(digits(currency)) if amount is not None else None
        return int(scaled) if scaled is not None and scaled == scaled.to_integral_value() else text
    return _number(text) if fact.type in NUMBERS else text


def digits(currency: str) -> int:
    return formats.DIGITS.get(currency, formats.USUAL_DIGITS)


def _whole(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _number(text: str) -> Any:
    amount = _decimal(text)
    if amount is None:
        return text
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _decimal(text: str) -> Decimal | None:
    try:
        amount = Decimal(text.replace(" ", "").replace("−", "-"))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount.adjusted()) < 16 else None
