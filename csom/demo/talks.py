"""What was said over the months: calls, e-mails, meetings, and notes that nobody else reads."""

from __future__ import annotations

import datetime as dt

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
    _kickoff(tale, day)
    shortest, longest = RHYTHM[tale.account.touch_model]
    day += DAY * rng.randint(shortest // 2, longest)
    while day < last:
        kind, words, _ = rng.choices(KINDS, [weight for *_, weight in KINDS])[0]
        _say(tale, kind, rng.choice(shared()[words]), day)
        day += DAY * rng.randint(shortest, longest)
    if last < tale.ends - 40 * DAY:
        _say(tale, "note", rng.choice(shared()["quiet_notes"]), last)


def _kickoff(tale: Tale, day: dt.date) -> None:
    if tale.sketch.committed_on >= tale.stage.since and day < tale.ends:
        _say(tale, "meeting", "Kickoff. " + tale.chance("kickoff").choice(shared()["kickoff"]), day)


def _say(tale: Tale, kind: str, text: str, day: dt.date) -> None:
    moment = tale.at(day, tale.chance(f"talk of {day}"))
    notes.add(tale.account, kind=kind, body=tale.sketch.say(tale.sketch.say(text)), by=tale.csm, occurred_at=moment)
