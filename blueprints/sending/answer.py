"""What came of a try."""

from __future__ import annotations

from dataclasses import dataclass

GONE = 410


@dataclass(frozen=True)
class Answer:
    """`error` is empty where it arrived. `held_up`: the other side couldn't take anything now, whatever it was."""

    status: int | None = None
    error: str = ""
    held_up: bool = False
    retry_after: int | None = None

    @property
    def arrived(self) -> bool:
        return not self.error
