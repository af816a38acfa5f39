"""Handoffs as other systems say and read them: answers by question, promises, the kickoff's agenda."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.api.contacts import contact_of
from accounts.api.fields import Day, Entry, Id, Member, OfAccount, Person, Text, Versioned
from accounts.api.problems import together
from accounts.api.resource import Shape
from accounts.models import Contact
from journeys.onboarding.models import (
    AgendaItem,
    AgendaStatus,
    HandoffAnswer,
    HandoffStatus,
    Promise,
    PromiseKind,
    PromiseOutcome,
)  # fmt: skip
from journeys.onboarding.questions import BY_CODE, Said

PLAIN = (
    "id", "status", "committed_on", "kickoff_on", "opened_at", "submitted_at", "returned_at", "returns", "accepted_at",
    "dropped_at", "drop_reason", "version", "updated_at",
)  # fmt: skip
PEOPLE = ("rep", "csm", "submitted_by", "returned_by", "accepted_by", "dropped_by")
ANSWER = ("question", "text", "not_known", "due_on", "consequence", "return_reason", "version", "updated_at")
PROMISE = ("id", "text", "kind", "due_on", "outcome", "outcome_note", "made_at", "settled_at", "version")
AGENDA = ("id", "question", "text", "status", "answer", "answered_at", "version")
LONGEST = 20_000
NO_QUESTION = "A handoff doesn't ask this; its questions are: " + ", ".join(BY_CODE) + "."


class AnswerShape(serializers.Serializer):
    text = serializers.CharField()
    not_known = serializers.BooleanField(help_text="To be asked at the kickoff.")
    due_on = serializers.DateField(allow_null=True, help_text="Of the critical event.")
    consequence = serializers.CharField(help_text="Of the critical event.")
    return_reason = serializers.CharField(help_text="Why the handoff was returned, at this question.")
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


class PromiseShape(serializers.Serializer):
    id = serializers.IntegerField()
    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=PromiseKind.choices)
    due_on = serializers.DateField(allow_null=True)
    outcome = serializers.ChoiceField(choices=PromiseOutcome.choices)
    outcome_note = serializers.CharField()
    made_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class AgendaShape(serializers.Serializer):
    id = serializers.IntegerField()
    question = serializers.CharField()
    text = serializers.CharField()
    status = serializers.ChoiceField(choices=AgendaStatus.choices)
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class HandoffShape(Shape):
    id = serializers.IntegerField()
    account = serializers.IntegerField(help_text="The account's id.")
    account_external_id = serializers.CharField(allow_null=True)
    account_name = serializers.CharField()
    status = serializers.ChoiceField(choices=HandoffStatus.choices)
    rep = Person(help_text="Accountable until the CSM accepts.")
    csm = Person(allow_null=True)
    committed_on = serializers.DateField(
        help_text="The day of the mutual commitment; the handoff's age counts from it."
    )
    kickoff_on = serializers.DateField(allow_null=True)
    opened_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    submitted_by = Person(allow_null=True)
    returned_at = serializers.DateTimeField(allow_null=True)
    returned_by = Person(allow_null=True)
    returns = serializers.IntegerField(help_text="How often it went back to the rep.")
    accepted_at = serializers.DateTimeField(allow_null=True)
    accepted_by = Person(allow_null=True)
    dropped_at = serializers.DateTimeField(allow_null=True)
    dropped_by = Person(allow_null=True)
    drop_reason = serializers.CharField(help_text="Why the deal fell through.")
    answers = serializers.DictField(child=AnswerShape(), help_text="By question.")
    missing = serializers.ListField(child=serializers.CharField(), help_text="Questions that are still to be answered.")
    promises = PromiseShape(many=True, help_text="Made in the sale, with what became of them.")
    agenda = AgendaShape(many=True, help_text="What nobody knew, to be asked at the kickoff.")
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        """From a row of `.values()` that went through `with_parts`."""
        shown = {name: row[name] for name in PLAIN}
        shown["account"] = row["account_id"]
        shown["account_external_id"] = row["account__external_id"]
        shown["account_name"] = row["account__name"]
        for role in PEOPLE:
            shown[role] = row[role]
        shown["answers"] = {said["question"]: _picked(said, ANSWER[1:]) for said in row["answers"]}
        complete = {said["question"] for said in row["answers"] if Said(said["text"], said["not_known"]).complete}
        shown["missing"] = [code for code in BY_CODE if code not in complete]
        shown["promises"] = [_picked(one, PROMISE) for one in row["promises"]]
        shown["agenda"] = [_picked(one, AGENDA) for one in row["agenda"]]
        return shown


def with_parts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with their answers, promises and agendas, each in one query for all."""
    ids = [row["id"] for row in rows]
    parts = {
        "answers": _by_handoff(HandoffAnswer, ids, ANSWER),
        "promises": _by_handoff(Promise, ids, PROMISE),
        "agenda": _by_handoff(AgendaItem, ids, AGENDA),
    }
    return [row | {name: found[row["id"]] for name, found in parts.items()} for row in rows]


def _by_handoff(model: Any, ids: list[int], columns: tuple[str, ...]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in model.objects.filter(handoff__in=ids).order_by("id").values("handoff_id", *columns):
        found[row["handoff_id"]].append(row)
    return found


def _picked(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names}


class AnswerEntry(Versioned):
    example: ClassVar[dict[str, Any]] = {"text": "Order entry takes two days; it should take two hours."}

    text = Text(LONGEST, required=False)
    not_known = serializers.BooleanField(required=False, help_text="Ask at the kickoff; empties the answer.")
    due_on = Day(required=False, allow_null=True, help_text="Of the critical event.")
    consequence = Text(LONGEST, required=False, help_text="Of the critical event.")


class ByQuestion(serializers.DictField):
    """Something for each question; what isn't one is named beside what is wrong with the others."""

    def run_child_validation(self, data: Any) -> Any:
        wrong: dict[str, Any] = {code: [NO_QUESTION] for code in data if code not in BY_CODE}
        try:
            said = super().run_child_validation({code: data[code] for code in data if code in BY_CODE})
        except serializers.ValidationError as error:
            raise serializers.ValidationError(together(error.detail, wrong)) from error
        if wrong:
            raise serializers.ValidationError(wrong)
        return said


class WithAnswers(Entry):
    answers = ByQuestion(child=AnswerEntry(), required=False, help_text="By question: " + ", ".join(BY_CODE) + ".")


class HandoffEntry(WithAnswers, OfAccount):
    example: ClassVar[dict[str, Any]] = {
        "account_external_id": "001A0000", "rep": "sam@example.com", "committed_on": "2026-11-02",
        "answers": {"pain": {"text": "Order entry takes two days."}, "red_flags": {"not_known": True}},
    }  # fmt: skip

    rep = Member(help_text="Whose deal it is.")
    committed_on = Day()
    csm = Member(required=False, allow_null=True)
    kickoff_on = Day(required=False, allow_null=True)


class HandoffChange(WithAnswers, Versioned):
    """Fields and questions that are left out stay as they are."""

    rep = Member(required=False)
    committed_on = Day(required=False)
    csm = Member(required=False, allow_null=True)
    kickoff_on = Day(required=False, allow_null=True)


class Submission(Versioned):
    csm = Member(required=False, allow_null=True, help_text="Who should take it; whoever takes it, if left out.")
    kickoff_on = Day(required=False, allow_null=True)


class Acceptance(Versioned):
    csm = Member(required=False, allow_null=True, help_text="Whose account it becomes; the one proposed, if left out.")


class Reassignment(Versioned):
    rep = Member(help_text="Whose deal it is from now on.")


class DealDropping(Versioned):
    example: ClassVar[dict[str, Any]] = {"reason": "They stay with what they have for another year."}

    reason = Text(1000, required=True, help_text="Why the deal fell through.")


class Return(Versioned):
    example: ClassVar[dict[str, Any]] = {"reasons": {"impact_rational": "By how much, and who measures it?"}}

    reasons = ByQuestion(child=Text(LONGEST), help_text="By question: what to add or to ask.")


class PromiseEntry(Entry):
    text = Text(300, required=True)
    kind = serializers.ChoiceField(choices=PromiseKind.choices, required=False)
    due_on = Day(required=False, allow_null=True)


class Settlement(Versioned):
    outcome = serializers.ChoiceField(choices=PromiseOutcome.choices)
    note = Text(300, required=False, help_text="Needed where it wasn't kept as made.")


class AgendaAnswer(Versioned):
    text = Text(LONGEST, required=True)
    said_by = Id(required=False, allow_null=True, help_text="The id of the contact who answered.")
    due_on = Day(required=False, allow_null=True, help_text="Of the critical event.")
    consequence = Text(LONGEST, required=False, help_text="Of the critical event.")

    def validate_said_by(self, pk: int | None) -> Contact | None:
        return contact_of(pk)
