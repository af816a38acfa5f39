"""Critical events: found, changed, settled; their timeline, their message, their silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions.errors import refuse
from accounts.api.resource import Readable
from accounts.calendar import local_today
from accounts.roles import Permission
from journeys.critical_events.actions import events, messages, nurtures
from journeys.critical_events.api import shapes
from journeys.critical_events.models import CriticalEvent
from journeys.critical_events.timelines import Layout, lay_out, message_of, steps_of

SOURCE = "api"


@extend_schema(tags=["critical events"])
@extend_schema_view(
    list=extend_schema(summary="List critical events"),
    retrieve=extend_schema(summary="Read a critical event"),
    create=extend_schema(summary="Keep a critical event of an account"),
    partial_update=extend_schema(summary="Change a critical event; its steps move along"),
)
class CriticalEventResource(Readable):
    noun = "critical event"
    queryset = CriticalEvent.objects.all()
    filterset_class = shapes.CriticalEventFilters
    shape = shapes.CriticalEventShape
    people = shapes.PEOPLE
    columns = (
        *shapes.PLAIN, "account_id", "value_minor", "currency", "said_by_id", "said_by__name", "entry_id", "meeting_id",
    )  # fmt: skip
    entries = {
        "create": shapes.EventEntry, "partial_update": shapes.EventChange, "reach": shapes.Settling,
        "miss": shapes.Settling, "withdraw": shapes.Withdrawing, "reopen": shapes.Reopening,
        "dark": shapes.Darkening, "answered": shapes.Nothing, "sent": shapes.Sending,
    }  # fmt: skip
    permissions = dict.fromkeys(("list", "retrieve", "timeline", "message"), Permission.ACCOUNT_VIEW) | dict.fromkeys(
        ("create", "partial_update", "reach", "miss", "withdraw", "reopen", "dark", "answered", "sent"),
        Permission.PLAN_EDIT,
    )

    def create(self, request: Request) -> Response:
        values = self.said()
        values.pop("version", None)
        account = values.pop("account")
        event = events.find(account, _worth(values, account.currency), by=self.by, source=SOURCE)
        return self.answer(event.pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        event = self.found(pk=int(pk))
        version = self.version(values)
        events.edit(event, _worth(values, event.currency), by=self.by, source=SOURCE, version=version)
        return self.answer(event.pk)

    @extend_schema(summary="They were in time")
    @action(detail=True, methods=["post"])
    def reach(self, request: Request, pk: str) -> Response:
        return self._settle(pk, events.reach)

    @extend_schema(summary="They missed it")
    @action(detail=True, methods=["post"])
    def miss(self, request: Request, pk: str) -> Response:
        return self._settle(pk, events.miss)

    @extend_schema(summary="It no longer matters to them")
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        return self._settle(pk, events.withdraw)

    @extend_schema(summary="It is still ahead")
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        return self._settle(pk, events.reopen)

    @extend_schema(summary="They have gone dark: stories go on as tasks", responses=shapes.CriticalEventShape)
    @action(detail=True, methods=["post"])
    def dark(self, request: Request, pk: str) -> Response:
        values = self.said()
        event = self.found(pk=int(pk))
        nurtures.begin(event, values.pop("stories"), by=self.by, **values)
        return self.answer(event.pk)

    @extend_schema(summary="They answered: no more stories", responses=shapes.CriticalEventShape)
    @action(detail=True, methods=["post"])
    def answered(self, request: Request, pk: str) -> Response:
        self.said()
        event = self.found(pk=int(pk))
        nurtures.end(event, by=self.by, answered=True)
        return self.answer(event.pk)

    @extend_schema(summary="Keep a message about it as sent", responses=shapes.CriticalEventShape)
    @action(detail=True, methods=["post"])
    def sent(self, request: Request, pk: str) -> Response:
        values = self.said()
        event = self.found(pk=int(pk))
        messages.sent(event, by=self.by, **values)
        return self.answer(event.pk)

    @extend_schema(summary="Read the way back from the event to today", responses=shapes.TimelineShape)
    @action(detail=True, methods=["get"], filter_backends=[], pagination_class=None)
    def timeline(self, request: Request, pk: str) -> Response:
        return Response(_timeline(self._layout(pk)))

    @extend_schema(summary="Read the short message about it", responses=shapes.MessageShape)
    @action(detail=True, methods=["get"], filter_backends=[], pagination_class=None)
    def message(self, request: Request, pk: str) -> Response:
        subject, text = message_of(self._layout(pk), to="", sender=self.by.name, us=self.tenant.name)
        return Response({"subject": subject, "text": text})

    def _layout(self, pk: str) -> Layout:
        event = self.found(pk=int(pk))
        return lay_out(event, steps_of(event), local_today(self.tenant))

    def _settle(self, pk: str, verb: Callable[..., CriticalEvent]) -> Response:
        values = self.said()
        event = self.found(pk=int(pk))
        version = self.version(values)
        verb(event, **values, by=self.by, version=version)
        return self.answer(event.pk)


def _worth(values: dict[str, Any], currency: str) -> dict[str, Any]:
    """`value` as the model keeps it: in the account's own currency alone."""
    if "value" not in values:
        return values
    value = values.pop("value")
    if value is not None and value["currency"] != currency:
        raise refuse("value", f"The values of this account are in {currency}.")
    return values | {"value_minor": value["minor"] if value else None}


def _timeline(layout: Layout) -> dict[str, Any]:
    line = layout.timeline
    named = ("state", "start_by", "finish_by", "expected_finish", "room", "threatened", "endangers_event")
    steps = [
        {"id": row.step.pk, "title": row.step.title, "endangers": list(row.at.endangers)}
        | {name: getattr(row.at, name) for name in named}
        for row in layout.rows
    ]
    return {
        "event_on": line.event_on, "earliest_on": line.earliest_on, "late_by": line.late_by, "steps": steps,
    }  # fmt: skip
