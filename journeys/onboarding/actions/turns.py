"""One tenant's turn: what customers confirmed and usage showed ends onboarding; kickoffs that were held set the clock.

The rows are the queue. The note only says where to look, and is taken down once nothing is left to do.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Now, TruncDate

from accounts.actions.errors import Conflict, Refused
from accounts.calendar import local_today
from accounts.models import Event, Tenant, TenantWork
from accounts.tenancy.context import tenant_context
from journeys.meetings.models import Kind, Meeting, MeetingStatus
from journeys.onboarding.actions import first_impact, kickoffs
from journeys.onboarding.models import FirstImpact, ReachedHow
from journeys.plans.models import Confirmation, ObjectiveStatus

KIND = "first_impact"
SEEN_IN_USAGE = "usage.criterion_met"
MOST = 500
logger = logging.getLogger(__name__)


def waiting_tenants() -> list[int]:
    due = TenantWork.objects.filter(kind=KIND, due_at__lte=Now())
    return list(due.order_by("tenant_id").values_list("tenant_id", flat=True).distinct())


def turn(tenant_id: int) -> int:
    """How many First Impacts were reached and kickoffs noted, each in a transaction of its own."""
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None:
        return 0
    with tenant_context(tenant):
        notes = list(_notes(tenant_id).order_by("pk").values_list("pk", flat=True))
    done = _all(tenant, to_note(tenant), _note) + _all(tenant, to_reach(), _reach)
    with tenant_context(tenant):
        # Somebody else holds a row: whoever it is may die, so one note stays.
        left = to_note(tenant).exists() or to_reach().exists()
        TenantWork.objects.filter(pk__in=notes[:-1] if left else notes).delete()
    return done


def to_reach() -> QuerySet[FirstImpact]:
    """Open ones that the customer has confirmed, or that usage has shown."""
    seen = _met().filter(account=OuterRef("account"), impact=OuterRef("pk"))
    there = Q(objective__status=ObjectiveStatus.CONFIRMED) | Exists(seen)
    return FirstImpact.objects.open().filter(there).order_by("pk")


def to_note(tenant: Tenant) -> QuerySet[FirstImpact]:
    """Those whose kickoff was held, and nobody has said so here; one of a journey before is history."""
    held = _held(tenant).filter(account=OuterRef("account"), day__gte=OuterRef("committed_on"))
    return FirstImpact.objects.open().filter(Exists(held), kickoff_on=None).order_by("pk")


def _all(tenant: Tenant, rows: QuerySet[FirstImpact], act: Callable[[FirstImpact], Any]) -> int:
    """One after the other; one that is refused is left for a person, and doesn't stop those behind it."""
    done, last = 0, 0
    for _ in range(MOST):
        try:
            with tenant_context(tenant):
                row = rows.filter(pk__gt=last).select_for_update(of=("self",), skip_locked=True).first()
                if row is None:
                    break
                last = row.pk
                act(row)
                done += 1
        except (Refused, Conflict) as refused:
            logger.warning("first impact %s of tenant %s: %s", last, tenant.pk, refused)
    return done


def _reach(row: FirstImpact) -> None:
    word = Confirmation.objects.filter(objective=row.objective_id).first() if row.objective_id else None
    if word is not None:
        at, how = word.confirmed_at, ReachedHow.CONFIRMED
        evidence = f"{word.name}: {word.statement}" if word.statement else f"Confirmed by {word.name}."
    else:
        event = _met().get(account=row.account_id, impact=row.pk)
        at, how = event.occurred_at, ReachedHow.USAGE
        evidence = f"“{row.event}” {event.facts.get('times')} times by {event.facts.get('users')} people."
    first_impact.reach(row, on=_day(row, at), how=how, evidence=evidence, by=None)


def _note(row: FirstImpact) -> None:
    held = _held(row.tenant).filter(account=row.account_id, day__gte=row.committed_on)
    meeting = held.order_by("started_at").first()
    assert meeting is not None
    assert meeting.started_at is not None
    kickoff = kickoffs.prepare(row.account, by=meeting.ended_by)
    kickoffs.hold(kickoff, on=_day(row, meeting.started_at), meeting=meeting, by=meeting.ended_by)


def _met() -> QuerySet[Any]:
    """What usage said, with the `impact` that it speaks of."""
    number = Cast(KeyTextTransform("first_impact_id", "facts"), BigIntegerField())
    return Event.objects.filter(kind=SEEN_IN_USAGE).annotate(impact=number)


def _held(tenant: Tenant) -> QuerySet[Any]:
    """Kickoffs that took place, with their `day` on the tenant's wall."""
    rows = Meeting.objects.filter(kind=Kind.KICKOFF, status=MeetingStatus.HELD)
    return rows.annotate(day=TruncDate("started_at", tzinfo=tenant.zone))


def _day(row: FirstImpact, at: dt.datetime) -> dt.date:
    """The day on the tenant's wall, and never before the commitment."""
    return max(local_today(row.tenant, at), row.committed_on)


def _notes(tenant_id: int) -> QuerySet[TenantWork]:
    return TenantWork.objects.filter(tenant_id=tenant_id, kind=KIND, due_at__lte=Now())
