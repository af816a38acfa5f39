"""What a handoff asks (blueprint 01): five questions of the checklist, every letter of SPICED, and what surrounds them.

Plain data and plain rules: the pages, the API and the record all read it from here.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

THIN = 25
NOTHING = re.compile(r"^(no|none|nothing|n/?a|no red flags|none known)\W*$", re.IGNORECASE)


@dataclass(frozen=True)
class Question:
    """`letter` is where the answer goes in the account's SPICED record; without one it stays on the handoff."""

    code: str
    label: str
    prompt: str
    hint: str
    example: str
    letter: str = ""
    kind: str = ""
    dated: bool = False


@dataclass(frozen=True)
class Step:
    """One screen of the form. `checklist` is the question of the five that this screen answers."""

    code: str
    title: str
    lead: str
    questions: tuple[Question, ...] = ()
    checklist: bool = False


@dataclass(frozen=True)
class Said:
    """An answer as the rules see it."""

    text: str = ""
    not_known: bool = False
    due_on: dt.date | None = None
    consequence: str = ""

    @property
    def complete(self) -> bool:
        return self.not_known or bool(self.text.strip())


STEPS = (
    Step(
        "who",
        "Who bought?",
        "The people first: who signed, who pushed, and how they sit together.",
        (
            Question(
                "buyers",
                "Who bought from us",
                "Who said yes in the end, and who carried it there?",
                "Names and what each of them did for the deal. Titles go into the list of people below.",
                "Elena Brandt signed as COO. Tomas Ruiz ran the pilot in Denver and took it to her; without him there "
                "would be no deal.",
                letter="decision",
                kind="buyers",
            ),
            Question(
                "organization",
                "Organization",
                "How are they organized around this: teams, sites, who reports to whom?",
                "Enough for somebody new to find the right door in the first week.",
                "Three regions under the COO, each with a head of operations. IT is central and has to clear every "
                "integration. The Austin site came with a merger and still works its own way.",
            ),
            Question(
                "personas",
                "Personas",
                "What kinds of people will use it, and what does each of them want from it?",
                "Kinds, not names: the job, the day, the worry.",
                "Shift leads: want the plan on one screen before seven. Controllers: want the monthly numbers to add "
                "up without a spreadsheet.",
            ),
        ),
        checklist=True,
    ),
    Step(
        "why",
        "Why did they buy?",
        "The impact that was sold. Onboarding is over when the first piece of it is real.",
        (
            Question(
                "impact_rational",
                "Impact for the company",
                "Which number should move, from what to what, by when, and what is that worth to them?",
                "With their figures, not ours. One number that somebody over there owns beats three that nobody does.",
                "Time to close the books from 9 days to 4 by the end of Q2; their CFO puts it at $310,000 a year in "
                "overtime and audit fees.",
                letter="impact",
                kind="rational",
            ),
            Question(
                "impact_emotional",
                "Impact for a person",
                "Whose working life changes when this succeeds, and what does it mean to them?",
                "A name and what is at stake: a promotion, a quiet weekend, a promise made to the board.",
                "Tomas told his team that month-end weekends would stop. If they don't, he has lost them.",
                letter="impact",
                kind="emotional",
            ),
        ),
        checklist=True,
    ),
    Step(
        "before",
        "What were they doing before?",
        "The situation as you found it, so that nobody has to ask for it again.",
        (
            Question(
                "situation",
                "Situation",
                "How was the work done until now: by whom, how many, with which tools?",
                "Facts only. Name the systems that ours has to live with.",
                "42 planners in three regions share nine spreadsheets; SAP holds the orders, nothing connects the two.",
                letter="situation",
            ),
        ),
        checklist=True,
    ),
    Step(
        "failed",
        "Why was that not working?",
        "The pain that made them look for something else.",
        (
            Question(
                "pain",
                "Pain",
                "What went wrong with it, how often, and who had to bear it?",
                "Their words if you have them. What did it cost the last time?",
                "Two plans a week contradict each other; the Denver site sent a night shift home on full pay in May.",
                letter="pain",
            ),
        ),
        checklist=True,
    ),
    Step(
        "avoid",
        "What is to be solved or avoided?",
        "A date by which it has to work, and what happens if it doesn't.",
        (
            Question(
                "critical_event",
                "Critical event",
                "What must be solved or avoided by a certain day?",
                "A date alone only makes it compelling. What it costs them to miss it makes it critical.",
                "Peak season starts on 1 October. With the old plan they would rent temporary staff again.",
                letter="critical_event",
                dated=True,
            ),
        ),
        checklist=True,
    ),
    Step(
        "decision",
        "How was it decided?",
        "Next year's renewal takes the same road.",
        (
            Question(
                "decision",
                "Decision",
                "Who had to agree, by which steps and criteria, and who nearly stopped it?",
                "Procurement, legal, security, the competitor that came second.",
                "Operations chose, IT security held it up for five weeks over single sign-on, the CFO signs above "
                "$100,000. The runner-up was cheaper by a fifth.",
                letter="decision",
            ),
        ),
    ),
    Step(
        "risks",
        "Promises and red flags",
        "What they may hold us to, and what you would want to know in the CSM's place.",
        (
            Question(
                "red_flags",
                "Red flags",
                "What could go wrong that isn't written in the contract?",
                "A doubter, a reorganization, a feature they think we have. Write “none” if there is none.",
                "The head of planning in Austin wanted the other product and said so in the last meeting.",
            ),
        ),
    ),
)
REVIEW = Step("review", "Review and hand over", "Read it once with the eyes of somebody who wasn't there.")
ALL_STEPS = (*STEPS, REVIEW)
STEP_BY_CODE = {step.code: step for step in ALL_STEPS}
QUESTIONS = tuple(question for step in STEPS for question in step.questions)
BY_CODE = {question.code: question for question in QUESTIONS}
STEP_OF = {question.code: step for step in STEPS for question in step.questions}
CHOICES = [(question.code, question.label) for question in QUESTIONS]


def missing(said: dict[str, Said]) -> list[Question]:
    """What still has neither an answer nor an honest “not known”."""
    return [question for question in QUESTIONS if not said.get(question.code, Said()).complete]


def thin(question: Question, said: Said) -> list[str]:
    """What a reader would ask back. Advice, never a refusal."""
    if said.not_known or not said.text.strip():
        return []
    if question.code == "red_flags" and says_nothing(said.text):
        return []
    found = []
    if len(said.text.strip()) < THIN:
        found.append(f"{question.label} is very short: would a stranger understand it?")
    if question.code == "impact_rational" and not re.search(r"\d", said.text):
        found.append("Impact has no number.")
    if question.dated and said.due_on is None:
        found.append("Critical event has no date.")
    if question.dated and not said.consequence.strip():
        found.append("Critical event has no consequence: that makes it a compelling event only.")
    return found


def says_nothing(text: str) -> bool:
    """“None”, in one of the ways people write it."""
    return bool(NOTHING.match(text.strip()))


def to_ask(question: Question) -> str:
    """The open question as a point of the kickoff's agenda."""
    return question.prompt
