"""The life of a deployment: planned, started, put on hold, resumed, closed or cancelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.actions.errors import Conflict, named_refusals, refuse
from accounts.actions.validity import check, check_change, only, settled
from accounts.actions.writing import change, told
from accounts.currencies import CODES, UNKNOWN
from accounts.models import Account, User
from journeys.deployments.actions import timing
from journeys.deployments.actions.standing import locked, not_ahead, open_, tell, today_of
from journeys.deployments.models import Activity, Deployment, Hold, Status

FIELDS = (
    "name", "kind", "product", "contract", "lead", "planned_start_on", "planned_end_on", "currency", "budget_minor",
    "budget_hours", "rate_minor", "sow_title", "sow_number", "sow_signed_on", "sow_url",
)  # fmt: skip


@transaction.atomic
def plan(account: Account, values: Mapping[str, Any], *, by: User | None, now: dt.datetime | None = None) -> Deployment:
    """A new project at this account. `values`: name, kind, product, contract, lead, planned days, budgets, sow_*."""
    given = {"currency": account.currency} | only(values, FIELDS)
    at = {"created_at": now, "updated_at": now} if now else {}
    row = Deployment(account=account, created_by=by, **given, **at)
    check(row)
    _check(row)
    with named_refusals(Deployment):
        row.save(force_insert=True)
    settled(row)
    tell("deployment.planned", row, by, now=now, planned_end_on=row.planned_end_on.isoformat())
    return row


@transaction.atomic
def edit(
    deployment: Deployment, values: Mapping[str, Any], *, by: User | None, version: int | None = None
) -> Deployment:
    """Changes what differs; another start moves the activities. Stale `version`: Conflict."""
    row = open_(deployment)
    given = only(values, FIELDS)
    check_change(row, given)
    changed = change(row, given, version=version)
    _check(row)
    if "planned_start_on" in changed:
        timing.retime(row, by=by)
    if changed:
        tell("deployment.edited", row, by, **told(changed))
    return row


@transaction.atomic
def start(
    deployment: Deployment, *, on: dt.date | None = None, by: User | None, version: int | None = None,
    today: dt.date | None = None, now: dt.datetime | None = None,
) -> Deployment:  # fmt: skip
    row = locked(deployment)
    if row.status != Status.PLANNED:
        raise Conflict(row)
    day = on or today_of(row, today)
    not_ahead(day, today_of(row, today), "on")
    change(row, {"status": Status.RUNNING, "started_on": day}, version=version)
    timing.retime(row, by=by)
    tell("deployment.started", row, by, now=now, on=day.isoformat())
    return row


@transaction.atomic
def hold(
    deployment: Deployment, *, reason: str, on: dt.date | None = None, by: User | None, version: int | None = None,
    today: dt.date | None = None, now: dt.datetime | None = None,
) -> Deployment:  # fmt: skip
    """It stands still from that day, for a reason."""
    row = locked(deployment)
    if row.status != Status.RUNNING:
        raise Conflict(row)
    day = on or today_of(row, today)
    not_ahead(day, today_of(row, today), "on")
    if day < row.begins_on:
        raise refuse("on", "It had not begun on this day.")
    if not reason.strip():
        raise refuse("reason", "Say why it stands still.")
    stop = Hold(deployment=row, reason=reason.strip(), from_on=day, held_by=by)
    check(stop)
    change(row, {"status": Status.ON_HOLD}, version=version)
    stop.save(force_insert=True)
    tell("deployment.held", row, by, now=now, reason=stop.reason, on=day.isoformat())
    return row


@transaction.atomic
def resume(
    deployment: Deployment, *, on: dt.date | None = None, by: User | None, version: int | None = None,
    today: dt.date | None = None, now: dt.datetime | None = None,
) -> Deployment:  # fmt: skip
    row = locked(deployment)
    if row.status != Status.ON_HOLD:
        raise Conflict(row)
    day = on or today_of(row, today)
    not_ahead(day, today_of(row, today), "on")
    change(row, {"status": Status.RUNNING}, version=version)
    _end_hold(row, day, "on")
    tell("deployment.resumed", row, by, now=now, on=day.isoformat())
    return row


@transaction.atomic
def close(
    deployment: Deployment, *, on: dt.date | None = None, note: str = "", by: User | None,
    version: int | None = None, today: dt.date | None = None, now: dt.datetime | None = None,
) -> Deployment:  # fmt: skip
    """Done. What is still open in its plan has to be done or taken out first."""
    row = locked(deployment)
    if row.status not in (Status.RUNNING, Status.ON_HOLD):
        raise Conflict(row)
    day = on or today_of(row, today)
    not_ahead(day, today_of(row, today), "on")
    if day < row.begins_on:
        raise refuse("on", "It had not begun on this day.")
    waiting = Activity.objects.filter(deployment=row).open().count()  # type: ignore[attr-defined]
    if waiting:
        raise refuse("", f"Still open in the plan: {waiting}. Tick what is done, take out what won't be.")
    values = {"status": Status.CLOSED, "closed_on": day, "close_note": note.strip()}
    check_change(row, values)
    change(row, values, version=version)
    _end_hold(row, day, "on")
    days = row.days
    tell("deployment.closed", row, by, now=now, on=day.isoformat(), days=days, note=note.strip())
    return row


@transaction.atomic
def cancel(
    deployment: Deployment, *, reason: str, by: User | None, version: int | None = None, today: dt.date | None = None
) -> Deployment:
    """Won't be finished; its open tasks are dropped."""
    row = open_(deployment)
    if not reason.strip():
        raise refuse("reason", "Say why it is cancelled.")
    day = today_of(row, today)
    values = {"status": Status.CANCELLED, "closed_on": day, "close_note": reason.strip()}
    check_change(row, values)
    change(row, values, version=version)
    _end_hold(row, day, "")
    timing.let_go(row, by=by)
    tell("deployment.cancelled", row, by, reason=reason.strip())
    return row


def _end_hold(row: Deployment, day: dt.date, field: str) -> None:
    stop = Hold.objects.filter(deployment=row, to_on=None).first()
    if stop is None:
        return
    if day < stop.from_on:
        raise refuse(field, "It can't go on before it was put on hold.")
    change(stop, {"to_on": day})


def _check(row: Deployment) -> None:
    if row.planned_end_on < row.planned_start_on:
        raise refuse("planned_end_on", "It can't end before it starts.")
    if row.currency not in CODES:
        raise refuse("currency", UNKNOWN)
    if row.contract is not None and row.contract.account_id != row.account_id:
        raise refuse("contract", "This contract belongs to another account.")
