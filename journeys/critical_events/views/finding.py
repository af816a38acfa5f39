"""Every page that names an event, or something of it, by id looks it up here: what isn't visible isn't there."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model
from django.http import Http404

from accounts.access import MemberRequest, visible_accounts
from journeys.critical_events.models import CriticalEvent, CriticalEventQuerySet, Stakeholder, TimelineStep
from journeys.critical_events.timelines import RELATED

M = TypeVar("M", bound=Model)
OF_ACCOUNT = ("account", "account__csm", "account__ae", "account__delivery", "account__parent")


def visible_events(request: MemberRequest) -> CriticalEventQuerySet:
    events: CriticalEventQuerySet = CriticalEvent.objects.filter(account__in=visible_accounts(request))
    return events


def event_or_404(request: MemberRequest, pk: int) -> CriticalEvent:
    rows = visible_events(request).select_related(*OF_ACCOUNT, "said_by", "meeting", "settled_by", "created_by")
    found: CriticalEvent | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404("No such critical event")
    return found


def step_or_404(request: MemberRequest, pk: int) -> TimelineStep:
    return _part_or_404(request, TimelineStep, pk, *RELATED)


def stakeholder_or_404(request: MemberRequest, pk: int) -> Stakeholder:
    return _part_or_404(request, Stakeholder, pk, "contact")


def _part_or_404(request: MemberRequest, model: type[M], pk: int, *named: str) -> M:
    rows = model._default_manager.filter(event__account__in=visible_accounts(request))
    of_event = [f"event__{name}" for name in OF_ACCOUNT]
    found: M | None = rows.select_related("event", *of_event, *named).filter(pk=pk).first()
    if found is None:
        raise Http404("Nothing of a critical event has this id")
    return found
