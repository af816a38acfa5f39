"""The editor's fields as a definition: each is called by its path, and what can't be read stays as it was typed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.text import slugify

from accounts.registry import Fact, FactType
from metrics.health.definitions import balanced

ROOTS = ("pillars", "limits", "bands", "least_known")
WHOLE = {"weight", "points", "cap", "healthy", "symptoms", "least_known", "fresh_days", "yes", "no"}
JUDGED = "judged"


def definition(posted: QueryDict, known: Mapping[str, Fact], digits: int) -> dict[str, Any]:
    """`digits`: of the workspace's currency, since people type whole units of money."""
    raw = _nested({name: str(posted[name]).strip() for name in posted if name.split(".")[0] in ROOTS})
    bands = raw.get("bands") or {}
    pillars = [each for each in raw.get("pillars") or [] if isinstance(each, dict)]
    return {
        "pillars": _keyed([_pillar(each, known, digits) for each in pillars]),
        "limits": [_limit(each, known, digits) for each in raw.get("limits") or []],
        "bands": {name: whole(bands.get(name, "")) for name in ("healthy", "symptoms")},
        "least_known": whole(raw.get("least_known", "")),
    }


def _pillar(raw: Mapping[str, Any], known: Mapping[str, Fact], digits: int) -> dict[str, Any]:
    measures = [_measure(each, known, digits) for each in raw.get("measures") or [] if isinstance(each, dict)]
    said = {"key": raw.get("key", ""), "label": raw.get("label", ""), "weight": whole(raw.get("weight", ""))}
    return said | {"measures": _keyed(measures)}


def _measure(raw: Mapping[str, Any], known: Mapping[str, Fact], digits: int) -> dict[str, Any]:
    said: dict[str, Any] = {
        "key": raw.get("key", ""), "label": raw.get("label", ""), "weight": whole(raw.get("weight", "")),
        "missing": raw.get("missing", "reweigh"),
    }  # fmt: skip
    if raw.get("fresh_days"):
        said["fresh_days"] = whole(raw["fresh_days"])
    name = raw.get("fact", "")
    if name == JUDGED:
        return said | {"judged": _judged(raw.get("judged") or {})}
    fact = known.get(name)
    if not said["label"] and fact:
        said["label"] = str(fact.label)[:80]
    return said | {"fact": name, "how": how(raw.get("how") or {}, fact, digits)}


def how(raw: Mapping[str, Any], fact: Fact | None, digits: int) -> dict[str, Any]:
    """As this kind of fact becomes points; what was typed for another kind is left behind."""
    kind = fact.type if fact else FactType.NUMBER
    if kind == FactType.BOOLEAN:
        return {"yes": whole(raw.get("yes", "100")), "no": whole(raw.get("no", "0"))}
    if kind in (FactType.CHOICE, FactType.TEXT):
        rows = [each for each in raw.get("choices") or [] if isinstance(each, dict)]
        return {
            "points": {each["value"]: whole(each["points"]) for each in rows if each.get("value") and each["points"]}
        }
    ends = {name: number(raw.get(name, ""), digits if kind == FactType.MONEY else 0) for name in ("bad", "good")}
    return ends | ({"counts": raw.get("counts", "age")} if kind == FactType.DATE else {})


def _judged(raw: Mapping[str, Any]) -> dict[str, Any]:
    levels = [each for each in raw.get("levels") or [] if each.get("label")]
    reasons = [each for each in raw.get("reasons") or [] if each.get("label")]
    return {
        "levels": _keyed([{**_named(each), "points": whole(each.get("points", ""))} for each in levels]),
        "reasons": _keyed([_named(each) for each in reasons]),
    }


def _named(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {"key": raw.get("key", ""), "label": raw["label"]}


def _limit(raw: Mapping[str, Any], known: Mapping[str, Fact], digits: int) -> dict[str, Any]:
    name, comparison = raw.get("fact", ""), raw.get("comparison", "")
    fact = known.get(name)
    when = {"fact": name, comparison: wanted(comparison, raw.get("value", ""), fact, digits)}
    return {"when": when, "cap": whole(raw.get("cap", "")), "reason": raw.get("reason", "")}


def wanted(comparison: str, text: str, fact: Fact | None, digits: int) -> Any:
    """What a test compares with, as the fact's kind keeps it."""
    if comparison in ("known", "in_past"):
        return text == "yes"
    if comparison in ("in", "not_in"):
        return [_one(part.strip(), fact, digits) for part in text.split(",") if part.strip()]
    return whole(text) if comparison.endswith(("_days", "_days_ago")) else _one(text, fact, digits)


def _one(text: str, fact: Fact | None, digits: int) -> Any:
    kind = fact.type if fact else FactType.TEXT
    if kind == FactType.BOOLEAN:
        return {"yes": True, "no": False}.get(text, text)
    if kind in (FactType.NUMBER, FactType.PERCENT):
        return number(text)
    return number(text, digits) if kind == FactType.MONEY else text


def whole(text: str) -> Any:
    """The text itself where it is no whole number: the problem is named, and nothing typed is lost."""
    return (
        int(text) if text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) < 10 else text
    )


def number(text: str, digits: int = 0) -> Any:
    try:
        value = Decimal(text.replace(",", ".")).scaleb(digits)
    except InvalidOperation:
        return text
    if not value.is_finite():
        return text
    return int(value) if value == value.to_integral_value() else float(value)


def _keyed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A key stays what it is; a new row gets one from its label, as yet unused."""
    taken = {row["key"] for row in rows if row["key"]}
    for row in rows:
        if not row["key"]:
            base = (slugify(row["label"]).replace("-", "_") or "new")[:32]
            base = base if base[0].isalpha() else f"m_{base}"[:34]
            row["key"] = next(each for n in range(len(rows) + 1) if (each := f"{base}_{n}" if n else base) not in taken)
            taken.add(row["key"])
    return rows


def _nested(flat: Mapping[str, str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, text in flat.items():
        *path, last = name.split(".")
        place = tree
        for part in path:
            inner = place.setdefault(part, {})
            place = inner if isinstance(inner, dict) else {}
        place[last] = text
    return _listed(tree)


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(each) for name, each in value.items()}
    if inner and all(name.isascii() and name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def shaped(raw: dict[str, Any], act: str) -> dict[str, Any]:
    """One piece more or less, or the weights balanced: "add-measure:0", "drop-limit:1", "balance", "refresh"."""
    verb, _, place = act.partition(":")
    where = [int(part) for part in place.split(".") if part.isdigit() and len(part) < 4]
    pillars, limits = raw["pillars"], raw["limits"]
    if verb == "add-pillar":
        pillars.append({"key": "", "label": "", "weight": 0, "measures": [_new_measure(100)]})
    elif verb == "add-limit":
        limits.append({"when": {"fact": "", "is": ""}, "cap": 60, "reason": ""})
    elif verb == "drop-limit" and where and where[0] < len(limits):
        del limits[where[0]]
    elif verb == "balance":
        _balance(pillars)
    elif where and where[0] < len(pillars):
        _shape_pillar(pillars, verb, where)
    _keyed(pillars)
    return raw


def _shape_pillar(pillars: list[dict[str, Any]], verb: str, where: list[int]) -> None:
    measures = pillars[where[0]]["measures"]
    if verb == "add-measure":
        measures.append(_new_measure(0))
    elif verb == "drop-pillar":
        del pillars[where[0]]
    elif verb == "drop-measure" and len(where) > 1 and where[1] < len(measures):
        del measures[where[1]]
    elif verb == "balance-measures":
        _balance(measures)


def _new_measure(weight: int) -> dict[str, Any]:
    return {"key": "", "label": "", "weight": weight, "fact": "", "how": {"bad": "", "good": ""}, "missing": "reweigh"}


def _balance(rows: list[dict[str, Any]]) -> None:
    for row, weight in zip(rows, balanced(len(rows)), strict=True):
        row["weight"] = weight
