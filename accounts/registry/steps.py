"""Things to do first in a new workspace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FirstStep:
    """Something to do in a new workspace; it is done when the rows that `done` asks for exist."""

    code: str
    title: Any
    says: Any
    url_name: str
    permission: str
    done: Callable[[], Any]


_STEPS: dict[str, FirstStep] = {}


def first_step(step: FirstStep) -> None:
    _STEPS[step.code] = step


def first_steps() -> list[FirstStep]:
    """Lower rooms first, as their facts are read."""
    return list(_STEPS.values())
