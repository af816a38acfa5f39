"""The JSON schema of conditions over given facts: for builders, and for files that live in version control."""

from __future__ import annotations

from typing import Any

from accounts.registry import Fact, FactType
from blueprints.rules.comparisons import COMPARISONS, LONGEST_TEXT, MOST_CHOICES, MOST_DAYS, Known, fitting

DRAFT = "https://json-schema.org/draft/2020-12/schema"
PLAIN: dict[FactType | None, dict[str, Any]] = {
    FactType.NUMBER: {"type": "number"}, FactType.PERCENT: {"type": "number"}, FactType.MONEY: {"type": "integer"},
    FactType.BOOLEAN: {"type": "boolean"}, FactType.DATE: {"type": "string", "format": "date"},
    FactType.TEXT: {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT},
    FactType.CHOICE: {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT},
    None: {"type": ["string", "number", "boolean"]},
}  # fmt: skip
DAYS = {"type": "integer", "minimum": 0, "maximum": MOST_DAYS}


def schema(known: Known) -> dict[str, Any]:
    """Every test that is possible, each fact with the comparisons and values that fit it."""
    event = {"type": "string", "pattern": r"^event\."}
    tests = [_test({"const": name}, fact, name) for name, fact in known.items() if fact.type in PLAIN]
    return {
        "$schema": DRAFT,
        "anyOf": [{"type": "object", "maxProperties": 0}, _group({"anyOf": [*_child(), _group(*_child())]})],
        "$defs": {"test": {"anyOf": [*tests, _test(event, None, "event")]}},
    }


def _child() -> list[dict[str, Any]]:
    return [{"$ref": "#/$defs/test"}]


def _group(child: dict[str, Any]) -> dict[str, Any]:
    listed = {"type": "array", "minItems": 1, "items": child}
    one = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": False}
    return one | {"properties": {"all": listed, "any": listed}}


def _test(name: dict[str, Any], fact: Fact | None, title: str) -> dict[str, Any]:
    options = {"fact": name} | ({"fresh_days": DAYS} if fact and fact.dated_by else {})
    compared = {each: _value(each, fact) for each in fitting(fact)}
    return {
        "title": str(fact.label) if fact else title,
        "type": "object",
        "properties": options | compared,
        "required": ["fact"],
        "oneOf": [{"required": [each]} for each in compared],
        "additionalProperties": False,
    }


def _value(comparison: str, fact: Fact | None) -> dict[str, Any]:
    takes = COMPARISONS[comparison].takes
    if takes == "flag":
        return {"type": "boolean"}
    if takes == "days":
        return DAYS
    if takes == "day":
        return PLAIN[FactType.DATE]
    one = (
        {"enum": [value for value, _ in fact.choices]} if fact and fact.choices else PLAIN[fact.type if fact else None]
    )
    return {"type": "array", "minItems": 1, "maxItems": MOST_CHOICES, "items": one} if takes == "many" else one
