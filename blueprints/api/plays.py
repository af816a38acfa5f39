"""Plays: read, written, tried, switched on and off, asked why not; in and out as YAML."""

from __future__ import annotations

from typing import Any

import django_filters as df
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Id
from accounts.api.filters import Choices
from accounts.api.resource import Readable
from accounts.calendar import local_today
from accounts.models import Account
from accounts.registry import known_facts
from accounts.roles import Permission
from blueprints import rules
from blueprints.actions import documents, matching, plays, why
from blueprints.api.play_shapes import (
    BroughtShape,
    FileEntry,
    FileShape,
    PlayChange,
    PlayEntry,
    PlayPreviewEntry,
    PlayPreviewShape,
    PlayShape,
    SwitchEntry,
    WhyNotShape,
)
from blueprints.models import Play, PlayKind, PlayState, PlayVersion

FIRST = 20


class PlayFilters(df.FilterSet):
    code = df.CharFilter()
    state = Choices(choices=PlayState.choices)
    kind = Choices(choices=PlayKind.choices)
    trigger = df.CharFilter(help_text="The kind of event that the play listens to.")

    class Meta:
        model = Play
        fields: tuple[str, ...] = ()


ACCOUNT = OpenApiParameter("account", int, required=True, description="The id of the account.")


@extend_schema(tags=["plays"])
@extend_schema_view(
    list=extend_schema(summary="List plays"),
    retrieve=extend_schema(summary="Read a play"),
    create=extend_schema(summary="Make a play", description="It is a draft until it is switched on."),
    partial_update=extend_schema(
        summary="Revise a play", description="A new version. Open matches fire nothing again."
    ),
)
class PlayResource(Readable):
    noun = "play"
    queryset = Play.objects.all()
    filterset_class = PlayFilters
    shape = PlayShape
    columns = (
        "id", "code", "name", "kind", "because", "trigger", "state", "stopped_because", "on_since", "version",
    )  # fmt: skip
    entries = {
        "create": PlayEntry,
        "partial_update": PlayChange,
        "switch_on": SwitchEntry,
        "preview": PlayPreviewEntry,
        "bring": FileEntry,
    }
    permissions = {
        "list": Permission.PLAY_VIEW, "retrieve": Permission.PLAY_VIEW, "why_not": Permission.PLAY_VIEW,
        "export": Permission.PLAY_VIEW, "create": Permission.PLAY_EDIT, "partial_update": Permission.PLAY_EDIT,
        "switch_on": Permission.PLAY_EDIT, "shadow": Permission.PLAY_EDIT, "pause": Permission.PLAY_EDIT,
        "preview": Permission.PLAY_EDIT, "bring": Permission.PLAY_EDIT,
    }  # fmt: skip

    def shown(self, rows: Any) -> list[dict[str, Any]]:
        page = list(rows)
        return [row | {"wording": words.get(row["id"])} for words in [wordings(page)] for row in page]

    def create(self, request: Request) -> Response:
        return self.answer(plays.create(self.said(), by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        play, version, confirmed = self.found(pk=int(pk)), self.version(values), values.pop("confirmed", None)
        plays.revise(play, values, by=self.by, version=version, confirmed=confirmed)
        return self.answer(play.pk)

    @extend_schema(
        summary="Switch a play on",
        description="Where it would start for many accounts at once, it is refused with their number to confirm.",
        request=SwitchEntry,
        responses={200: PlayShape},
    )
    @action(detail=True, methods=["post"], url_path="switch-on")
    def switch_on(self, request: Request, pk: str) -> Response:
        said, play = self.said(), self.found(pk=int(pk))
        plays.switch_on(play, by=self.by, confirmed=said.get("confirmed"), already=said.get("already", "run"))
        return self.answer(play.pk)

    @extend_schema(summary="Put a play into the shadow", request=None, responses={200: PlayShape})
    @action(detail=True, methods=["post"])
    def shadow(self, request: Request, pk: str) -> Response:
        play = self.found(pk=int(pk))
        plays.shadow(play, by=self.by)
        return self.answer(play.pk)

    @extend_schema(summary="Pause a play", request=None, responses={200: PlayShape})
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        play = self.found(pk=int(pk))
        plays.pause(play, by=self.by)
        return self.answer(play.pk)

    @extend_schema(summary="Try conditions on today", request=PlayPreviewEntry, responses={200: PlayPreviewShape})
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        conditions = self.said()["conditions"]
        if problems := rules.validate(conditions, known_facts(), of_event=False):
            raise ValidationError({"conditions": problems})
        count, first = matching.would_match(conditions, day=local_today(self.tenant), most=FIRST)
        return Response({"count": count, "first": [{"id": account.pk, "name": account.name} for account in first]})

    @extend_schema(
        summary="Ask why a play doesn't fire at an account",
        parameters=[ACCOUNT], filters=False, responses={200: WhyNotShape},
    )  # fmt: skip
    @action(detail=True, methods=["get"], url_path="why-not", pagination_class=None, filter_backends=())
    def why_not(self, request: Request, pk: str) -> Response:
        play = self.found(pk=int(pk))
        try:
            asked = Id().run_validation(request.query_params.get("account"))
        except ValidationError as error:
            raise ValidationError({"account": error.detail}) from error
        account = Account.objects.present().filter(pk=asked).first()
        if account is None:
            raise NotFound("There is no such account.")
        return Response(WhyNotShape.of_answer(why.not_(play, account)))

    @extend_schema(summary="Write all plays as YAML", filters=False, responses={200: FileShape})
    @action(detail=False, methods=["get"], pagination_class=None, filter_backends=())
    def export(self, request: Request) -> Response:
        return Response({"yaml": documents.export(Play.objects.all())})

    @extend_schema(
        summary="Bring plays in from YAML",
        description="New plays are drafts; known ones, by their code, get a new version. All of them, or none.",
        request=FileEntry,
        responses={200: BroughtShape},
    )
    @action(detail=False, methods=["post"], url_path="import")
    def bring(self, request: Request) -> Response:
        brought = documents.bring(self.said()["yaml"], by=self.by)
        of: dict[str, list[str]] = {"created": [], "revised": [], "unchanged": []}
        for one in brought:
            of["created" if one.is_new else "revised" if one.changed else "unchanged"].append(one.play.code)
        return Response(of)


def wordings(page: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The wording of today of each play of a page."""
    newest = PlayVersion.objects.filter(play__in=[row["id"] for row in page]).order_by("play_id", "-number")
    said = ("number", "conditions", "exit", "steps", "guards")
    return {row.play_id: {name: getattr(row, name) for name in said} for row in newest.distinct("play_id")}
