"""The five letters in which an account is understood: what each one holds, and the question that opens it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """`asks` is said to the customer; `holds` tells our own people what belongs here."""

    code: str
    mark: str
    label: str
    holds: str
    asks: str


LETTERS = (
    Letter(
        "situation",
        "S",
        "Situation",
        "Facts: teams, numbers, systems, how the work is done today.",
        "Who will work with this, in which teams, and what did they use until now?",
    ),
    Letter(
        "pain",
        "P",
        "Pain",
        "What doesn't work for them, and where it shows.",
        "What about that stopped working, and who feels it most?",
    ),
    Letter(
        "impact",
        "I",
        "Impact",
        "The result they pay for: a number for the company, a change for a person.",
        "Which number should move, from what to what, and who will notice?",
    ),
    Letter(
        "critical_event",
        "CE",
        "Critical event",
        "A date that costs them something when it is missed.",
        "By which date must this work, and what happens if it doesn't?",
    ),
    Letter(
        "decision",
        "D",
        "Decision",
        "People, process and criteria: who decides, how, and by what measure.",
        "Who decides, who has to agree, and what do they go by?",
    ),
)
BY_CODE = {letter.code: letter for letter in LETTERS}
CHOICES = [(letter.code, letter.label) for letter in LETTERS]

RATIONAL, EMOTIONAL, BUYERS = "rational", "emotional", "buyers"
IMPACTS = [(RATIONAL, "For the company"), (EMOTIONAL, "For a person")]
# Who said yes belongs to the decision, and doesn't yet say how they decide.
KINDS = [*IMPACTS, (BUYERS, "Who bought")]
KINDS_OF = {"impact": [kind for kind, _ in IMPACTS], "decision": ["", BUYERS]}

SOURCES = [
    ("handoff", "Handoff"),
    ("kickoff", "Kickoff"),
    ("meeting", "Meeting"),
    ("call", "Call"),
    ("email", "E-mail"),
    ("research", "Own research"),
    ("api", "Another system"),
]


def gap(letter: str, *, due: bool, consequence: bool) -> str:
    """What a critical event still lacks, in words; "" when it is whole, or another letter."""
    if letter != "critical_event" or (due and consequence):
        return ""
    if due:
        return "A date without a consequence: a compelling event, not a critical one."
    return "No date yet." if consequence else "Neither a date nor a consequence yet."
