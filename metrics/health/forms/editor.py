"""A definition as the fields of the editor, each with what was typed and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.registry import Fact, FactType
from blueprints import rules
from metrics.health.forms.typed import JUDGED

Choices = list[tuple[str, Any, bool]]
MISSING = (
    ("reweigh", gettext_lazy("Leave out, the others weigh more")), ("neutral", gettext_lazy("Counts half")),
    ("zero", gettext_lazy("Counts zero")),
)  # fmt: skip
COUNTS = (("age", gettext_lazy("days since it")), ("until", gettext_lazy("days until it")))
GROUPS = {
    "account": gettext_lazy("Account"), "contract": gettext_lazy("Contracts"), "people": gettext_lazy("People"),
    "task": gettext_lazy("Tasks"), "usage": gettext_lazy("Usage"), "plan": gettext_lazy("Impact plan"),
    "meeting": gettext_lazy("Meetings"), "onboarding": gettext_lazy("Onboarding"), "custom": gettext_lazy("Own fields"),
    "deployment": gettext_lazy("Deployments"), "critical_event": gettext_lazy("Critical events"),
    "ext": gettext_lazy("From other systems"), "judged": gettext_lazy("Judged"),
}  # fmt: skip
HIDDEN_GROUPS = {"override", "health"}


@dataclass(frozen=True)
class Input:
    """One field; `aria` names it for those who don't see where it stands."""

    name: str
    value: Any
    label: Any
    aria: str = ""
    kind: str = "number"
    options: Sequence[tuple[Any, Choices]] = ()
    errors: tuple[str, ...] = ()
    refreshes: bool = False

    @property
    def id(self) -> str:
        return "e-" + self.name.replace(".", "-")


@dataclass
class Editor:
    """Builds the fields of a definition; problems go to the field at their path, else to the block around it."""

    raw: Mapping[str, Any]
    known: Mapping[str, Fact]
    errors: Mapping[str, list[str]]
    digits: int
    used: set[str] = field(default_factory=set)

    def built(self) -> dict[str, Any]:
        pillars = [self._pillar(n, each) for n, each in enumerate(self.raw["pillars"])]
        limits = [self._limit(n, each) for n, each in enumerate(self.raw.get("limits") or [])]
        bands = self.raw.get("bands") or {}
        around = [
            self._input("bands.healthy", bands.get("healthy", 70), _("Healthy from")),
            self._input("bands.symptoms", bands.get("symptoms", 50), _("Symptoms from")),
            self._input("least_known", self.raw.get("least_known", 50), _("Unknown below this known share, %")),
        ]
        total = sum(each["weight"] for each in self.raw["pillars"] if isinstance(each["weight"], int))
        rest = [text for path, texts in self.errors.items() if path not in self.used for text in texts]
        return {"pillars": pillars, "limits": limits, "around": around, "total": total, "errors": rest}

    def _pillar(self, n: int, raw: Mapping[str, Any]) -> dict[str, Any]:
        path, name = f"pillars.{n}", raw["label"] or _("new pillar")
        measures = [self._measure(f"{path}.measures.{m}", each) for m, each in enumerate(raw["measures"])]
        inputs = [
            self._input(f"{path}.label", raw["label"], _("Pillar"), kind="text", of=name),
            self._input(f"{path}.weight", raw["weight"], _("Weight, %"), of=name),
        ]
        key = self._input(f"{path}.key", raw["key"], "", kind="hidden")
        return {
            "n": n, "at": str(n), "name": name, "inputs": inputs, "key": key, "measures": measures,
            "many": len(measures) > 1,
            "errors": self._errors(path, f"{path}.measures", f"{path}.key"),
        }  # fmt: skip

    def _measure(self, path: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        judged = JUDGED in raw
        fact = None if judged else self.known.get(raw.get("fact", ""))
        name, missing = raw["label"] or _("new measure"), raw.get("missing", "reweigh")
        inputs = [
            self._fact(path, raw, judged, name),
            self._input(f"{path}.label", raw["label"], _("Called"), kind="text", of=name),
            self._input(f"{path}.weight", raw["weight"], _("Weight, %"), of=name),
            self._input(f"{path}.missing", missing, _("Where it is missing"), kind="select", of=name,
                        options=[("", _chosen(MISSING, missing))]),
        ]  # fmt: skip
        if judged or (fact and fact.dated_by):
            inputs.append(self._input(f"{path}.fresh_days", raw.get("fresh_days") or "", _("Fresh for, days"), of=name))
        hows = self._levels(path, raw[JUDGED], name) if judged else self._how(path, raw.get("how") or {}, fact, name)
        return {
            "name": name, "place": path.removeprefix("pillars.").replace(".measures", ""), "inputs": inputs,
            "how": hows, "key": self._input(f"{path}.key", raw["key"], "", kind="hidden"),
            "errors": self._errors(path, f"{path}.key", f"{path}.how", f"{path}.judged", f"{path}.how.points",
                                   f"{path}.judged.levels", f"{path}.judged.reasons"),
        }  # fmt: skip

    def _fact(self, path: str, raw: Mapping[str, Any], judged: bool, name: str) -> Input:
        chosen = JUDGED if judged else raw.get("fact", "")
        groups: list[tuple[Any, Choices]] = [("", [("", _("Choose a fact"), not chosen)])]
        groups.append((_("By people"), [(JUDGED, _("Judged by the CSM"), judged)]))
        groups += facts_by_group(self.known, chosen, judged=False)
        if chosen and not judged and chosen not in self.known:
            groups.append(("", [(chosen, _("%(name)s (gone)") % {"name": chosen}, True)]))
        return self._input(f"{path}.fact", chosen, _("Measured by"), kind="select", of=name, options=groups,
                           refreshes=True)  # fmt: skip

    def _how(self, path: str, how: Mapping[str, Any], fact: Fact | None, name: str) -> list[Input]:
        path, kind = f"{path}.how", fact.type if fact else FactType.NUMBER
        if kind == FactType.BOOLEAN:
            return [
                self._input(f"{path}.yes", how.get("yes", 100), _("Points for yes"), of=name),
                self._input(f"{path}.no", how.get("no", 0), _("Points for no"), of=name),
            ]
        if kind in (FactType.CHOICE, FactType.TEXT):
            return self._points(path, how.get("points") or {}, fact, name)
        unit = f", {fact.unit}" if fact and fact.unit else ""
        unit = ", %" if kind == FactType.PERCENT else _(", days") if kind == FactType.DATE else unit
        digits = self.digits if kind == FactType.MONEY else 0
        ends = [
            self._input(f"{path}.{end}", unscaled(how.get(end, ""), digits), f"{label}{unit}", kind="text", of=name)
            for end, label in (("bad", _("0 points at")), ("good", _("100 points at")))
        ]
        if kind != FactType.DATE:
            return ends
        counts = how.get("counts", "age")
        return [self._input(f"{path}.counts", counts, _("Counts"), kind="select", of=name,
                            options=[("", _chosen(COUNTS, counts))]), *ends]  # fmt: skip

    def _points(self, path: str, points: Mapping[str, Any], fact: Fact | None, name: str) -> list[Input]:
        """The fact's own choices, then what else was given points, and a row for one more where it is any text."""
        labels = {value: str(label) for value, label in (fact.choices if fact else ())}
        values = [*labels, *(value for value in points if value not in labels)]
        found = []
        for n, value in enumerate(values):
            found.append(self._input(f"{path}.choices.{n}.value", value, "", kind="hidden"))
            errors = self._errors(f"{path}.points.{value}")
            label = _("Points for %(value)s") % {"value": labels.get(value, value)}
            found.append(Input(f"{path}.choices.{n}.points", points.get(value, ""), label, name, errors=errors))
        if not labels:
            n = len(values)
            found.append(self._input(f"{path}.choices.{n}.value", "", _("One more value"), kind="text", of=name))
            found.append(self._input(f"{path}.choices.{n}.points", "", _("Its points"), of=name))
        return found

    def _levels(self, path: str, judged: Mapping[str, Any], name: str) -> list[Input]:
        found = []
        for kind, label in (("levels", _("Level")), ("reasons", _("Reason"))):
            rows = [*(judged.get(kind) or []), {}]
            for n, each in enumerate(rows):
                place = f"{path}.judged.{kind}.{n}"
                found.append(self._input(f"{place}.key", each.get("key", ""), "", kind="hidden"))
                found.append(
                    self._input(f"{place}.label", each.get("label", ""), f"{label} {n + 1}", kind="text", of=name)
                )
                if kind == "levels":
                    found.append(
                        self._input(f"{place}.points", each.get("points", ""), _("Its points"), of=f"{name} {n + 1}")
                    )
        return found

    def _limit(self, n: int, raw: Mapping[str, Any]) -> dict[str, Any]:
        path, when = f"limits.{n}", raw["when"]
        name = when.get("fact", "")
        comparison, wanted = next(((k, v) for k, v in when.items() if k not in ("fact", "fresh_days")), ("is", ""))
        fact = self.known.get(name)
        of = raw["reason"] or _("new limit")
        fits = [(each, rules.COMPARISONS[each].words.replace("{}", _("days"))) for each in rules.fitting(fact)]
        inputs = [
            self._input(f"{path}.fact", name, _("If"), kind="select", of=of, refreshes=True,
                        options=[("", [("", _("Choose a fact"), not name)]), *facts_by_group(self.known, name)]),
            self._input(f"{path}.comparison", comparison, _("Comparison"), kind="select", of=of, refreshes=True,
                        options=[("", _chosen(fits, comparison))]),
            self._wanted(f"{path}.value", comparison, wanted, fact, of),
            self._input(f"{path}.cap", raw["cap"], _("Then at most"), of=of),
            self._input(f"{path}.reason", raw["reason"], _("Because"), kind="text", of=of),
        ]  # fmt: skip
        return {
            "at": str(n),
            "name": of,
            "inputs": inputs,
            "errors": self._errors(path, f"{path}.when", f"{path}.when.fact"),
        }

    def _wanted(self, path: str, comparison: str, wanted: Any, fact: Fact | None, of: str) -> Input:
        options: list[tuple[str, Any]] = []
        if comparison in ("known", "in_past") or (fact and fact.type == FactType.BOOLEAN):
            options = [("yes", _("Yes")), ("no", _("No"))]
            wanted = {True: "yes", False: "no"}.get(wanted, wanted)
        elif fact and fact.choices and comparison in ("is", "is_not"):
            options = [(value, label) for value, label in fact.choices]
        if options:
            return self._input(path, wanted, _("Value"), kind="select", of=of, options=[("", _chosen(options, wanted))])
        digits = self.digits if fact and fact.type == FactType.MONEY and not comparison.endswith("days") else 0
        text = (
            ", ".join(str(unscaled(one, digits)) for one in wanted)
            if isinstance(wanted, list)
            else unscaled(wanted, digits)
        )
        return self._input(path, text, _("Value"), kind="text", of=of)

    def _input(self, name: str, value: Any, label: Any, *, kind: str = "number", of: str = "", options: Any = (),
               refreshes: bool = False) -> Input:  # fmt: skip
        return Input(name, value, label, of, kind, options, self._errors(name), refreshes)

    def _errors(self, *paths: str) -> tuple[str, ...]:
        self.used.update(paths)
        return tuple(text for path in paths for text in self.errors.get(path, ()))


def facts_by_group(known: Mapping[str, Fact], chosen: str, *, judged: bool = True) -> list[tuple[Any, Choices]]:
    facts = [fact for fact in known.values() if fact.group not in HIDDEN_GROUPS and (judged or fact.group != "judged")]
    order = {group: n for n, group in enumerate(GROUPS)}
    facts.sort(key=lambda fact: (order.get(fact.group, 99), fact.group))
    return [
        (GROUPS.get(group, group), [(fact.name, fact.label, fact.name == chosen) for fact in inside])
        for group, inside in groupby(facts, key=lambda fact: fact.group)
    ]


def _chosen(choices: Iterable[tuple[str, Any]], chosen: Any) -> Choices:
    return [(value, label, value == chosen) for value, label in choices]


def unscaled(value: Any, digits: int) -> Any:
    """Money as people type it."""
    if not digits or not isinstance(value, int | float) or isinstance(value, bool):
        return value
    return format(Decimal(str(value)).scaleb(-digits).normalize(), "f")
