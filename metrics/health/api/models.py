"""Health models for other systems: drafted, tried on today's portfolio, published."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions.errors import Refused, refuse
from accounts.api.fields import Entry, NothingEntry, Text, Versioned
from accounts.api.resource import Readable, Shape
from accounts.calendar import local_today
from accounts.roles import Permission
from metrics.health import previewing
from metrics.health.actions import models, versions
from metrics.health.api.definitions import DefinitionShape
from metrics.health.models import HealthModel, HealthVersion, State


class VersionShape(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=State.choices)
    note = serializers.CharField()
    shadow = serializers.BooleanField(help_text="A draft that scores beside the live version.")
    published_at = serializers.DateTimeField(allow_null=True)
    retired_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Counts its changes.")
    definition = DefinitionShape()


class HealthModelShape(Shape):
    id = serializers.IntegerField()
    key = serializers.CharField()
    name = serializers.CharField()
    position = serializers.IntegerField(help_text="The first that applies scores.")
    applies = serializers.DictField(help_text="A tree of tests over facts; {} is every account.")
    archived_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()
    versions = VersionShape(many=True)

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row


class HealthModelEntry(Entry):
    example: ClassVar[dict[str, Any]] = {
        "name": "Enterprise",
        "applies": {"all": [{"fact": "account.segment", "in": ["Enterprise"]}]},
        "definition": {"pillars": [{
            "key": "impact", "label": "Impact", "weight": 100,
            "measures": [{"key": "champion", "label": "Champion present", "weight": 100,
                          "fact": "people.champion_present", "how": {"yes": 100, "no": 0}}],
        }]},
    }  # fmt: skip

    name = Text(80, required=True)
    key = serializers.RegexField(r"^[-a-zA-Z0-9_]+\Z", max_length=40, required=False, help_text="Made from the name.")
    applies = serializers.JSONField(required=False, help_text="A tree of tests over facts; {} is every account.")
    definition = serializers.JSONField(help_text="As an answer shows it.")


class HealthModelChange(Versioned):
    """Fields that are left out stay as they are."""

    name = Text(80, required=False)
    applies = serializers.JSONField(required=False)


class DraftEntry(Entry):
    """Becomes the model's draft, in place of the one that is there."""

    definition = serializers.JSONField()
    note = Text(300, required=False)


class PreviewEntry(Entry):
    definition = serializers.JSONField(required=False, help_text="Without: the draft's, else the live one's.")


class CountShape(serializers.Serializer):
    healthy = serializers.IntegerField()
    symptoms = serializers.IntegerField()
    at_risk = serializers.IntegerField()
    unknown = serializers.IntegerField()


class ChangeShape(serializers.Serializer):
    account_id = serializers.IntegerField()
    name = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    score_before = serializers.IntegerField(allow_null=True)
    score_after = serializers.IntegerField(allow_null=True)


class PreviewShape(serializers.Serializer):
    """What would change today; nothing is written."""

    before = CountShape()
    after = CountShape()
    scored = serializers.IntegerField(help_text="Accounts that this model would score, former customers aside.")
    changing = serializers.IntegerField(help_text="Accounts that would change band, former customers aside.")
    first = ChangeShape(many=True, help_text="The largest steps first.")


class HealthModelFilters(df.FilterSet):
    key = df.CharFilter(help_text="Its key.")

    class Meta:
        model = HealthModel
        fields: list[str] = []


@extend_schema(tags=["health"])
@extend_schema_view(
    list=extend_schema(summary="List health models"),
    retrieve=extend_schema(summary="Read a health model with its versions"),
    create=extend_schema(summary="Add a health model", description="Its definition becomes a draft."),
    partial_update=extend_schema(summary="Change a health model’s name or accounts"),
)
class HealthModelResource(Readable):
    noun = "health model"
    queryset = HealthModel.objects.all()
    filterset_class = HealthModelFilters
    shape = HealthModelShape
    columns = ("id", "key", "name", "position", "applies", "archived_at", "version")
    entries = {
        "create": HealthModelEntry, "partial_update": HealthModelChange, "draft": DraftEntry, "preview": PreviewEntry,
        "publish": NothingEntry, "retire": NothingEntry, "archive": NothingEntry,
    }  # fmt: skip
    permissions = {"list": Permission.ACCOUNT_VIEW, "retrieve": Permission.ACCOUNT_VIEW} | dict.fromkeys(
        ("create", "partial_update", "draft", "preview", "publish", "retire", "archive"), Permission.HEALTH_EDIT
    )

    def shown(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        page = list(rows)
        found: dict[int, list[dict[str, Any]]] = {}
        names = ("id", "number", "state", "note", "shadow", "published_at", "retired_at", "version", "definition")
        versions = HealthVersion.objects.filter(model__in=[row["id"] for row in page]).order_by("-number")
        for each in versions.values("model_id", *names):
            found.setdefault(each.pop("model_id"), []).append(each)
        return [row | {"versions": found.get(row["id"], [])} for row in page]

    def create(self, request: Request) -> Response:
        values = self.said()
        definition = values.pop("definition")
        with _inside_definition():
            model = models.add(values, definition, by=self.by)
        return self.answer(model.pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        model = self.found(pk=int(pk))
        models.edit(model, values, by=self.by, version=self.version(values))
        return self.answer(model.pk)

    @extend_schema(summary="Write a health model’s draft")
    @action(detail=True, methods=["post"])
    def draft(self, request: Request, pk: str) -> Response:
        values, model = self.said(), self.found(pk=int(pk))
        draft = versions.draft(model, by=self.by)
        with _inside_definition():
            versions.edit_draft(draft, values["definition"], note=values.get("note"), by=self.by)
        return self.answer(model.pk)

    @extend_schema(summary="Try a definition on today’s portfolio", responses=PreviewShape)
    @action(detail=True, methods=["post"])
    def preview(self, request: Request, pk: str) -> Response:
        values, model = self.said(), self.found(pk=int(pk))
        given = values.get("definition")
        newest = model.versions.exclude(state=State.RETIRED).order_by("-number").first()
        definition: Any = given if given is not None else newest.definition if newest else None
        with _inside_definition():
            versions.accept(definition)
        found = previewing.preview(model, definition, today=local_today(self.tenant))
        first = [vars(each) for each in found.first]
        return Response({"before": found.before, "after": found.after, "scored": found.scored,
                         "changing": found.changing, "first": first})  # fmt: skip

    @extend_schema(summary="Publish a health model’s draft", description="Refused until all who were asked signed.")
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:
        self.said()
        versions.publish(self._version(pk, State.DRAFT, "There is no draft."), by=self.by)
        return self.answer(int(pk))

    @extend_schema(summary="Retire a health model’s live version")
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        self.said()
        versions.retire(self._version(pk, State.PUBLISHED, "Nothing is published."), by=self.by)
        return self.answer(int(pk))

    @extend_schema(summary="Archive a health model")
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        self.said()
        models.archive(self.found(pk=int(pk)), by=self.by)
        return self.answer(int(pk))

    def _version(self, pk: str, state: State, otherwise: str) -> HealthVersion:
        model = self.found(pk=int(pk))
        version: HealthVersion | None = model.versions.filter(state=state).select_related("model").first()
        if version is None:
            raise refuse("", otherwise)
        return version


class _inside_definition:
    """Problems of a definition lie under its own name in the answer."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, Refused):
            own = {"name", "key", "applies", ""}
            errors = {path if path in own else f"definition.{path}": texts for path, texts in error.errors.items()}
            raise Refused(errors) from error
