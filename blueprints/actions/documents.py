"""Plays as files: readable YAML that lives in version control, read back with every problem named by its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django.db import transaction

from accounts.actions.errors import Errors, Refused, refuse
from accounts.models import User
from blueprints.actions import plays, references
from blueprints.models import Play, PlayVersion
from blueprints.texts import keepable

FORMAT = 1
LARGEST = 1_000_000  # characters
MOST_PLAYS = 200
NEEDED = ("code", "name", "because", "steps")
FIELDS = ("code", "name", "kind", "trigger", "because", "conditions", "exit", "steps", "guards")


@dataclass(frozen=True)
class Brought:
    """What became of one play of a file."""

    play: Play
    is_new: bool
    changed: bool


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, so that differences read line by line."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


class _Loader(yaml.SafeLoader):
    """Days stay text, as conditions have them; a name said twice is a mistake, and nothing is built by reference."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(None, None, "references aren't taken", event.start_mark)
        return super().compose_node(parent, index)  # type: ignore[no-untyped-call]

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _value in node.value]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise yaml.constructor.ConstructorError(None, None, f"“{twice}” stands here twice", node.start_mark)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def export(chosen: Iterable[Play]) -> str:
    """These plays in their wording of today; what they name by id stands there by name."""
    rows = [_said(play, play.current()) for play in chosen]
    return yaml.dump({"format": FORMAT, "plays": rows}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def _said(play: Play, version: PlayVersion) -> dict[str, Any]:
    said: dict[str, Any] = {"code": play.code, "name": play.name, "kind": play.kind}
    said |= {"trigger": play.trigger} if play.trigger else {}
    said |= {"conditions": version.conditions} if version.conditions else {}
    said |= {"steps": references.portable(version.steps), "because": play.because}
    said |= {"exit": version.exit} if version.exit else {}
    return said | ({"guards": version.guards} if version.guards else {})


def read(text: str) -> list[dict[str, Any]]:
    """The plays of a file; Refused says which line isn't YAML, or which place isn't a play."""
    if len(text) > LARGEST:
        raise refuse("file", "This file is too large.")
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader of our own)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise refuse("file", f"This isn’t YAML: {_where(error)}") from error
    if not isinstance(found, Mapping) or not isinstance(found.get("plays"), list) or not found["plays"]:
        raise refuse("file", "A file says “format: 1” and “plays:” with a list.")
    if found.get("format") != FORMAT:
        raise refuse("file", f"This is read as format {FORMAT}.")
    if len(found["plays"]) > MOST_PLAYS:
        raise refuse("file", f"At most {MOST_PLAYS} plays in one file.")
    errors: Errors = {}
    for number, play in enumerate(found["plays"]):
        errors |= {f"plays.{number}{f'.{name}' if name else ''}": [text] for name, text in _wrong(play)}
    if errors:
        raise Refused(errors)
    return [dict(play) for play in found["plays"]]


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error).split("\n")[0]
    return f"line {mark.line + 1}: {what}." if mark else f"{what}."


def _wrong(play: Any) -> list[tuple[str, str]]:
    if not isinstance(play, Mapping):
        return [("", "A play is an object of names and values.")]
    found = [(str(name), "A play has no such field.") for name in play if name not in FIELDS]
    found += [(name, "This is missing.") for name in NEEDED if not play.get(name)]
    texts = ("code", "name", "kind", "trigger", "because")
    found += [(name, "This must be a text.") for name in texts if play.get(name) and not isinstance(play[name], str)]
    found += [(str(name), "It has characters that can't be kept.") for name in texts if not keepable(play.get(name))]
    found += [(name, "This must be an object.") for name in ("conditions", "exit", "guards")
              if not isinstance(play.get(name) or {}, Mapping)]  # fmt: skip
    steps = play.get("steps") or []
    if not isinstance(steps, list) or not all(isinstance(step, Mapping) for step in steps):
        found.append(("steps", "This must be a list of objects."))
    return found


@transaction.atomic
def bring(text: str, *, by: User | None) -> list[Brought]:
    """New plays as drafts, known ones (by code) as their next version; nothing at all where something is wrong.

    Refused names each problem as plays.<n>.<field>.
    """
    errors: Errors = {}
    brought: list[Brought] = []
    said = read(text)
    # A play may start another of the same file, so those that are new come in before anything names them.
    for number, play in sorted(enumerate(said), key=lambda pair: _starts_others(pair[1])):
        try:
            with transaction.atomic():
                brought.append(_bring_one(play, by))
        except Refused as refused:
            errors |= {f"plays.{number}.{field}".rstrip("."): texts for field, texts in refused.errors.items()}
    if errors:
        raise Refused(errors)
    return brought


def _starts_others(play: Mapping[str, Any]) -> bool:
    return any(step.get("kind") == "play" for step in play["steps"])


def _bring_one(said: Mapping[str, Any], by: User | None) -> Brought:
    values = {"kind": "routine", "trigger": "", "conditions": {}, "exit": {}, "guards": {}} | {
        name: value for name, value in said.items() if value is not None
    }
    values["steps"] = references.local(values["steps"])
    play = Play.objects.filter(code=said["code"]).first()
    if play is None:
        return Brought(plays.create(values, by=by), is_new=True, changed=True)
    if values["trigger"] != play.trigger:
        raise refuse("trigger", f"“{play.code}” is here already and listens to something else: give it another code.")
    before = play.version
    plays.revise(play, values, by=by)
    return Brought(play, is_new=False, changed=play.version != before)
