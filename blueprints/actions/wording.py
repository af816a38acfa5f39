"""What a person says about a play, judged before it is kept: every problem by the name of its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify

from accounts.actions.errors import Refused
from accounts.registry import event_kinds, known_facts
from blueprints import guards, rules, texts
from blueprints.actions import references
from blueprints.models import Play, PlayKind, PlayVersion

OF_PLAY = ("name", "kind", "because")
OF_VERSION = ("conditions", "exit", "steps", "guards")
LONGEST_CODE = 40


@dataclass(frozen=True)
class Wording:
    """What a version keeps."""

    conditions: dict[str, Any]
    exit: dict[str, Any]
    steps: list[dict[str, Any]]
    guards: dict[str, Any]

    def is_of(self, version: PlayVersion) -> bool:
        return all(getattr(self, name) == getattr(version, name) for name in OF_VERSION)


def checked(values: Mapping[str, Any], *, trigger: str, before: PlayVersion | None) -> Wording:
    """The wording, where a value that isn't named stays as it was; Refused({field: [problems]}) otherwise."""
    said = {name: values.get(name, getattr(before, name) if before else {}) for name in OF_VERSION}
    errors = _tree_errors(said, of_event=bool(trigger))
    errors |= {f"guards.{name}": [problem] for name, problem in guards.validate(said["guards"]).items()}
    errors |= _play_errors(values)
    steps: list[dict[str, Any]] = []
    try:
        steps = references.checked(said["steps"] or [], of_event=bool(trigger))
    except Refused as refused:
        errors |= refused.errors
    if errors:
        raise Refused(errors)
    return Wording(said["conditions"], said["exit"], steps, said["guards"])


def trigger_of(values: Mapping[str, Any]) -> str:
    trigger: str = values.get("trigger") or ""
    if trigger and trigger not in {kind.kind for kind in event_kinds()}:
        raise Refused({"trigger": [f"“{trigger}” is no kind of event."]})
    return trigger


def free_code(values: Mapping[str, Any]) -> str:
    """The code that is asked for, or one made of the name with a number where that is taken."""
    if asked := values.get("code"):
        return str(asked)
    stem = slugify(values.get("name", ""))[: LONGEST_CODE - 5] or "play"
    taken = set(Play.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for n in range(1, len(taken) + 2) if (code := stem if n == 1 else f"{stem}-{n}") not in taken)


def _tree_errors(said: Mapping[str, Any], *, of_event: bool) -> dict[str, list[str]]:
    known = known_facts()
    found = {
        "conditions": rules.validate(said["conditions"], known, of_event=of_event),
        "exit": rules.validate(said["exit"], known, of_event=False),
    }
    if said["conditions"] == {} and not of_event:
        found["conditions"] = ["Say at least one condition: without one the play would fire for every account."]
    return {name: problems for name, problems in found.items() if problems}


def _play_errors(values: Mapping[str, Any]) -> dict[str, list[str]]:
    unkept = [name for name in ("code", *OF_PLAY) if not texts.keepable(values.get(name))]
    errors = {name: ["It has characters that can't be kept."] for name in unkept}
    if "name" in values and not 0 < len(str(values["name"]).strip()) <= 80:
        errors["name"] = ["A name of at most 80 characters."]
    if "kind" in values and values["kind"] not in PlayKind.values:
        errors["kind"] = [f"One of: {', '.join(PlayKind.values)}."]
    return errors
