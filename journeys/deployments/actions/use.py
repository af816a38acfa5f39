"""Hours and costs: written down once, corrected by rows of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from accounts.actions.errors import named_refusals, refuse
from accounts.actions.validity import check, only, settled
from accounts.models import User
from journeys.deployments.actions.standing import locked, not_ahead, tell, today_of
from journeys.deployments.models import Cost, Deployment, Status, TimeEntry

TIME = ("user", "worked_on", "hours", "note", "activity")
COST = ("what", "spent_on", "amount_minor")
LONGEST_DAY = Decimal(24)


@transaction.atomic
def log(
    deployment: Deployment, values: Mapping[str, Any], *, by: User | None, today: dt.date | None = None,
    now: dt.datetime | None = None,
) -> TimeEntry:  # fmt: skip
    """`values`: user, worked_on, hours, note, activity. Hours may still come in after the close."""
    row = _usable(deployment)
    at = {"recorded_at": now} if now else {}
    entry = TimeEntry(deployment=row, recorded_by=by, **only(values, TIME), **at)
    check(entry)
    not_ahead(entry.worked_on, today_of(row, today), "worked_on")
    if not 0 < entry.hours <= LONGEST_DAY:
        raise refuse("hours", "More than nothing, and at most 24 hours.")
    if entry.activity is not None and entry.activity.deployment_id != row.pk:
        raise refuse("activity", "This activity belongs to another deployment.")
    with named_refusals(TimeEntry):
        entry.save(force_insert=True)
    tell("deployment.hours_logged", row, by, now=now, hours=_plain(entry.hours), who=str(entry.user))
    return settled(entry)


@transaction.atomic
def correct(entry: TimeEntry, *, hours: Decimal, note: str, by: User | None) -> TimeEntry:
    """What the entry should say; a row with the difference stands beside it, and nothing is rewritten."""
    row = _usable(entry.deployment)
    first = entry.corrects or entry
    if not 0 <= hours <= LONGEST_DAY:
        raise refuse("hours", "From none to 24 hours.")
    if not note.strip():
        raise refuse("note", "Say why.")
    before = first.hours + (first.corrections.aggregate(n=Sum("hours"))["n"] or 0)
    if hours == before:
        raise refuse("hours", f"It says {_plain(before)} h already.")
    fixed = TimeEntry(
        deployment=row, activity=first.activity, user=first.user, worked_on=first.worked_on, hours=hours - before,
        note=note.strip(), corrects=first, recorded_by=by,
    )  # fmt: skip
    check(fixed)
    fixed.save(force_insert=True)
    tell("deployment.hours_corrected", row, by, hours=_plain(fixed.hours), note=fixed.note)
    return settled(fixed)


@transaction.atomic
def spend(deployment: Deployment, values: Mapping[str, Any], *, by: User | None, today: dt.date | None = None) -> Cost:
    """`values`: what, spent_on, amount_minor in the deployment's currency."""
    row = _usable(deployment)
    cost = Cost(deployment=row, recorded_by=by, **only(values, COST))
    check(cost)
    not_ahead(cost.spent_on, today_of(row, today), "spent_on")
    if cost.amount_minor <= 0:
        raise refuse("amount_minor", "More than nothing.")
    cost.save(force_insert=True)
    tell("deployment.cost_noted", row, by, what=cost.what, amount_minor=cost.amount_minor, currency=row.currency)
    return settled(cost)


@transaction.atomic
def correct_cost(cost: Cost, *, amount_minor: int, note: str, by: User | None) -> Cost:
    """What it really came to, as a row with the difference."""
    row = _usable(cost.deployment)
    first = cost.corrects or cost
    if not note.strip():
        raise refuse("note", "Say why.")
    before = first.amount_minor + (first.corrections.aggregate(n=Sum("amount_minor"))["n"] or 0)
    if amount_minor < 0 or amount_minor == before:
        raise refuse("amount_minor", "Another amount, not below nothing.")
    fixed = Cost(
        deployment=row, what=note.strip(), spent_on=first.spent_on, amount_minor=amount_minor - before, corrects=first,
        recorded_by=by,
    )  # fmt: skip
    check(fixed)
    fixed.save(force_insert=True)
    tell("deployment.cost_corrected", row, by, what=first.what, amount_minor=fixed.amount_minor, note=fixed.what)
    return settled(fixed)


def _usable(deployment: Deployment) -> Deployment:
    row = locked(deployment)
    if row.status == Status.CANCELLED:
        raise refuse("", "This deployment was cancelled.")
    return row


def _plain(hours: Decimal) -> str:
    return f"{hours.normalize():f}"
