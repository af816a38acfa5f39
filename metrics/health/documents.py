"""A model as readable YAML, out and in, so that it can live in version control."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from metrics.health.checking import Problem

KIND = "csom/health-model"
LARGEST = 200_000


def written(name: str, key: str, applies: Mapping[str, Any], definition: Mapping[str, Any]) -> str:
    document = {"kind": KIND, "name": name, "key": key, "applies": applies, **definition}
    return yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100)


def read(text: str) -> tuple[dict[str, Any], dict[str, Any], list[Problem]]:
    """The model's values, its definition, and what is wrong with the document itself."""
    if len(text) > LARGEST:
        return {}, {}, [Problem("", "A model is a few pages of text; this is far more.")]
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            return {}, {}, [Problem("", "References to other parts (&, *) aren’t read: write it out.")]
        raw = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return {}, {}, [Problem(_place(error), "This isn’t YAML that can be read.")]
    if not isinstance(raw, dict):
        return {}, {}, [Problem("", "A document begins with names and their values, such as “name: General”.")]
    return _apart(raw)


def _apart(raw: dict[Any, Any]) -> tuple[dict[str, Any], dict[str, Any], list[Problem]]:
    problems = []
    if raw.get("kind") != KIND:
        problems.append(Problem("kind", f"This must be “{KIND}”."))
    values: dict[str, Any] = {"name": raw.get("name"), "key": raw.get("key", ""), "applies": raw.get("applies") or {}}
    for name, most in (("name", 80), ("key", 40)):
        if (
            not isinstance(values[name], str)
            or len(values[name]) > most
            or (name == "name" and not values[name].strip())
        ):
            problems.append(Problem(name, f"A text of at most {most} letters is needed here."))
    rest = {str(name): value for name, value in raw.items() if name not in ("kind", *values)}
    return values, rest, problems


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark else ""


class _Plain(yaml.SafeDumper):
    """Lists stand in from what holds them, and nothing refers to anything else."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True
