"""Meetings as other systems say them."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from accounts.api.contacts import contact_of
from accounts.api.fields import Day, Entry, Id, Instant, Member, OfAccount, Text, Versioned
from accounts.models import Contact
from journeys.meetings.actions.attendees import Guest
from journeys.meetings.models import GoalMet, Kind, StepSide

NOTES = 50_000


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


class AboutNextStep(Entry):
    side = serializers.ChoiceField(choices=StepSide.choices, required=False, help_text="Of the owner, if left out.")
    user = Member(required=False, allow_null=True)
    contact = Id(required=False, allow_null=True)

    def validate_contact(self, pk: int | None) -> Contact | None:
        return contact_of(pk)


class NextStepEntry(AboutNextStep):
    example: ClassVar[dict[str, Any]] = {
        "what": "Send the template",
        "user": "cass@example.com",
        "due_on": "2027-03-09",
    }

    what = Text(200, required=True)
    due_on = Day()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"side": StepSide.THEM if attrs.get("contact") else StepSide.US} | attrs


class NextStepChange(AboutNextStep, Versioned):
    """Fields that are left out stay as they are; a new owner takes the place of the old one."""

    what = Text(200, required=False, allow_blank=False)
    due_on = Day(required=False)
