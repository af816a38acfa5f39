"""Steps as rows of a form: which fields each kind has, what was typed, and the step that it makes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.registry import Fact
from blueprints.forms import conditions
from blueprints.forms.conditions import Group, Scope
from blueprints.steps import KINDS, ROLES, kind_of
from blueprints.steps.kinds import BUYING_ROLES, CSM_ROLES, CUSTOM, FIELDS, LEAST_LOADED, MOST_STEPS, NOTICE_ROLES

Choices = list[tuple[str, Any]]
APPROVE: Choices = [("", _("As the play says")), ("yes", _("Wait for approval")), ("no", _("Send at once"))]
TRUTH = {"yes": True, "no": False}


@dataclass(frozen=True)
class Options:
    """What steps may choose from in this workspace."""

    slack: Choices = field(default_factory=list)
    webhook: Choices = field(default_factory=list)
    templates: Choices = field(default_factory=list)
    plays: Choices = field(default_factory=list)
    people: Choices = field(default_factory=list)
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def paths(self) -> Choices:
        own = [(name, fact.label) for name, fact in self.facts.items() if name.startswith(CUSTOM)]
        return [(path, path.removeprefix("account.").replace("_", " ").capitalize()) for path in FIELDS] + own


@dataclass(frozen=True)
class Spec:
    """One field of a kind of step: `input` says how it is typed, `choices` what it may be."""

    name: str
    label: Any
    input: str = "text"
    choices: Callable[[Options], Choices] | None = None
    help: Any = ""
    first: str = ""


def _fixed(choices: Mapping[str, Any]) -> Callable[[Options], Choices]:
    return lambda options: list(choices.items())


TEXT_HELP = _("Variables such as {{ account.name }} and {{ because }} are filled in.")
BUYERS = {role: role.replace("_", " ").capitalize() for role in BUYING_ROLES}
SPECS: dict[str, tuple[Spec, ...]] = {
    "task": (
        Spec("title", _("What is to be done")),
        Spec("role", _("By whom"), "choice", _fixed(ROLES), first="csm"),
        Spec("days", _("Within business days"), "number", first="2"),
        Spec("detail", _("How"), "area"),
        Spec("blueprint", "", "hidden"),
    ),
    "email": (
        Spec("to_roles", _("To contacts who are"), "choices", _fixed(BUYERS)),
        Spec("template", _("Template"), "choice", lambda options: [("", _("Written here")), *options.templates]),
        Spec("subject", _("Subject"), help=TEXT_HELP),
        Spec("body", _("Text"), "area"),
        Spec("approve", _("Approval"), "choice", lambda options: APPROVE),
    ),
    "notice": (
        Spec("to", _("To"), "choice", _fixed(NOTICE_ROLES), first="csm"),
        Spec("text", _("What it says"), "area", help=TEXT_HELP),
    ),
    "slack": (
        Spec("endpoint", _("Endpoint"), "choice", lambda options: [("", "–"), *options.slack]),
        Spec("text", _("What it says"), "area", help=TEXT_HELP),
    ),
    "webhook": (
        Spec("endpoint", _("Endpoint"), "choice", lambda options: [("", "–"), *options.webhook]),
        Spec("payload", _("Own data"), "area", help=_("One “name: text” a line, beside the account and the play.")),
    ),
    "field": (
        Spec("path", _("Field"), "choice", lambda options: options.paths),
        Spec("value", _("Becomes")),
    ),
    "hand_over": (
        Spec("role", _("Role"), "choice", _fixed(CSM_ROLES), first="csm"),
        Spec("to", _("To"), "choice", lambda options: [(LEAST_LOADED, _("Whoever has the fewest open tasks")),
                                                       *options.people], first=LEAST_LOADED),
    ),
    "play": (Spec("code", _("Play"), "choice", lambda options: options.plays),),
    "wait": (
        Spec("days", _("Business days"), "number", help=_("Or leave it empty and say until when below.")),
        Spec("at_most_days", _("At most business days"), "number"),
    ),
}  # fmt: skip
WAIT = Spec("wait_days", _("Business days after the step before"), "number", first="0")


@dataclass
class Input:
    """A field of a step as the page shows it."""

    spec: Spec
    name: str
    values: list[str]
    choices: Choices
    errors: list[str] = field(default_factory=list)

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def lacks_endpoint(self) -> bool:
        """There is none of this kind to choose."""
        return self.spec.name == "endpoint" and not any(value for value, _label in self.choices)


@dataclass
class StepRow:
    """`typed` by the name of the field; `errors` likewise."""

    name: str
    kind: str
    options: Options
    typed: dict[str, list[str]] = field(default_factory=dict)
    when: Group = field(default_factory=lambda: Group(""))
    until: Group = field(default_factory=lambda: Group(""))
    errors: dict[str, list[str]] = field(default_factory=dict)
    was: str = ""  # its name when it was sent

    @property
    def specs(self) -> tuple[Spec, ...]:
        return SPECS[self.kind] if self.kind == "wait" else (*SPECS[self.kind], WAIT)

    @property
    def inputs(self) -> list[Input]:
        return [
            Input(spec, f"{self.name}-{spec.name}", self.typed.get(spec.name, [spec.first]),
                  spec.choices(self.options) if spec.choices else [], self._errors(spec.name))
            for spec in self.specs
        ]  # fmt: skip

    @property
    def label(self) -> str:
        return KINDS[self.kind]

    @property
    def title(self) -> str:
        said = self.typed.get("title") or self.typed.get("subject") or self.typed.get("text") or [""]
        return said[0] or self.label

    @property
    def own_errors(self) -> list[str]:
        """Those that belong to no field that is shown."""
        named = {spec.name for spec in self.specs}
        return [text for name, texts in self.errors.items() if name.partition(".")[0] not in named for text in texts]

    def _errors(self, name: str) -> list[str]:
        return [text for key, texts in self.errors.items() if key.partition(".")[0] == name for text in texts]

    def said(self) -> dict[str, Any]:
        """The step; what can't be read stays as it was typed, and the checks name it."""
        step: dict[str, Any] = {"kind": self.kind}
        for spec in self.specs:
            values = [value.strip() for value in self.typed.get(spec.name, [spec.first])]
            if (found := _said(spec, values, self.options)) is not None:
                step[spec.name] = found
        if tree := self.when.tree():
            step["when"] = tree
        if self.kind == "wait" and (tree := self.until.tree()):
            step["until"] = tree
        return step


def _said(spec: Spec, values: list[str], options: Options) -> Any:
    first = values[0] if values else ""
    if spec.name == "to_roles":
        return [value for value in values if value]
    if spec.name == "approve":
        return TRUTH.get(first)
    if spec.name == "payload":
        return payload_of(first) or None
    if spec.name == "value":
        return first
    if first == "":
        return None
    is_id = spec.name in ("endpoint", "template", "to") or spec.input == "number"
    return int(first) if is_id and first.isascii() and first.isdigit() and len(first) < 19 else first


def payload_of(text: str) -> dict[str, str]:
    lines = [line.partition(":") for line in text.splitlines() if line.strip()]
    return {name.strip(): value.strip() for name, _mark, value in lines}


def parse(data: QueryDict, scope: Scope, options: Options) -> list[StepRow]:
    numbers = sorted({int(m[1]) for key in data if (m := re.match(r"steps-(\d{1,3})-kind\Z", key))})
    found = []
    for number in numbers[: MOST_STEPS + 1]:
        name = f"steps-{number}"
        kind = data.get(f"{name}-kind", "")
        row = StepRow(name, kind if kind in KINDS else "task", options, was=name)
        row.typed = {spec.name: data.getlist(f"{name}-{spec.name}") for spec in row.specs
                     if f"{name}-{spec.name}" in data or spec.input == "choices"}  # fmt: skip
        row.when = conditions.parse(f"{name}-when", data, scope)
        row.until = conditions.parse(f"{name}-until", data, scope)
        found.append(row)
    return found


def of_step(number: int, step: Mapping[str, Any], scope: Scope, options: Options) -> StepRow:
    name = f"steps-{number}"
    row = StepRow(name, kind_of(step), options)
    row.typed = {spec.name: _shown(step[spec.name]) for spec in row.specs if spec.name in step}
    row.when = conditions.of_tree(f"{name}-when", step.get("when") or {}, scope)
    row.until = conditions.of_tree(f"{name}-until", step.get("until") or {}, scope)
    return row


def _shown(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, dict):
        return ["\n".join(f"{name}: {text}" for name, text in value.items())]
    if isinstance(value, list):
        return [str(one) for one in value]
    return ["" if value is None else str(value)]
