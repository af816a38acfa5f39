"""The short message about the event and nothing else: the day, the cost, the steps back to today. Plain text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A step as the customer reads it: by which day, what, who."""

    by: dt.date
    what: str
    who: str = ""


def subject(title: str, day: dt.date) -> str:
    return f"{title}: {_day(day)}"


def body(*, to: str, title: str, day: dt.date, consequence: str, steps: Sequence[Line], sender: str) -> str:
    """`steps`: last first, only what is still to be done."""
    parts = [f"Hello {to}," if to else "Hello,", f"{_day(day)}: {_sentence(title)}"]
    if consequence:
        parts.append(f"If that day goes by: {_sentence(consequence)}")
    if steps:
        parts.append("To be in time, counted back from that day:")
        parts.append("\n".join(_line(step) for step in steps))
    return "\n\n".join([*parts, sender])


def _line(step: Line) -> str:
    return f"- by {_day(step.by)}: {step.what}" + (f" ({step.who})" if step.who else "")


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
