"""What maturity comes to: questions checked by name, answers turned into a score and a level, cells of the matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

LEVELS = (1, 2, 3, 4)
LEVEL_NAMES = ("Beginning", "Repeating", "Managed", "Leading")
AREAS = ("people", "process", "technology", "data", "strategy")
MOST = 30
LONGEST = 300
EXPAND, RETAIN, SAVE, LET_CHURN = "expand", "retain", "save", "let_churn"
CELLS = (EXPAND, RETAIN, LET_CHURN, SAVE)  # high health first, low maturity first
HEALTH_FROM, MATURITY_FROM = 70, 50
MOST_HOURS = 1_000

Question = Mapping[str, Any]

USUAL_CELLS: dict[str, dict[str, Any]] = {
    EXPAND: {
        "label": "Expand", "hours": 6,
        "policy": "They are glad and have far to go: show the next use, train more teams, and grow with them.",
    },
    RETAIN: {
        "label": "Retain and leverage", "hours": 3,
        "policy": "They are glad and skilled: keep the rhythm light, and ask for references, reviews and ideas.",
    },
    SAVE: {
        "label": "Save", "hours": 8,
        "policy": "They could do well and don’t: find the cause with their leadership, and plan the way back.",
    },
    LET_CHURN: {
        "label": "Let churn", "hours": 1,
        "policy": "Neither glad nor ready: offer what needs nobody’s time, and spend effort where it helps.",
    },
}  # fmt: skip


def _asked(key: str, area: str, text: str, *levels: str) -> dict[str, Any]:
    return {"key": key, "area": area, "text": text, "levels": list(levels)}


USUAL = [
    _asked("owner", "people", "Who owns the work that our product serves?", "Nobody in particular",
           "Somebody beside their other work", "A person with time for it", "A team with a leader who reports on it"),
    _asked("skills", "people", "How well do users know what they do?", "They try things out", "A few know it well",
           "New users are trained", "Users teach each other and improve how it is used"),
    _asked("steps", "process", "How is the work done?", "Differently each time", "By habit of the team",
           "By steps that are written down", "By steps that are measured and changed when they don’t work"),
    _asked("change", "process", "What happens when something has to change?", "It is put off",
           "It depends on one person", "It is planned and told", "It is tried small, measured, and then rolled out"),
    _asked("systems", "technology", "How do their systems work together?", "By copying by hand",
           "By files now and then", "By integrations for what matters", "By integrations that are watched and kept up"),
    _asked("reach", "technology", "How far is our product rolled out?", "A trial in one place", "One team",
           "Most teams it was meant for", "All of them, as the usual way to work"),
    _asked("figures", "data", "Which figures do they have about this work?", "None", "Some, on request",
           "A few, looked at every month", "Figures that targets and decisions rest on"),
    _asked("trust", "data", "Do they trust their own data?", "No", "For rough answers", "For most decisions",
           "Yes, and errors are found and mended by rule"),
    _asked("goals", "strategy", "What is the work to achieve?", "Nobody said", "A wish without a figure",
           "A goal with a figure and a date", "Goals that follow from the company’s own"),
    _asked("backing", "strategy", "Who stands behind it?", "Only its users", "A manager",
           "An executive who asks about it", "An executive who pays for it and speaks for it"),
]  # fmt: skip


def problems(questions: Any) -> list[str]:
    """What is wrong with a list of questions, in words that name the question."""
    return [says for _path, says in faults(questions)]


def faults(questions: Any) -> list[tuple[str, str]]:
    """The same with its place, such as "0.text" or "0.levels.3"; what is wrong with the list has none."""
    if not isinstance(questions, list) or not questions:
        return [("", "Ask at least one question.")]
    if len(questions) > MOST:
        return [("", f"At most {MOST} questions: nobody answers more.")]
    found = [(f"{n}{path}", says) for n, each in enumerate(questions) for path, says in _wrong(each, n + 1)]
    keys = [each.get("key") for each in questions if isinstance(each, Mapping)]
    if not found and len(set(keys)) < len(keys):
        found.append(("", "Each question needs a key of its own."))
    return found


def _wrong(question: Any, n: int) -> list[tuple[str, str]]:
    if not isinstance(question, Mapping) or set(question) != {"key", "area", "text", "levels"}:
        return [("", f"Question {n} needs key, area, text and levels.")]
    found, levels = [], question["levels"]
    if not _said(question["key"], 40):
        found.append((".key", f"Question {n} needs a key of at most 40 letters."))
    if not _said(question["text"], LONGEST):
        found.append((".text", f"Question {n} needs a text of at most {LONGEST} letters."))
    if question["area"] not in AREAS:
        found.append((".area", f"Question {n}: its area is one of {', '.join(AREAS)}."))
    if not isinstance(levels, list) or len(levels) != len(LEVELS):
        return [*found, (".levels", f"Question {n} needs four levels in words.")]
    return found + [
        (f".levels.{m}", f"Question {n} needs level {m + 1} in words, at most {LONGEST} letters.")
        for m, each in enumerate(levels) if not _said(each, LONGEST)
    ]  # fmt: skip


def changed(before: Sequence[Question], after: Sequence[Question]) -> list[tuple[str, str]]:
    """What two versions ask differently: `added`, `dropped`, `edited` or `moved`, with the question's text."""
    old, new = ({each["key"]: each for each in rows} for rows in (before, after))
    found = [("added", each["text"]) for key, each in new.items() if key not in old]
    found += [("dropped", each["text"]) for key, each in old.items() if key not in new]
    found += [("edited", each["text"]) for key, each in new.items() if key in old and dict(old[key]) != dict(each)]
    if [key for key in old if key in new] != [key for key in new if key in old]:
        found.append(("moved", ""))
    return found


def _said(value: Any, longest: int) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= longest and "\x00" not in value


def wrong_answers(answers: Any, questions: Sequence[Question]) -> dict[str, str]:
    """By question: every one wants a level."""
    given = answers if isinstance(answers, Mapping) else {}
    found = {
        each["key"]: "Choose a level."
        for each in questions
        if type(given.get(each["key"])) is not int or given[each["key"]] not in LEVELS
    }
    keys = {each["key"] for each in questions}
    return found | {str(key)[:40]: "There is no such question." for key in given if key not in keys}


def score(answers: Mapping[str, int]) -> int:
    """0 to 100: level one is worth nothing, level four everything; half up."""
    gained, most = sum(answers.values()) - len(answers), 3 * len(answers)
    return (200 * gained + most) // (2 * most)


def level(answers: Mapping[str, int]) -> int:
    """The mean level, half up."""
    return (2 * sum(answers.values()) + len(answers)) // (2 * len(answers))


def by_area(answers: Mapping[str, int], questions: Sequence[Question]) -> list[tuple[str, int]]:
    """Each area that was asked about, with its score."""
    found = []
    for area in AREAS:
        inside = {each["key"]: answers[each["key"]] for each in questions if each["area"] == area}
        if inside:
            found.append((area, score(inside)))
    return found


def wrong_cells(cells: Any) -> dict[str, str]:
    """By cell, what is wrong with what it says."""
    given = cells if isinstance(cells, Mapping) else {}
    found = {}
    for cell in CELLS:
        said = given.get(cell)
        if not isinstance(said, Mapping) or not _said(said.get("label"), 40) or not _said(said.get("policy"), LONGEST):
            found[cell] = f"Give it a name and say in at most {LONGEST} letters what is done."
        elif not isinstance(said.get("hours"), int) or isinstance(said["hours"], bool):
            found[cell] = "Hours are a whole number."
        elif not 0 <= said["hours"] <= MOST_HOURS:
            found[cell] = f"Hours a month are between 0 and {MOST_HOURS}."
    return found
