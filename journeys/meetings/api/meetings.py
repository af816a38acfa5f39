"""Meetings: scheduled, started, closed, cancelled, with all that comes out of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters as df
from django.db.models import Model
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.filters import Choices, Ids, UpdatedSince
from accounts.api.resource import Readable
from accounts.roles import Permission
from journeys.meetings.actions import agenda, attendees, invitations, meetings, outcomes
from journeys.meetings.api.entries import (
    Cancelling,
    Closing,
    DecisionEntry,
    MeetingChange,
    MeetingEntry,
    NextStepChange,
    NextStepEntry,
    NoBody,
    NotesEntry,
)  # fmt: skip
from journeys.meetings.api.shapes import PEOPLE, PLAIN, MeetingShape, with_parts
from journeys.meetings.models import Kind, Meeting, MeetingStatus

EDIT = Permission.MEETING_EDIT
STEP = OpenApiParameter("step", OpenApiTypes.INT, OpenApiParameter.PATH, description="The next step's id.")


class MeetingFilters(UpdatedSince):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    organizer = Ids(field_name="organizer_id", help_text="The id of the organizer.")
    status = Choices(choices=MeetingStatus.choices)
    kind = Choices(choices=Kind.choices)
    starts_from = df.IsoDateTimeFilter("starts_at", "gte", help_text="Starts at this instant or later.")
    starts_before = df.IsoDateTimeFilter("starts_at", "lt", help_text="Starts before this instant.")

    class Meta:
        model = Meeting
        fields: tuple[str, ...] = ()


@extend_schema(tags=["meetings"])
@extend_schema_view(
    list=extend_schema(summary="List meetings"),
    retrieve=extend_schema(summary="Read a meeting"),
    create=extend_schema(summary="Schedule a meeting", description="Nobody is mailed: see `invite`."),
    partial_update=extend_schema(
        summary="Change a meeting", description="Whoever has the invitation hears of another time, title or place."
    ),
)
class MeetingResource(Readable):
    noun = "meeting"
    queryset = Meeting.objects.all()
    filterset_class = MeetingFilters
    shape = MeetingShape
    people = PEOPLE
    columns = (*PLAIN, "account_id", "account__external_id", "account__name", "follows_id")
    entries = {
        "create": MeetingEntry, "partial_update": MeetingChange, "start": NoBody, "close": Closing,
        "cancel": Cancelling, "invite": NoBody, "notes": NotesEntry, "decide": DecisionEntry,
        "next_step": NextStepEntry, "change_step": NextStepChange,
    }  # fmt: skip
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": EDIT,
        "partial_update": EDIT,
        "start": EDIT,
        "close": EDIT,
        "cancel": EDIT,
        "invite": EDIT,
        "notes": EDIT,
        "decide": EDIT,
        "next_step": EDIT,
        "change_step": EDIT,
    }

    def shown(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [self.shape.of(row) for row in with_parts(self.with_people(rows))]

    def shown_again(self, row: Model) -> dict[str, Any]:
        """A point, an attendee or a step is shown with its meeting."""
        return self.one(pk=getattr(row, "meeting_id", row.pk))

    def create(self, request: Request) -> Response:
        values = self.said()
        account, points = values.pop("account"), values.pop("agenda", [])
        guests = [each["guest"] for each in values.pop("attendees", [])]
        meeting = meetings.schedule(account, values, points, guests, by=self.by)
        return self.answer(meeting.pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        meeting = self.found(pk=int(pk))
        version, points, guests = self.version(values), values.pop("agenda", None), values.pop("attendees", None)
        meeting = meetings.edit(meeting, values, by=self.by, version=version)
        if points is not None:
            agenda.lay_down(meeting, points)
        if guests is not None:
            attendees.set_list(meeting, [each["guest"] for each in guests])
        return self.answer(meeting.pk)

    @extend_schema(summary="Start a meeting: its clock runs")
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        self.said()
        meeting = self.found(pk=int(pk))
        meetings.start(meeting, by=self.by)
        return self.answer(meeting.pk)

    @extend_schema(summary="Close a meeting with the answers to the closing questions")
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        values = self.said()
        meeting = self.found(pk=int(pk))
        version = self.version(values)
        meetings.close(meeting, **values, by=self.by, version=version)
        return self.answer(meeting.pk)

    @extend_schema(summary="Cancel a meeting")
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        values = self.said()
        meeting = self.found(pk=int(pk))
        version = self.version(values)
        meetings.cancel(meeting, **values, by=self.by, version=version)
        return self.answer(meeting.pk)

    @extend_schema(summary="Mail the invitation to everybody who hasn't got it as it is now")
    @action(detail=True, methods=["post"])
    def invite(self, request: Request, pk: str) -> Response:
        self.said()
        meeting = self.found(pk=int(pk))
        invitations.send(meeting, by=self.by)
        return self.answer(meeting.pk)

    @extend_schema(summary="Keep the notes of a meeting")
    @action(detail=True, methods=["put"])
    def notes(self, request: Request, pk: str) -> Response:
        values = self.said()
        meeting = self.found(pk=int(pk))
        meetings.note(meeting, values["notes"], by=self.by, version=values.get("version"))
        return self.answer(meeting.pk)

    @extend_schema(summary="Write down a decision")
    @action(detail=True, methods=["post"], url_path="decisions")
    def decide(self, request: Request, pk: str) -> Response:
        values = self.said()
        outcomes.decide(self.found(pk=int(pk)), values["text"], by=self.by)
        return self.answer(int(pk))

    @extend_schema(summary="Agree on a next step: a task of ours, or a step of theirs in the plan")
    @action(detail=True, methods=["post"], url_path="next-steps")
    def next_step(self, request: Request, pk: str) -> Response:
        values = self.said()
        outcomes.next_step(self.found(pk=int(pk)), values, by=self.by)
        return self.answer(int(pk))

    @extend_schema(summary="Change a next step: what, who, by when", parameters=[STEP])
    @action(detail=True, methods=["patch"], url_path=r"next-steps/(?P<step>[0-9]{1,18})")
    def change_step(self, request: Request, pk: str, step: str) -> Response:
        values = self.said(partial=True)
        found = self.found(pk=int(pk)).next_steps.select_related("meeting").filter(pk=int(step)).first()
        if found is None:
            raise NotFound
        version = self.version(values)
        outcomes.edit_step(found, values, by=self.by, version=version)
        return self.answer(int(pk))


routes: list[tuple[str, type[GenericViewSet], str]] = [("meetings", MeetingResource, "meeting")]
