"""The mail after a meeting, drafted from what was written down. Nothing internal, unless somebody chose it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode


@dataclass(frozen=True)
class Promise:
    """`day` is written out; `owner` may be nobody yet."""

    what: str
    owner: str
    day: str


@dataclass(frozen=True)
class Held:
    title: str
    account: str
    day: str
    guests: Sequence[str]
    decisions: Sequence[str]
    steps: Sequence[Promise]
    next_outcome: str
    sender: str
    notes: str = ""


def subject(held: Held) -> str:
    return f"{held.title}, {held.day}: what we agreed"


def body(held: Held) -> str:
    """Paragraphs of plain text; a part without anything in it is left out."""
    parts = [_greeting(held.guests), f"thank you for your time on {held.day}. Here is what we take with us."]
    if held.decisions:
        parts.append("Decided:\n" + "\n".join(f"- {text}" for text in held.decisions))
    if held.steps:
        parts.append("Next steps:\n" + "\n".join(_line(step) for step in _in_order(held.steps)))
    if held.next_outcome:
        parts.append(f"Next time we want to have reached: {held.next_outcome}")
    if held.notes.strip():
        parts.append("Notes:\n" + held.notes.strip())
    parts += ["If something is missing or wrong, a short answer is enough.", f"Best regards\n{held.sender}"]
    return "\n\n".join(parts) + "\n"


def mailto(to: Sequence[str], subject: str, body: str) -> str:
    """The draft for the reader's own mail program."""
    query = urlencode({"subject": subject, "body": body.replace("\n", "\r\n")}, quote_via=quote)
    return f"mailto:{quote(','.join(to), safe='@,')}?{query}"


def _greeting(guests: Sequence[str]) -> str:
    firsts = [name.split(" ")[0] for name in guests]
    if not firsts:
        return "Hello,"
    return f"Hello {', '.join(firsts[:-1]) + ' and ' if len(firsts) > 1 else ''}{firsts[-1]},"


def _in_order(steps: Sequence[Promise]) -> list[Promise]:
    """By owner, in the order in which they first appear: each reader finds their own lines together."""
    owners = list(dict.fromkeys(step.owner for step in steps))
    return sorted(steps, key=lambda step: owners.index(step.owner))


def _line(step: Promise) -> str:
    return f"- {step.owner}: {step.what}, by {step.day}" if step.owner else f"- {step.what}, by {step.day}"
