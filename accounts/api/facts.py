"""Facts: what can be asked about an account, what other systems push of their own, and what is known of one."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import external_facts, fact_values
from accounts.api.fields import Entry, Text, Versioned
from accounts.api.filters import ExternalFactFilters
from accounts.api.resource import Readable, Resource, Shape
from accounts.calendar import local_today
from accounts.models import ExternalFact, ExternalType
from accounts.registry import Fact, FactType, known_facts
from accounts.roles import Permission

TYPES = [(kind.value, kind.value) for kind in FactType]


class FactShape(Shape):
    name = serializers.CharField(help_text="As conditions and health models say it, such as `contract.renewal_on`.")
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.ChoiceField(choices=TYPES)
    unit = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField(), help_text="Of a choice: the values.")
    fresh_days = serializers.IntegerField(allow_null=True, help_text="Older than so many days, it isn't trusted.")
    help = serializers.CharField()

    @staticmethod
    def of_fact(fact: Fact) -> dict[str, Any]:
        return {
            "name": fact.name, "label": str(fact.label), "type": fact.type.value, "unit": str(fact.unit),
            "choices": [str(value) for value, _label in fact.choices], "fresh_days": fact.fresh_days,
            "help": str(fact.help),
        }  # fmt: skip


class FactsShape(Shape):
    results = FactShape(many=True)


class ValueEntry(serializers.Serializer):
    """Described for the reader; thousands of them are read faster than one by one."""

    account_external_id = serializers.CharField(required=False, help_text="The account's id in your system.")
    account_id = serializers.IntegerField(required=False, help_text="Or its id here.")
    key = serializers.CharField(help_text="Key of an external fact.")
    value = serializers.JSONField(help_text="Of the fact's type; null: no longer known.")
    observed_on = serializers.DateField(required=False, help_text="Today unless said. An older day changes nothing.")


class ValuesEntry(Entry):
    """A batch of values; each names its account and its fact."""

    example: ClassVar[dict[str, Any]] = {
        "facts": [{"account_external_id": "001A0000", "key": "open_tickets", "value": 3, "observed_on": "2026-03-31"}]
    }

    facts = ValueEntry(many=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        said = data.get("facts") if isinstance(data, dict) else None
        if not isinstance(said, list) or set(data) != {"facts"}:
            raise serializers.ValidationError({"facts": ["Send {“facts”: […]} and nothing else."]})
        if not 0 < len(said) <= fact_values.MOST:
            raise serializers.ValidationError({"facts": [f"Between 1 and {fact_values.MOST:,} values."]})
        return {"facts": said}


class WrongShape(serializers.Serializer):
    index = serializers.IntegerField(help_text="Its place in the batch, from 0.")
    field = serializers.CharField(help_text="What of it is wrong; empty: the row as a whole.")
    reason = serializers.CharField()


class PushedShape(Shape):
    changed = serializers.IntegerField(help_text="Values that are new.")
    kept = serializers.IntegerField(help_text="Values that were known already, or older than what is known.")
    refused = WrongShape(many=True)


@extend_schema(tags=["facts"])
class FactResource(Resource):
    """Beside the router, which knows no PUT of a list."""

    noun = "fact"
    queryset = ExternalFact.objects.all()
    shape = FactsShape
    pagination_class = None
    filter_backends = ()
    entries = {"push": ValuesEntry}
    permissions = {"known": Permission.ACCOUNT_VIEW, "push": Permission.USAGE_EDIT}

    @extend_schema(operation_id="facts_list", summary="List what can be asked about an account", responses=FactsShape)
    def known(self, request: Request) -> Response:
        return Response({"results": [FactShape.of_fact(fact) for fact in known_facts().values()]})

    @extend_schema(
        operation_id="facts_push",
        summary="Send values of external facts",
        description="What can be taken is taken, and the rest is named. Sent twice, nothing changes.",
        request=ValuesEntry,
        responses={200: PushedShape},
    )
    def push(self, request: Request) -> Response:
        today = local_today(self.tenant)
        answer = fact_values.push(self.said()["facts"], reader=self.key, today=today)
        refused = [{"index": wrong.index, "field": wrong.field, "reason": wrong.reason} for wrong in answer.refused]
        return Response({"changed": answer.changed, "kept": answer.kept, "refused": refused})


class ExternalFactShape(Shape):
    id = serializers.IntegerField()
    key = serializers.CharField(help_text="In conditions it is `ext.<key>`.")
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.ChoiceField(choices=ExternalType.choices)
    unit = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())
    fresh_days = serializers.IntegerField(allow_null=True)
    active = serializers.BooleanField()
    version = serializers.IntegerField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row


class ExternalFactChange(Versioned):
    """Fields that are left out stay as they are; key and type always do."""

    label = Text(80, required=False, allow_blank=False)  # type: ignore[assignment]
    unit = Text(30, required=False)
    choices = serializers.ListField(child=serializers.CharField(max_length=80), required=False, max_length=100)
    fresh_days = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=3_650)
    active = serializers.BooleanField(required=False)


class ExternalFactEntry(Entry):
    example: ClassVar[dict[str, Any]] = {
        "label": "Open critical tickets", "key": "open_tickets", "type": "number", "unit": "tickets", "fresh_days": 3,
    }  # fmt: skip

    label = Text(80, required=True)  # type: ignore[assignment]
    type = serializers.ChoiceField(choices=ExternalType.choices)
    key = serializers.RegexField(r"^[-a-zA-Z0-9_]+\Z", max_length=40, required=False, help_text="Made from the label.")
    unit = Text(30, required=False)
    choices = serializers.ListField(child=serializers.CharField(max_length=80), required=False, max_length=100)
    fresh_days = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=3_650)
    active = serializers.BooleanField(required=False)


@extend_schema(tags=["facts"])
@extend_schema_view(
    list=extend_schema(summary="List external facts"),
    retrieve=extend_schema(summary="Read an external fact"),
    create=extend_schema(summary="Define an external fact"),
    partial_update=extend_schema(summary="Change an external fact"),
)
class ExternalFactResource(Readable):
    noun = "external fact"
    queryset = ExternalFact.objects.all()
    filterset_class = ExternalFactFilters
    shape = ExternalFactShape
    columns = ("id", "key", "label", "type", "unit", "choices", "fresh_days", "active", "version")
    entries = {"create": ExternalFactEntry, "partial_update": ExternalFactChange}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.FACT_EDIT,
        "partial_update": Permission.FACT_EDIT,
    }

    def create(self, request: Request) -> Response:
        return self.answer(external_facts.define(self.said(), by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        fact = self.found(pk=int(pk))
        external_facts.edit(fact, values, by=self.by, version=self.version(values))
        return self.answer(fact.pk)
