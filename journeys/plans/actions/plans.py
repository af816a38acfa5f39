"""The loop of a plan: drafted out of what is known, worded, agreed, reviewed, closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.db.models.functions import Now

from accounts.actions import tasks
from accounts.actions.errors import named_refusals, refuse
from accounts.actions.validity import check_change, only
from accounts.actions.writing import change, told
from accounts.calendar import local_today
from accounts.models import Account, Contact, Phase, TaskStatus, User
from journeys.actions import journeys
from journeys.models import Journey
from journeys.plans.actions import drafts, templates, versions
from journeys.plans.actions.standing import of_account, open_, tell
from journeys.plans.models import Agreement, Plan, PlanStatus, PlanTemplate, PlanVersion, Step

EDITABLE = ("north_star", "currency", "review_weeks", "next_review_on")
FRESH = 60  # days since the commitment
CLOSED = "The plan was closed."


@transaction.atomic
def draft(
    account: Account, *, by: User | None, now: dt.datetime | None = None, template: PlanTemplate | None = None
) -> Plan:
    """The account's open plan, or a new one out of its standing SPICED entries and the template that fits best."""
    row = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    standing: Plan | None = Plan.objects.open().filter(account=row).first()
    if standing is not None:
        return standing
    if row.phase == Phase.ENDED:
        raise refuse("", "This account has ended; a new plan begins with a new commitment.")
    journey = _journey(row, by, now)
    plan = Plan.objects.create(
        account=row, journey=journey, currency=row.currency, created_by=by, **({"created_at": now} if now else {})
    )
    today = local_today(row.tenant, now)
    drafts.fill(plan, template or templates.for_account(row, today=today), start=_start(journey, today), by=by, now=now)
    tell("plan.drafted", plan, by, occurred_at=now)
    return plan


@transaction.atomic
def edit(plan: Plan, values: Mapping[str, Any], *, by: User | None, version: int | None = None) -> Plan:
    """Changes north_star, currency, review_weeks, next_review_on. Stale `version`: Conflict; closed: Refused."""
    row = open_(plan)
    given = only(values, EDITABLE)
    check_change(row, given)
    if changed := change(row, given, version=version):
        tell("plan.edited", row, by, **told(changed))
    return row


@transaction.atomic
def agree(
    plan: Plan,
    *,
    by: User | None = None,
    contact: Contact | None = None,
    name: str = "",
    note: str = "",
    now: dt.datetime | None = None,
) -> tuple[PlanVersion, Agreement]:
    """One side's yes to the plan as it stands: of `contact` where one is given (noted by `by`), else of `by`.

    The first yes puts the plan into force. A plan that says the same as its last version makes no new one; the same
    person's second yes to one version is refused.
    """
    row = open_(plan)
    of_account(row, contact, "contact")
    if by is None and contact is None:
        raise refuse("", "Say who agrees.")
    version = versions.current(row, note=note, by=by, now=now)
    person: dict[str, Any] = {"contact": contact} if contact else {"user": by}
    signed = (name or str((contact or by).name)).strip()  # type: ignore[union-attr]
    with named_refusals(Agreement):
        agreement = Agreement.objects.create(
            plan_version=version, name=signed, **person, **({"agreed_at": now} if now else {})
        )
    today = local_today(row.tenant, now)
    change(row, {"status": PlanStatus.RUNNING, "next_review_on": row.next_review_on or _next(row, today)})
    side = "them" if contact else "us"
    facts = {"number": version.number, "version_id": version.pk, "name": signed, "side": side, "note": note.strip()}
    tell("plan.agreed", row, by, contact, occurred_at=now, **facts)
    return version, agreement


@transaction.atomic
def review(
    plan: Plan,
    *,
    on: dt.date,
    note: str,
    by: User | None,
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Plan:
    """Gone through on this day; the next one falls due after the plan's own rhythm."""
    row = open_(plan)
    if on > local_today(row.tenant):
        raise refuse("on", "This day is still to come.")
    if not note.strip():
        raise refuse("note", "Say in a line what came of it.")
    if row.reviewed_on and on < row.reviewed_on:
        raise refuse("on", "The plan was reviewed on a later day already.")
    then = _next(row, on)
    change(row, {"reviewed_on": on, "next_review_on": then}, version=version)
    tell(
        "plan.reviewed", row, by, occurred_at=now, on=on.isoformat(), note=note.strip(), next_review_on=then.isoformat()
    )
    return row


@transaction.atomic
def close(
    plan: Plan, *, reason: str = "", by: User | None, version: int | None = None, now: dt.datetime | None = None
) -> Plan:
    """Over: nothing in it changes any more, and what was still to do for it is dropped from people's tasks."""
    row = open_(plan)
    for step in Step.objects.filter(plan=row, task__status=TaskStatus.OPEN).select_related("task__account"):
        if step.task is not None:
            tasks.drop(step.task, reason=CLOSED, by=by, now=now)
    values = {"status": PlanStatus.CLOSED, "closed_at": now or Now(), "closed_by": by}
    change(row, values, version=version)
    tell("plan.closed", row, by, occurred_at=now, reason=reason.strip() or "no reason given")
    return row


def _journey(account: Account, by: User | None, now: dt.datetime | None) -> Journey:
    """An account that came without one began its journey with its first contract, or today."""
    running: Journey | None = Journey.objects.running().filter(account=account).first()
    if running is not None:
        return running
    signed: dt.date | None = account.contracts.aggregate(on=Min("signed_on"))["on"]
    return journeys.begin(account, committed_on=signed or local_today(account.tenant, now), by=by, now=now)


def _start(journey: Journey, today: dt.date) -> dt.date:
    """A plan for a journey long under way would be born overdue: its days count from now."""
    return journey.committed_on if (today - journey.committed_on).days <= FRESH else today


def _next(plan: Plan, day: dt.date) -> dt.date:
    return day + dt.timedelta(weeks=plan.review_weeks)
