"""A play while somebody writes it: its rows as they were typed, and the values that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from blueprints.forms import conditions, steps
from blueprints.forms.conditions import Group, Row, Scope
from blueprints.forms.head import GuardsForm, HeadForm, first_of
from blueprints.forms.steps import Options, StepRow
from blueprints.models import Play, PlayVersion
from blueprints.rules import asked_of
from blueprints.steps import KINDS, RUN_FACTS

IF, EXIT = "if", "exit"


@dataclass
class Draft:
    """`problems` belong to no row: whatever was refused as a whole."""

    head: HeadForm
    guards: GuardsForm
    conditions: Group
    exit: Group
    steps: list[StepRow]
    scopes: tuple[Scope, Scope]
    options: Options
    problems: list[str]

    @property
    def groups(self) -> list[Group]:
        return [self.conditions, self.exit, *(group for step in self.steps for group in (step.when, step.until))]

    def values(self) -> dict[str, Any]:
        """As plays.create and plays.revise take them; the head and the guards are valid."""
        said = {name: value for name, value in self.head.cleaned_data.items() if name != "version"}
        trees = {"conditions": self.conditions.tree(), "exit": self.exit.tree()}
        return said | trees | {"steps": [step.said() for step in self.steps], "guards": self.guards.said}

    def is_valid(self) -> bool:
        """Every row named that can't be taken; texts and steps are the action's to judge."""
        judged = [form.is_valid() for form in (self.head, self.guards)] + [group.judge() for group in self.groups]
        return all(judged)

    def unjudged(self) -> None:
        """What was typed, without what is wrong with it: nobody has said yet that it is ready."""
        said: Mapping[str, Any] = self.head.data.dict() if isinstance(self.head.data, QueryDict) else {}
        self.head = HeadForm(initial=said, known="trigger" not in self.head.fields)
        of_guards = {name: said.get(f"guards-{name}") for name in self.guards.fields}
        self.guards = GuardsForm(initial=of_guards, prefix="guards")

    def saw(self, version: int) -> None:
        """The next saving is meant to come after this version."""
        said = self.head.data.copy() if isinstance(self.head.data, QueryDict) else {}
        said["version"] = str(version)
        self.head.data = said

    def show(self, errors: Mapping[str, list[str]]) -> None:
        """Puts what an action refused where it was typed."""
        for path, texts in errors.items():
            top, _, rest = path.partition(".")
            if top == "steps" and rest:
                number, _, name = rest.partition(".")
                self.steps[int(number)].errors.setdefault(name, []).extend(texts)
            elif top == "guards" and rest in self.guards.fields:
                self.guards.add_error(rest, list(texts))
            elif path in self.head.fields:
                self.head.add_error(path, list(texts))
            elif path in ("conditions", "exit"):
                (self.conditions if path == "conditions" else self.exit).errors += texts
            else:
                self.problems += texts

    def act(self, said: str, new_kind: str = "") -> None:
        """One change of the rows: add:<group>, group:<group>, drop:<row>, step, up:<n>, down:<n>, remove:<n>."""
        verb, _, name = said.partition(":")
        if verb == "step":
            self.steps.append(self._new_step(new_kind))
        elif verb in ("up", "down", "remove") and name.isascii() and name.isdigit() and int(name) < len(self.steps):
            self._move(int(name), verb)
        else:
            self._change_rows(verb, name)
        for number, step in enumerate(self.steps):
            step.name = f"steps-{number}"
            step.when.name, step.until.name = f"{step.name}-when", f"{step.name}-until"
        for group in self.groups:
            conditions.renumbered(group)

    def _new_step(self, kind: str) -> StepRow:
        row = StepRow("", kind if kind in KINDS else "task", self.options)
        row.when, row.until = Group("steps-0-when"), Group("steps-0-until")
        return row

    def _move(self, number: int, verb: str) -> None:
        step = self.steps.pop(number)
        if verb != "remove":
            self.steps.insert(max(0, number + (1 if verb == "down" else -1)), step)

    def _change_rows(self, verb: str, name: str) -> None:
        for top in self.groups:
            scope = self.scopes[0] if top.name == IF else self.scopes[1]
            inner = [item for item in top.items if isinstance(item, Group)]
            for group in (top, *inner):
                if group.name == name and verb == "add":
                    group.items.append(Row("", scope))
                elif group.name == name and verb == "group" and group is top:
                    other = "any" if top.join == "all" else "all"
                    group.items.append(Group("", other, [Row("", scope)]))
                elif verb == "drop":
                    group.items = [item for item in group.items if item.name != name]


def scopes(trigger: str, facts: Any, currency: str) -> tuple[Scope, Scope]:
    """What the conditions may ask about, and what steps and exit may."""
    of_run = dict(facts) | {fact.name: fact for fact in RUN_FACTS}
    return Scope(facts, currency, bool(trigger), asked_of(trigger)), Scope(of_run, currency)


def parse(data: QueryDict, trigger: str, facts: Any, currency: str, options: Options, *, known: bool) -> Draft:
    """What was posted, wrong or right."""
    both = scopes(trigger, facts, currency)
    return Draft(
        HeadForm(data, known=known), GuardsForm(data, prefix="guards"), conditions.parse(IF, data, both[0]),
        conditions.parse(EXIT, data, both[1]), steps.parse(data, both[1], options), both, options, [],
    )  # fmt: skip


def of_play(play: Play, version: PlayVersion, facts: Any, currency: str, options: Options) -> Draft:
    both = scopes(play.trigger, facts, currency)
    first = {"name": play.name, "kind": play.kind, "because": play.because, "version": play.version}
    return Draft(
        HeadForm(initial=first, known=True), GuardsForm(initial=first_of(version.guards), prefix="guards"),
        conditions.of_tree(IF, version.conditions, both[0]), conditions.of_tree(EXIT, version.exit, both[1]),
        [steps.of_step(n, step, both[1], options) for n, step in enumerate(version.steps)], both, options, [],
    )  # fmt: skip


def empty(facts: Any, currency: str, options: Options) -> Draft:
    """A first condition and a first task to fill in."""
    both = scopes("", facts, currency)
    made = Draft(
        HeadForm(initial={"kind": "risk"}), GuardsForm(prefix="guards"), Group(IF, "all", [Row("if-0", both[0])]),
        Group(EXIT), [], both, options, [],
    )  # fmt: skip
    made.act("step", "task")
    return made
