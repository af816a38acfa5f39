"""What is wrong with a definition: each problem in words, at the path of the value that it is about."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.registry import Fact, FactType
from blueprints import rules
from metrics.health.definitions import AGE, JUDGED, MISSING, UNTIL, judged_facts, read

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
# Beside the pillars stand facts of the score itself.
RESERVED = {"score", "computed", "band", "known", "model", "capped_by", "challenger"}
MOST_PILLARS, MOST_MEASURES, MOST_LIMITS, MOST_LEVELS = 8, 10, 10, 10
LARGEST = 10**15
NUMBERS = {FactType.NUMBER, FactType.PERCENT, FactType.MONEY}


@dataclass(frozen=True)
class Problem:
    """`path` is "pillars.0.measures.1.how.good"."""

    path: str
    says: str


def check(raw: Any, known: Mapping[str, Fact] | None) -> list[Problem]:
    """Without `known` the facts themselves aren't looked up. Empty when nothing is wrong."""
    if not isinstance(raw, Mapping):
        return [Problem("", "A definition is an object with pillars.")]
    problems = _only("", raw, {"pillars", "limits", "bands", "least_known"})
    inside = _list("pillars", raw.get("pillars"), 1, MOST_PILLARS) or _pillars(raw["pillars"], known)
    problems += inside
    if known is not None and not inside:
        known = {**known, **judged_facts(read({"pillars": raw["pillars"]}))}
    limits = raw.get("limits") or []
    problems += _list("limits", limits, 0, MOST_LIMITS)
    if isinstance(limits, list):
        problems += [found for place, each in enumerate(limits) for found in _limit(f"limits.{place}", each, known)]
    return problems + _bands(raw.get("bands") or {}) + _whole("least_known", raw.get("least_known", 50), 0, 100)


def _pillars(pillars: Sequence[Any], known: Mapping[str, Fact] | None) -> list[Problem]:
    problems = [p for place, each in enumerate(pillars) for p in _pillar(f"pillars.{place}", each, known)]
    if problems:
        return problems
    measures = [
        (f"pillars.{n}.measures.{m}", each) for n, p in enumerate(pillars) for m, each in enumerate(p["measures"])
    ]
    problems += _twice((f"pillars.{n}", each) for n, each in enumerate(pillars)) + _twice(measures)
    return problems + _total("pillars", pillars)


def _pillar(path: str, raw: Any, known: Mapping[str, Fact] | None) -> list[Problem]:
    problems = _named(path, raw)
    if problems:
        return problems
    if raw["key"] in RESERVED:
        problems.append(Problem(f"{path}.key", f"“{raw['key']}” is a word of the score itself: take another."))
    problems += _only(path, raw, {"key", "label", "weight", "measures"})
    problems += _whole(f"{path}.weight", raw.get("weight"), 0, 100)
    problems += (missing := _list(f"{path}.measures", raw.get("measures"), 1, MOST_MEASURES))
    if missing:
        return problems
    inside = [p for n, each in enumerate(raw["measures"]) for p in _measure(f"{path}.measures.{n}", each, known)]
    return problems + (inside or _total(f"{path}.measures", raw["measures"]))


def _measure(path: str, raw: Any, known: Mapping[str, Fact] | None) -> list[Problem]:
    problems = _named(path, raw)
    if problems:
        return problems
    problems += _only(path, raw, {"key", "label", "weight", "fact", "how", "judged", "missing", "fresh_days"})
    problems += _whole(f"{path}.weight", raw.get("weight"), 0, 100)
    if raw.get("missing", MISSING[0]) not in MISSING:
        problems.append(Problem(f"{path}.missing", f"Where it is missing: one of {', '.join(MISSING)}."))
    if raw.get("fresh_days") is not None:
        problems += _whole(f"{path}.fresh_days", raw["fresh_days"], 1, 3_650)
    if "judged" in raw:
        return problems + _judged(path, raw)
    return problems + _measured(path, raw, known)


def _measured(path: str, raw: Mapping[str, Any], known: Mapping[str, Fact] | None) -> list[Problem]:
    name, how = raw.get("fact"), raw.get("how")
    if not isinstance(name, str) or not name:
        return [Problem(f"{path}.fact", "Choose the fact that is measured.")]
    if name.startswith(("health.", JUDGED)):
        return [Problem(f"{path}.fact", f"“{name}” follows from health and can’t be its measure.")]
    if not isinstance(how, Mapping):
        return [Problem(f"{path}.how", "Say how the fact becomes points.")]
    if known is None:
        return _how(f"{path}.how", how, None)
    if name not in known:
        return [Problem(f"{path}.fact", f"Nothing is known as “{name}”.")]
    fact, problems = known[name], []
    if raw.get("fresh_days") is not None and not fact.dated_by:
        problems.append(Problem(f"{path}.fresh_days", f"“{fact.label}” has no day of its own that could be too old."))
    return problems + _how(f"{path}.how", how, fact.type)


def _how(path: str, how: Mapping[str, Any], kind: FactType | None) -> list[Problem]:
    if "points" in how:
        fits, problems = {FactType.CHOICE, FactType.TEXT}, _listed(path, how)
    elif "yes" in how or "no" in how:
        fits = {FactType.BOOLEAN}
        problems = [p for name in ("yes", "no") for p in _whole(f"{path}.{name}", how.get(name), 0, 100)]
        problems += _only(path, how, {"yes", "no"})
    else:
        fits, problems = ({FactType.DATE} if "counts" in how else NUMBERS), _ends(path, how)
    if kind is not None and kind not in fits:
        return [Problem(path, f"A fact that is a {kind} can’t become points this way.")]
    return problems


def _ends(path: str, how: Mapping[str, Any]) -> list[Problem]:
    problems = _only(path, how, {"bad", "good", "counts"})
    if how.get("counts", AGE) not in (AGE, UNTIL):
        problems.append(Problem(f"{path}.counts", "A date counts by its age, or by the days until it."))
    for name in ("bad", "good"):
        if not _is_number(how.get(name)):
            problems.append(Problem(f"{path}.{name}", f"Say as a number what is {name}."))
    if not problems and how["bad"] == how["good"]:
        problems.append(Problem(f"{path}.good", "Good and bad are the same value: nothing lies between them."))
    return problems


def _listed(path: str, how: Mapping[str, Any]) -> list[Problem]:
    points = how["points"]
    if not isinstance(points, Mapping) or not points or len(points) > 50:
        return [Problem(f"{path}.points", "Give points to between one and fifty values.")]
    found = [p for value, n in points.items() for p in _whole(f"{path}.points.{value}", n, 0, 100)]
    return found + _only(path, how, {"points"})


def _judged(path: str, raw: Mapping[str, Any]) -> list[Problem]:
    judged = raw["judged"]
    if "fact" in raw or "how" in raw:
        return [Problem(f"{path}.judged", "A measure is judged, or measured by a fact; not both.")]
    if not isinstance(judged, Mapping):
        return [Problem(f"{path}.judged", "Say the levels that a CSM may choose.")]
    problems = _only(f"{path}.judged", judged, {"levels", "reasons"})
    for name, least in (("levels", 2), ("reasons", 0)):
        rows, place = judged.get(name) or [], f"{path}.judged.{name}"
        problems += (wrong := _list(place, rows, least, MOST_LEVELS))
        if wrong:
            continue
        problems += (unnamed := [p for n, each in enumerate(rows) for p in _named(f"{place}.{n}", each)])
        problems += [] if unnamed else _twice((f"{place}.{n}", each) for n, each in enumerate(rows))
        if name == "levels" and not unnamed:
            problems += [
                p for n, each in enumerate(rows) for p in _whole(f"{place}.{n}.points", each.get("points"), 0, 100)
            ]
    return problems


def _limit(path: str, raw: Any, known: Mapping[str, Fact] | None) -> list[Problem]:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("when"), Mapping):
        return [Problem(path, "A limit says when it holds, its cap and its reason.")]
    problems = _only(path, raw, {"when", "cap", "reason"}) + _whole(f"{path}.cap", raw.get("cap"), 0, 100)
    reason = raw.get("reason")
    if not isinstance(reason, str) or not 0 < len(reason.strip()) <= 120:
        problems.append(Problem(f"{path}.reason", "Say in a few words why the score can’t be higher."))
    if str(raw["when"].get("fact", "")).startswith(("health.", "event.")):
        return [*problems, Problem(f"{path}.when.fact", "A limit asks for what is known before the score.")]
    return problems + [
        Problem(f"{path}.when", says) for says in rules.validate({"all": [raw["when"]]}, known, of_event=False)
    ]


def _bands(bands: Any) -> list[Problem]:
    if not isinstance(bands, Mapping):
        return [
            Problem("bands", "Bands say from which score on an account is healthy, and from which it has symptoms.")
        ]
    healthy, symptoms = bands.get("healthy", 70), bands.get("symptoms", 50)
    problems = _only("bands", bands, {"healthy", "symptoms"})
    problems += _whole("bands.healthy", healthy, 1, 100) + _whole("bands.symptoms", symptoms, 1, 100)
    if not problems and symptoms >= healthy:
        problems.append(Problem("bands.symptoms", "Symptoms begin below healthy."))
    return problems


def _named(path: str, raw: Any) -> list[Problem]:
    if not isinstance(raw, Mapping):
        return [Problem(path, "This must be an object with a key and a label.")]
    problems = []
    if not isinstance(raw.get("key"), str) or not KEY.match(raw["key"]):
        problems.append(Problem(f"{path}.key", "A key is lower-case letters, digits and underscores."))
    if not isinstance(raw.get("label"), str) or not 0 < len(raw["label"].strip()) <= 80:
        problems.append(Problem(f"{path}.label", "Give it a name of at most 80 letters."))
    return problems


def _twice(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Problem]:
    seen: set[str] = set()
    found = []
    for path, raw in rows:
        if raw["key"] in seen:
            found.append(Problem(f"{path}.key", f"“{raw['key']}” stands here twice."))
        seen.add(raw["key"])
    return found


def _total(path: str, rows: Sequence[Mapping[str, Any]]) -> list[Problem]:
    total = sum(each["weight"] for each in rows)
    return [] if total == 100 else [Problem(path, f"The weights total {total} and not 100: balance them.")]


def _list(path: str, value: Any, least: int, most: int) -> list[Problem]:
    if isinstance(value, list) and least <= len(value) <= most:
        return []
    return [Problem(path, f"A list of {least} to {most} is needed here.")]


def _only(path: str, raw: Mapping[str, Any], allowed: set[str]) -> list[Problem]:
    unknown = sorted(str(name) for name in raw if name not in allowed)
    return [Problem(f"{path}.{name}".lstrip("."), f"“{name}” is nothing that stands here.") for name in unknown]


def _whole(path: str, value: Any, least: int, most: int) -> list[Problem]:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return []
    return [Problem(path, f"A whole number from {least} to {most} is needed here.")]


def _is_number(value: Any) -> bool:
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return numeric and math.isfinite(value) and abs(value) <= LARGEST
