"""Sentences that onboarding drafts for people: pure text, to be changed before anybody sends it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

# Somebody got in: that is a door, not a room.
LOGIN = re.compile(
    r"\b(log(s|ged|ging)?[\s-]?(in|ins|on)|sign(s|ed|ing)?[\s-]?(in|ins|on)|accounts? (is |are )?set up)\b", re.I
)
FILLER = frozenset(
    word
    for line in (
        "a all an and are at be been by can every everybody everyone first for from has have in into is least must of",
        "on once one our people person product shall successful successfully system team that the their them they",
        "time to up user users was we were will with",
    )
    for word in line.split()
)
ONLY_A_LOGIN = "This says that somebody got in. Say what they do with it, and what is different for them then."


def only_a_login(definition: str) -> bool:
    """Whether nothing is left once the log-in is taken out."""
    rest, found = LOGIN.subn(" ", definition)
    words = re.findall(r"[^\W\d_]+", rest.lower())
    return bool(found) and not [word for word in words if word not in FILLER]


def reached(days: int, since: str) -> str:
    """ "in 24 days from the kickoff"."""
    return f"in {days} {'day' if days == 1 else 'days'} from the {since}"


def thank_you(customer: str, people: Iterable[str], definition: str, days: int, since: str, sender: str) -> str:
    """The draft of a mail; `people`: whom it greets, by first names; `since`: what the days count from."""
    names = list(people)
    hello = f"Hello {_together(names)}," if names else f"Dear team of {customer},"
    what = f": {definition.rstrip('.')}." if definition else "."
    return "\n\n".join([
        hello,
        f"your first impact is there{what} It took {days} {'day' if days == 1 else 'days'} from our {since}, and "
        "most of that work was yours. Thank you.",
        "Whom in your house would you like to show it to? I gladly put the figures on one page for them. And the next "
        "goal is already in our plan: shall we take half an hour next week and set out for it?",
        f"Kind regards\n{sender}",
    ])  # fmt: skip


def our_part(csm: str, delivery: str = "") -> str:
    lines = [f"{csm}: leads the way to the goals, keeps the plan, answers within one business day."]
    if delivery:
        lines.append(f"{delivery}: sets up and connects, and says early what is late.")
    return "\n".join(lines)


def their_part(champion: str, decider: str) -> str:
    lines = [f"{champion or 'A champion, still to be named'}: opens doors inside and does the steps on their side."]
    lines.append(f"{decider or 'Whoever decides, still to be named'}: decides what only they can, and looks at impact.")
    return "\n".join(lines)


KEYS = "One person on each side who holds the plan.\nThe first impact small enough for the first month.\n" \
       "Half an hour a week, kept also when all is quiet."  # fmt: skip
PITFALLS = "Waiting for the last integration before anybody works with it.\nTraining without a task of one's own.\n" \
           "The decider hears of it only at the renewal."  # fmt: skip


def pitfalls(red_flags: str) -> str:
    return f"{PITFALLS}\nTold at the handoff: {red_flags.strip()}" if red_flags.strip() else PITFALLS


def first_months(start: dt.date, target_days: int) -> str:
    return "\n".join([
        "Week 1: access, data, and who does what.",
        "Weeks 2 and 3: a small group works with it on their own tasks.",
        f"Until day {target_days}: the first impact, seen and confirmed.",
        "Second month: the next teams; what the first ones learned goes along.",
        "Third month: first review with the decider, on the figures of the plan.",
    ])  # fmt: skip


def _together(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
