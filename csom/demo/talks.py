"""What was said over the months: calls, e-mails, meetings, and notes that nobody else reads."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator

from accounts.actions import notes
from csom.demo.stage import Tale
from csom.demo.words import shared

DAY = dt.timedelta(days=1)
RHYTHM = {"high": (11, 24), "low": (32, 62), "tech": (70, 130)}
KINDS = (("call", "calls", 45), ("email", "emails", 30), ("meeting", "meetings", 13), ("note", "notes", 12))


def tell(tale: Tale) -> None:
    """At the rhythm of the account's touch model, from the kickoff to the last day; some fall silent at the end."""
    rng = tale.chance("talks")
    last = tale.ends - DAY * (rng.randint(45, 120) if rng.random() < 0.14 else 1)
    day = tale.begins + DAY * rng.randint(8, 20)
    said: list[notes.Said] = []
    words = {kind: _in_turn(texts, rng) for kind, texts, _ in KINDS}
    shortest, longest = RHYTHM[tale.account.touch_model]
    day += DAY * rng.randint(shortest // 2, longest)
    while day < last:
        kind = rng.choices([kind for kind, *_ in KINDS], [weight for *_, weight in KINDS])[0]
        # In a bad time, hardly anybody calls back.
        if not tale.fate.shows("talks", day) or rng.random() < 0.12:
            said.append(_said(tale, kind, next(words[kind]), day))
        day += DAY * rng.randint(shortest, longest)
    if last < tale.ends - 40 * DAY:
        said.append(_said(tale, "note", rng.choice(shared()["quiet_notes"]), last))
    notes.bring(tale.account, said, by=tale.csm)


def _in_turn(texts: str, rng: random.Random) -> Iterator[str]:
    """Every text once before any comes again."""
    return itertools.cycle(rng.sample(shared()[texts], len(shared()[texts])))


def _said(tale: Tale, kind: str, text: str, day: dt.date) -> notes.Said:
    """A win differs from time to time."""
    rng = tale.chance(f"talk of {day}")
    win = rng.choice(tale.sketch.industry["wins"])
    return notes.Said(kind, tale.sketch.say(text.replace("{win}", win), day), tale.at(day, rng))
