"""Meetings as other systems say and read them: agenda, attendees of both sides, what came out."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.api.contacts import contact_of
from accounts.api.fields import Day, Entry, Id, Instant, Member, OfAccount, Person, Text, Versioned
from accounts.api.resource import Shape
from accounts.models import Contact
from journeys.meetings.actions.attendees import Guest
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
NOTES = 50_000


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


class AgendaPointEntry(Entry):
    title = Text(200, required=True)
    minutes = serializers.IntegerField(min_value=1, max_value=480, required=False, help_text="10, if left out.")


class GuestEntry(Entry):
    """One of us or one of them."""

    user = Member(required=False)
    contact = Id(required=False, help_text="The id of a contact of this account.")
    role = Text(120, required=False)
    context = Text(2000, required=False, help_text="What they know of the engagement.")  # type: ignore[assignment]

    def validate_contact(self, pk: int) -> Contact | None:
        return contact_of(pk)

    def wrong(self, data: Any, values: dict[str, Any]) -> dict[str, list[str]]:
        named = {"user", "contact"} & data.keys()
        return {} if len(named) == 1 else {"user": ["Name either a user or a contact."]}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        who = attrs.get("user") or attrs.get("contact")
        return {"guest": Guest(who, attrs.get("role", ""), attrs.get("context", ""))} if who else attrs


class AboutMeeting(Entry):
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    goal = Text(400, required=False)
    place = Text(400, required=False)
    is_async = serializers.BooleanField(required=False)
    organizer = Member(required=False, help_text="Whoever made the key, if left out.")
    agenda = AgendaPointEntry(many=True, required=False, help_text="In its order; replaces the one that is there.")
    attendees = GuestEntry(many=True, required=False, help_text="The list from now on; who stays keeps what is known.")


class MeetingEntry(AboutMeeting, OfAccount):
    example: ClassVar[dict[str, Any]] = {
        "account_external_id": "001A0000", "kind": "kickoff", "title": "Kickoff", "goal": "Agree on June.",
        "starts_at": "2027-03-02T14:00:00Z", "ends_at": "2027-03-02T15:00:00Z",
        "agenda": [{"title": "Goals", "minutes": 20}], "attendees": [{"user": "cass@example.com", "role": "Hosts"}],
    }  # fmt: skip

    title = Text(200, required=True)
    starts_at = Instant()
    ends_at = Instant()


class MeetingChange(AboutMeeting, Versioned):
    """Fields that are left out stay as they are."""

    title = Text(200, required=False, allow_blank=False)
    starts_at = Instant(required=False)
    ends_at = Instant(required=False)


class NotesEntry(Versioned):
    """`version` is the notes' own, `notes_version`."""

    notes = serializers.CharField(max_length=NOTES, allow_blank=True, trim_whitespace=False)


class Closing(Versioned):
    example: ClassVar[dict[str, Any]] = {"goal_met": "yes", "next_outcome": "The data is in.", "next_async": False}

    goal_met = serializers.ChoiceField(choices=GoalMet.choices)
    ready_to_go_on = serializers.BooleanField(required=False, allow_null=True)
    next_outcome = Text(400, required=False)
    next_people = Text(400, required=False)
    next_async = serializers.BooleanField(required=False, allow_null=True)
    attended = serializers.ListField(
        child=Id(), required=False, max_length=200, help_text="Ids of attendees who were there; all, if left out."
    )


class Cancelling(Versioned):
    reason = Text(300, required=False, help_text="Whoever was invited reads it.")


class NoBody(Entry):
    """No body is needed."""


class DecisionEntry(Entry):
    text = Text(500, required=True)


class NextStepEntry(Entry):
    example: ClassVar[dict[str, Any]] = {
        "what": "Send the template",
        "user": "cass@example.com",
        "due_on": "2027-03-09",
    }

    what = Text(200, required=True)
    side = serializers.ChoiceField(choices=StepSide.choices, required=False, help_text="Of the owner, if left out.")
    user = Member(required=False, allow_null=True)
    contact = Id(required=False, allow_null=True)
    due_on = Day()

    def validate_contact(self, pk: int | None) -> Contact | None:
        return contact_of(pk)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"side": StepSide.THEM if attrs.get("contact") else StepSide.US} | attrs
