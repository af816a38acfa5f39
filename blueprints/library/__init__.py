"""The operating model as data: blueprints and plays as the product brings them, read from the files beside this one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CHAPTERS = ("onboarding", "adoption", "expansion", "skills")
PLAYS = ("plays", "watching")


@dataclass(frozen=True)
class BlueprintSpec:
    """One blueprint; `next` is the code of the one that follows."""

    code: str
    chapter: str
    position: int
    title: str
    goal: str
    summary: str
    moment_that_matters: bool = False
    steps: list[str] = field(default_factory=list)
    checklist: list[str] = field(default_factory=list)
    questions: list[dict[str, str]] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    next: str = ""


@dataclass(frozen=True)
class PlaySpec:
    """One play; `steps`, `conditions`, `exit` and `guards` as in a version; `trigger` empty: it watches facts."""

    code: str
    name: str
    because: str
    steps: list[dict[str, Any]]
    trigger: str = ""
    kind: str = "routine"
    conditions: dict[str, Any] = field(default_factory=dict)
    exit: dict[str, Any] = field(default_factory=dict)
    guards: dict[str, Any] = field(default_factory=dict)
    on: bool = False


@cache
def blueprints() -> tuple[BlueprintSpec, ...]:
    """All of them, in the model's order."""
    read = [(chapter, entry) for chapter in CHAPTERS for entry in _read(chapter)["blueprint"]]
    return tuple(
        BlueprintSpec(chapter=chapter, position=position, **entry) for position, (chapter, entry) in enumerate(read)
    )


@cache
def plays() -> tuple[PlaySpec, ...]:
    return tuple(PlaySpec(**entry) for name in PLAYS for entry in _read(name)["play"])


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
