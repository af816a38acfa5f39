"""SPICED entries: what is known about an account, by letter, said once and never rewritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.contacts import contact_of
from accounts.api.fields import Day, Entry, Id, OfAccount, Person, Text
from accounts.api.filters import Choices, Ids, Instants
from accounts.api.resource import Readable, Shape
from accounts.calendar import local_today
from accounts.models import Contact
from accounts.roles import Permission
from journeys.actions import spiced
from journeys.models import SpicedConfirmation, SpicedEntry
from journeys.spiced import CHOICES, IMPACTS, KINDS, SOURCES

PLAIN = (
    "id", "letter", "kind", "statement", "due_on", "consequence", "source", "source_ref", "evidence", "occurred_on",
    "recorded_at",
)  # fmt: skip
LONGEST = 20_000
# A handoff and a kickoff write their own statements; nobody else speaks for them.
SAYABLE = [choice for choice in SOURCES if choice[0] not in ("handoff", "kickoff")]


class SpicedFilters(df.FilterSet):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    letter = Choices(choices=CHOICES)
    standing = df.BooleanFilter(method="by_standing", help_text="true: what nobody has corrected; false: what was.")
    recorded_since = Instants("recorded_at", "gte")

    class Meta:
        model = SpicedEntry
        fields: tuple[str, ...] = ()

    def by_standing(self, entries: QuerySet[SpicedEntry], name: str, value: bool) -> QuerySet[SpicedEntry]:
        return entries.filter(replacements__isnull=value)


class SaidBy(serializers.Serializer):
    """A contact of the account."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class ConfirmationShape(serializers.Serializer):
    contact = SaidBy()
    confirmed_at = serializers.DateTimeField()


class SpicedEntryShape(Shape):
    id = serializers.IntegerField()
    account = serializers.IntegerField(help_text="The account's id.")
    letter = serializers.ChoiceField(choices=CHOICES)
    kind = serializers.ChoiceField(choices=KINDS, allow_blank=True, help_text="Of an impact, or of a decision.")
    statement = serializers.CharField()
    due_on = serializers.DateField(allow_null=True, help_text="Of a critical event.")
    consequence = serializers.CharField(help_text="Of a critical event: what it costs to miss it.")
    said_by = SaidBy(allow_null=True, help_text="The contact who said it.")
    written_by = Person(allow_null=True)
    source = serializers.ChoiceField(choices=SOURCES)  # type: ignore[assignment]
    source_ref = serializers.CharField()
    evidence = serializers.CharField()
    occurred_on = serializers.DateField()
    recorded_at = serializers.DateTimeField()
    replaces = serializers.IntegerField(allow_null=True, help_text="The id of the statement that this one corrects.")
    replaced_by = serializers.IntegerField(allow_null=True, help_text="The id of the statement that corrects this one.")
    confirmations = ConfirmationShape(many=True, help_text="Who at the customer agreed.")

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        """From a row of `.values()` with `confirmations`, the rows of its confirmations."""
        shown = {name: row[name] for name in PLAIN}
        shown["account"] = row["account_id"]
        shown["said_by"] = row["said_by_id"] and {"id": row["said_by_id"], "name": row["said_by__name"]}
        shown["written_by"] = row["written_by"]
        shown["replaces"] = row["replaces_id"]
        shown["replaced_by"] = row["replacements__id"]
        shown["confirmations"] = [
            {"contact": {"id": one["contact_id"], "name": one["contact__name"]}, "confirmed_at": one["confirmed_at"]}
            for one in row["confirmations"]
        ]
        return shown


class Statement(Entry):
    statement = Text(LONGEST, required=True)
    kind = serializers.ChoiceField(choices=IMPACTS, required=False, help_text="Of an impact, and needed there.")
    due_on = Day(required=False, allow_null=True, help_text="Of a critical event.")
    consequence = Text(LONGEST, required=False, help_text="Of a critical event.")
    said_by = Id(required=False, allow_null=True, help_text="The id of the contact who said it.")
    source = serializers.ChoiceField(choices=SAYABLE, required=False, help_text="api, if left out.")  # type: ignore[assignment]
    source_ref = Text(80, required=False, help_text="Where to find it in your system.")
    evidence = Text(LONGEST, required=False)
    occurred_on = Day(required=False, help_text="When it was said; today if left out.")

    def validate_said_by(self, pk: int | None) -> Contact | None:
        return contact_of(pk)


class SpicedEntryEntry(Statement, OfAccount):
    example: ClassVar[dict[str, Any]] = {
        "account_external_id": "001A0000", "letter": "critical_event", "statement": "The new plant opens",
        "due_on": "2027-03-01", "consequence": "Orders are taken by hand until it works", "source": "meeting",
    }  # fmt: skip

    letter = serializers.ChoiceField(choices=CHOICES)


class Confirming(Entry):
    contact = Id(help_text="The id of the contact who agrees.")

    def validate_contact(self, pk: int) -> Contact | None:
        return contact_of(pk)


@extend_schema(tags=["spiced"])
@extend_schema_view(
    list=extend_schema(summary="List SPICED entries"),
    retrieve=extend_schema(summary="Read a SPICED entry"),
    create=extend_schema(summary="Add a statement to an account's SPICED record"),
)
class SpicedResource(Readable):
    noun = "SPICED entry"
    queryset = SpicedEntry.objects.all()
    filterset_class = SpicedFilters
    shape = SpicedEntryShape
    people = ("written_by",)
    columns = (
        *PLAIN, "account_id", "said_by_id", "said_by__name", "replaces_id",
        "replacements__id",
    )  # fmt: skip
    entries = {"create": SpicedEntryEntry, "correct": Statement, "confirm": Confirming}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.SPICED_WRITE,
        "correct": Permission.SPICED_WRITE,
        "confirm": Permission.SPICED_WRITE,
    }

    def shown(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """With the confirmations of all rows in one query."""
        page = self.with_people(rows)
        confirmed = defaultdict(list)
        found = SpicedConfirmation.objects.filter(entry__in=[row["id"] for row in page])
        for one in found.order_by("id").values("entry_id", "contact_id", "contact__name", "confirmed_at"):
            confirmed[one["entry_id"]].append(one)
        return [self.shape.of(row | {"confirmations": confirmed[row["id"]]}) for row in page]

    def create(self, request: Request) -> Response:
        values = self._told()
        account, letter, statement = (values.pop(name) for name in ("account", "letter", "statement"))
        return self.answer(spiced.say(account, letter, statement, by=self.by, **values).pk, 201)

    @extend_schema(summary="Correct a statement: say it anew in its place", responses={201: SpicedEntryShape})
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        values = self._told()
        entry = spiced.correct(self.found(pk=int(pk)), values.pop("statement"), by=self.by, **values)
        return self.answer(entry.pk, 201)

    @extend_schema(summary="Note that a contact agrees with a statement")
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        values = self.said()
        entry = self.found(pk=int(pk))
        spiced.confirm(entry, contact=values["contact"], by=self.by)
        return self.answer(entry.pk)

    def _told(self) -> dict[str, Any]:
        return {"source": "api", "occurred_on": local_today(self.tenant)} | self.said()


routes: list[tuple[str, type[GenericViewSet], str]] = [("spiced-entries", SpicedResource, "spiced-entry")]
