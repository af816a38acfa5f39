"""Calendar quarters as half-open spans, by a name such as 2026-Q3. Plain Python."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

NAME = re.compile(r"(20\d{2})-Q([1-4])")


@dataclass(frozen=True, order=True)
class Quarter:
    year: int
    number: int

    @property
    def name(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def label(self) -> str:
        return f"Q{self.number} {self.year}"

    @property
    def start(self) -> dt.date:
        return dt.date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> dt.date:
        """The first day after it."""
        return self.following.start

    @property
    def following(self) -> Quarter:
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    @property
    def before(self) -> Quarter:
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)


def quarter_of(day: dt.date) -> Quarter:
    return Quarter(day.year, (day.month + 2) // 3)


def named(name: str) -> Quarter | None:
    found = NAME.fullmatch(name)
    return Quarter(int(found[1]), int(found[2])) if found else None


def last(count: int, today: dt.date) -> list[Quarter]:
    """The running one first."""
    found = [quarter_of(today)]
    while len(found) < count:
        found.append(found[-1].before)
    return found
