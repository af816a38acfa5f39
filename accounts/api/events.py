"""Events: the timeline, and the notes and conversations that other systems add to it."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import notes
from accounts.api.fields import Instant, OfAccount, Person, Text
from accounts.api.filters import EventFilters
from accounts.api.resource import Readable, Shape
from accounts.models import Event
from accounts.registry import tell
from accounts.roles import Permission

PLAIN = ("id", "kind", "facts", "occurred_at", "recorded_at")


class EventShape(Shape):
    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="What happened, as noun.past_tense.")
    account = serializers.IntegerField(allow_null=True, help_text="The account's id; null for the workspace itself.")
    actor = Person(allow_null=True, help_text="Who did it; null for CSOM itself.")
    summary = serializers.CharField(help_text="The event in one sentence.")
    facts = serializers.DictField()
    occurred_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: row[name] for name in PLAIN}
        shown["account"] = row["account_id"]
        shown["actor"] = row["actor"]
        shown["summary"] = tell(row["kind"], row["facts"])
        return shown


class NoteEntry(OfAccount):
    """All but the note count as contact with the customer."""

    example: ClassVar[dict[str, Any]] = {
        "account_external_id": "001A0000", "kind": "call", "body": "They open a second site in May.",
    }  # fmt: skip

    kind = serializers.ChoiceField(choices=sorted(notes.KINDS))
    body = Text(notes.LONGEST, required=True, help_text="Markdown.")
    occurred_at = Instant(required=False, help_text="When it took place; now if left out.")


@extend_schema(tags=["events"])
@extend_schema_view(
    list=extend_schema(summary="List events", description="Newest first."),
    retrieve=extend_schema(summary="Read an event"),
    create=extend_schema(summary="Add a note, call, e-mail or meeting"),
)
class EventResource(Readable):
    noun = "event"
    queryset = Event.objects.all()
    filterset_class = EventFilters
    shape = EventShape
    people = ("actor",)
    columns = (*PLAIN, "account_id")
    entries = {"create": NoteEntry}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.NOTE_ADD,
    }

    def order(self, request: Request) -> tuple[str, ...]:
        return ("-occurred_at", "-id")

    def create(self, request: Request) -> Response:
        values = self.said()
        return self.answer(notes.add(values.pop("account"), **values, by=self.by).pk, 201)
