"""Handoffs: the rep's answers by question, and the loop of submit, return and accept."""

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
from journeys.onboarding.actions import agenda, handoffs, promises
from journeys.onboarding.api.entries import (
    PEOPLE,
    PLAIN,
    Acceptance,
    AgendaAnswer,
    AnswerEntry,
    DealDropping,
    HandoffChange,
    HandoffEntry,
    HandoffShape,
    PromiseEntry,
    Reassignment,
    Return,
    Settlement,
    Submission,
    with_parts,
)  # fmt: skip
from journeys.onboarding.models import AgendaItem, Handoff, HandoffStatus, Promise
from journeys.onboarding.questions import BY_CODE

NUMBER = "[0-9]{1,18}"
PROMISE = OpenApiParameter("promise", OpenApiTypes.INT, OpenApiParameter.PATH, description="The promise's id.")
ITEM = OpenApiParameter("item", OpenApiTypes.INT, OpenApiParameter.PATH, description="The id of the agenda's point.")
QUESTION = OpenApiParameter("question", OpenApiTypes.STR, OpenApiParameter.PATH, enum=list(BY_CODE))


class HandoffFilters(UpdatedSince):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    rep = Ids(field_name="rep_id", help_text="The id of the sales rep.")
    csm = Ids(field_name="csm_id", help_text="The id of the CSM.")
    status = Choices(choices=HandoffStatus.choices)
    committed_from = df.DateFilter("committed_on", "gte", help_text="Committed on or after this day.")
    committed_before = df.DateFilter("committed_on", "lt", help_text="Committed before this day.")

    class Meta:
        model = Handoff
        fields: tuple[str, ...] = ()


@extend_schema(tags=["handoffs"])
@extend_schema_view(
    list=extend_schema(summary="List handoffs"),
    retrieve=extend_schema(summary="Read a handoff"),
    create=extend_schema(summary="Open a handoff"),
    partial_update=extend_schema(summary="Change a handoff or its answers"),
)
class HandoffResource(Readable):
    noun = "handoff"
    queryset = Handoff.objects.all()
    filterset_class = HandoffFilters
    shape = HandoffShape
    people = PEOPLE
    columns = (
        *PLAIN, "account_id", "account__external_id", "account__name",
    )  # fmt: skip
    entries = {
        "create": HandoffEntry, "partial_update": HandoffChange, "answer_question": AnswerEntry, "submit": Submission,
        "accept": Acceptance, "give_back": Return, "promise": PromiseEntry, "settle": Settlement,
        "answer_agenda": AgendaAnswer, "reassign": Reassignment, "drop": DealDropping,
    }  # fmt: skip
    permissions = {
        "list": Permission.HANDOFF_VIEW,
        "retrieve": Permission.HANDOFF_VIEW,
        "create": Permission.HANDOFF_WRITE,
        "partial_update": Permission.HANDOFF_WRITE,
        "answer_question": Permission.HANDOFF_WRITE,
        "submit": Permission.HANDOFF_WRITE,
        "promise": Permission.HANDOFF_WRITE,
        "reassign": Permission.HANDOFF_WRITE,
        "drop": Permission.HANDOFF_WRITE,
        "accept": Permission.HANDOFF_DECIDE,
        "give_back": Permission.HANDOFF_DECIDE,
        "settle": Permission.HANDOFF_DECIDE,
        "answer_agenda": Permission.SPICED_WRITE,
    }

    def shown(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [self.shape.of(row) for row in with_parts(self.with_people(rows))]

    def shown_again(self, row: Model) -> dict[str, Any]:
        """An answer, a promise or a point of the agenda is shown with its handoff."""
        return self.one(pk=getattr(row, "handoff_id", row.pk))

    def create(self, request: Request) -> Response:
        values = self.said()
        account, rep, committed_on = (values.pop(name) for name in ("account", "rep", "committed_on"))
        answers = values.pop("answers", {})
        handoff = handoffs.open(account, rep=rep, committed_on=committed_on, by=self.by)
        if values:
            handoffs.edit(handoff, values, by=self.by)
        self._answer(handoff, answers)
        return self.answer(handoff.pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        handoff = self.found(pk=int(pk))
        version, answers = self.version(values), values.pop("answers", {})
        if values or version is not None:
            handoffs.edit(handoff, values, by=self.by, version=version)
        self._answer(handoff, answers)
        return self.answer(handoff.pk)

    @extend_schema(summary="Answer one question", parameters=[QUESTION])
    @action(detail=True, methods=["put"], url_path="answers/(?P<question>[a-z_]{1,40})")
    def answer_question(self, request: Request, pk: str, question: str) -> Response:
        values = self.said()
        handoff = self.found(pk=int(pk))
        if question not in BY_CODE:
            raise NotFound("A handoff doesn't ask this.")
        self._answer(handoff, {question: values | {"version": self.version(values)}})
        return self.answer(handoff.pk)

    @extend_schema(summary="Hand the account over", description="Refused with every question that is still open.")
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        return self._move(pk, handoffs.submit)

    @extend_schema(summary="Take the account over: onboarding begins")
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        return self._move(pk, handoffs.accept)

    @extend_schema(summary="Return the handoff to the rep, with reasons by question")
    @action(detail=True, methods=["post"], url_path="return")
    def give_back(self, request: Request, pk: str) -> Response:
        return self._move(pk, handoffs.return_)

    @extend_schema(summary="Give the deal to another rep")
    @action(detail=True, methods=["post"])
    def reassign(self, request: Request, pk: str) -> Response:
        return self._move(pk, handoffs.reassign)

    @extend_schema(summary="Drop the handoff: the deal fell through")
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        return self._move(pk, handoffs.drop)

    @extend_schema(summary="Write down what was promised in the sale")
    @action(detail=True, methods=["post"], url_path="promises")
    def promise(self, request: Request, pk: str) -> Response:
        values = self.said()
        handoff = self.found(pk=int(pk))
        promises.make(handoff, values.pop("text"), by=self.by, **values)
        return self.answer(handoff.pk)

    @extend_schema(summary="Say what became of a promise", parameters=[PROMISE])
    @action(detail=True, methods=["post"], url_path=f"promises/(?P<promise>{NUMBER})/settle")
    def settle(self, request: Request, pk: str, promise: str) -> Response:
        values = self.said()
        found = self._part(Promise, pk, promise, "promise")
        version = self.version(values)
        promises.settle(found, values["outcome"], note=values.get("note", ""), by=self.by, version=version)
        return self.answer(found.handoff_id)

    @extend_schema(summary="Answer a point of the kickoff's agenda", parameters=[ITEM])
    @action(detail=True, methods=["post"], url_path=f"agenda/(?P<item>{NUMBER})/answer")
    def answer_agenda(self, request: Request, pk: str, item: str) -> Response:
        values = self.said()
        found = self._part(AgendaItem, pk, item, "point of the agenda")
        version = self.version(values)
        agenda.answer(found, values.pop("text"), by=self.by, version=version, **values)
        return self.answer(found.handoff_id)

    def _move(self, pk: str, verb: Any) -> Response:
        values = self.said()
        handoff = self.found(pk=int(pk))
        version = self.version(values)
        verb(handoff, **values, by=self.by, version=version)
        return self.answer(handoff.pk)

    def _answer(self, handoff: Handoff, answers: dict[str, Any]) -> None:
        for question, said in answers.items():
            handoffs.answer(handoff, question, **said, by=self.by)

    def _part(self, model: Any, pk: str, part: str, noun: str) -> Any:
        found = model.objects.filter(pk=int(part), handoff=int(pk)).first()
        if found is None:
            raise NotFound(f"There is no such {noun}.")
        return found


routes: list[tuple[str, type[GenericViewSet], str]] = [("handoffs", HandoffResource, "handoff")]
