"""Meetings as other systems read them: agenda, attendees of both sides, what came out."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rest_framework import serializers

from accounts.api.fields import Person
from accounts.api.resource import Shape
from journeys.meetings.models import (
    AgendaPoint,
    Attendee,
    Decision,
    GoalMet,
    Kind,
    MeetingStatus,
    NextStep,
    StepSide,
)  # fmt: skip

PLAIN = (
    "id", "kind", "title", "goal", "starts_at", "ends_at", "place", "is_async", "status", "started_at", "ended_at",
    "cancelled_at", "cancel_reason", "notes", "notes_version", "goal_met", "ready_to_go_on", "next_outcome",
    "next_people", "next_async", "sequence", "created_at", "version", "updated_at",
)  # fmt: skip
PEOPLE = ("organizer", "started_by", "ended_by")
POINT = ("id", "title", "minutes", "done_at")
ATTENDEE = ("id", "user_id", "contact_id", "role", "context", "attended")
DECISION = ("id", "text", "created_at")
STEP = ("id", "what", "side", "user_id", "contact_id", "due_on", "task_id", "step_id", "version")


class AgendaPointShape(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    minutes = serializers.IntegerField()
    done_at = serializers.DateTimeField(allow_null=True)


class AttendeeShape(serializers.Serializer):
    id = serializers.IntegerField()
    user = serializers.IntegerField(allow_null=True, help_text="The id of one of us; or else there is a contact.")
    contact = serializers.IntegerField(allow_null=True, help_text="The id of one of them.")
    role = serializers.CharField(help_text="Their part in this meeting.")
    context = serializers.CharField(help_text="What they know of the engagement.")  # type: ignore[assignment]
    attended = serializers.BooleanField(allow_null=True, help_text="Null as long as nobody has said.")


class DecisionShape(serializers.Serializer):
    id = serializers.IntegerField()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class NextStepShape(serializers.Serializer):
    id = serializers.IntegerField()
    what = serializers.CharField()
    side = serializers.ChoiceField(choices=StepSide.choices)
    user = serializers.IntegerField(allow_null=True)
    contact = serializers.IntegerField(allow_null=True)
    due_on = serializers.DateField()
    task = serializers.IntegerField(allow_null=True, help_text="The id of the task, where the step is ours.")
    plan_step = serializers.IntegerField(
        allow_null=True, help_text="Its id in the Joint Impact Plan, where it is theirs."
    )
    version = serializers.IntegerField()


class MeetingShape(Shape):
    id = serializers.IntegerField()
    account = serializers.IntegerField(help_text="The account's id.")
    account_external_id = serializers.CharField(allow_null=True)
    account_name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    title = serializers.CharField()
    goal = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    place = serializers.CharField()
    is_async = serializers.BooleanField(help_text="Answered in writing, without a call.")
    organizer = Person()
    follows = serializers.IntegerField(allow_null=True, help_text="The id of the meeting that it goes on from.")
    status = serializers.ChoiceField(choices=MeetingStatus.choices)
    started_at = serializers.DateTimeField(allow_null=True)
    started_by = Person(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_by = Person(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    cancel_reason = serializers.CharField()
    notes = serializers.CharField(help_text="Internal.")
    notes_version = serializers.IntegerField(help_text="Notes count their own versions.")
    goal_met = serializers.ChoiceField(choices=GoalMet.choices, allow_blank=True)
    ready_to_go_on = serializers.BooleanField(allow_null=True)
    next_outcome = serializers.CharField()
    next_people = serializers.CharField()
    next_async = serializers.BooleanField(allow_null=True)
    sequence = serializers.IntegerField(help_text="How often calendars were told of a change.")
    agenda = AgendaPointShape(many=True)
    attendees = AttendeeShape(many=True)
    decisions = DecisionShape(many=True)
    next_steps = NextStepShape(many=True)
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        """From a row of `.values()` that went through `with_parts`."""
        shown = {name: row[name] for name in (*PLAIN, *PEOPLE)}
        shown["account"] = row["account_id"]
        shown["account_external_id"] = row["account__external_id"]
        shown["account_name"] = row["account__name"]
        shown["follows"] = row["follows_id"]
        for name in ("agenda", "attendees", "decisions", "next_steps"):
            shown[name] = [_named(part) for part in row[name]]
        return shown


def with_parts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with agenda, attendees, decisions and next steps, each in one query for all."""
    ids = [row["id"] for row in rows]
    parts = {
        "agenda": _by_meeting(AgendaPoint, ids, POINT, "position"),
        "attendees": _by_meeting(Attendee, ids, ATTENDEE, "id"),
        "decisions": _by_meeting(Decision, ids, DECISION, "id"),
        "next_steps": _by_meeting(NextStep, ids, STEP, "id"),
    }
    return [row | {name: found[row["id"]] for name, found in parts.items()} for row in rows]


def _by_meeting(model: Any, ids: list[int], columns: tuple[str, ...], order: str) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in model.objects.filter(meeting__in=ids).order_by(order).values("meeting_id", *columns):
        found[row.pop("meeting_id")].append(row)
    return found


def _named(part: dict[str, Any]) -> dict[str, Any]:
    """Ids under the names that callers say."""
    names = {"user_id": "user", "contact_id": "contact", "task_id": "task", "step_id": "plan_step"}
    return {names.get(name, name): value for name, value in part.items()}
