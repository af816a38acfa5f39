"""What a handoff asks, and what a reader would ask back."""

import datetime as dt

import pytest

from journeys.onboarding.questions import BY_CODE, QUESTIONS, STEPS, Said, missing, says_nothing, thin
from journeys.spiced import LETTERS

DAY = dt.date(2027, 3, 1)


def test_the_checklist_has_five_questions_and_every_letter_is_asked_for():
    assert len([step for step in STEPS if step.checklist]) == 5
    assert {question.letter for question in QUESTIONS} - {""} == {letter.code for letter in LETTERS}
    assert [q.kind for q in QUESTIONS if q.letter == "impact"] == ["rational", "emotional"]
    assert {"organization", "personas", "red_flags"} <= BY_CODE.keys()


def test_every_question_comes_with_a_hint_and_an_example_of_our_own():
    for question in QUESTIONS:
        assert question.prompt.endswith("?")
        assert question.hint
        assert len(question.example) > 60
        assert thin(question, Said(question.example, due_on=DAY, consequence="x")) == [], "an example is never thin"


def test_missing_is_what_has_neither_answer_nor_not_known():
    said = {q.code: Said("Something") for q in QUESTIONS} | {"pain": Said("  "), "decision": Said(not_known=True)}
    assert [q.code for q in missing(said)] == ["pain"]
    assert missing({}) == list(QUESTIONS)


@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        ("impact_rational", Said("They want to be a great deal faster"), ["Impact has no number."]),
        ("impact_rational", Said("From 9 days to 4 days by June"), []),
        ("impact_rational", Said(not_known=True), []),
        ("critical_event", Said("The season starts in the spring", due_on=DAY, consequence="Rent staff"), []),
        (
            "critical_event",
            Said("The season starts in the spring", due_on=DAY),
            ["Critical event has no consequence: that makes it a compelling event only."],
        ),
        (
            "critical_event",
            Said("The season starts in the spring", consequence="Rent staff"),
            ["Critical event has no date."],
        ),
        ("pain", Said("Slow"), ["Pain is very short: would a stranger understand it?"]),
        ("red_flags", Said("None"), []),
        ("pain", Said(""), []),
    ],
)
def test_thin_answers(code, said, expected):
    assert thin(BY_CODE[code], said) == expected


@pytest.mark.parametrize("text", ["none", "None.", "NO", "n/a", "nothing!", "No red flags"])
def test_there_are_many_ways_to_say_none(text):
    assert says_nothing(text)
    assert not says_nothing(f"{text} but one")
