"""What a task was born from, told by the room that gave it: tasks themselves need not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TaskOrigin:
    """`of` tells of some tasks by their ids, in one question: play (its code), run (its id) and because.

    `of_play` gives rows with the task_id of each task of the play of this code.
    """

    source: str
    of: Callable[[Iterable[int]], Mapping[int, Mapping[str, Any]]]
    of_play: Callable[[str], Any]


_ORIGINS: list[TaskOrigin] = []


def task_origin(origin: TaskOrigin) -> None:
    _ORIGINS[:] = [*(each for each in _ORIGINS if each.source != origin.source), origin]


def task_origins() -> list[TaskOrigin]:
    return list(_ORIGINS)
