"""The life of a critical event: found, changed, reached, missed or withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.actions.errors import Conflict, named_refusals, refuse
from accounts.actions.validity import check, check_change, only, settled
from accounts.actions.writing import change, told
from accounts.calendar import local_today
from accounts.models import Account, User
from journeys.critical_events.actions import nurtures, statements, steps
from journeys.critical_events.actions.laying import lay
from journeys.critical_events.actions.standing import locked, of_account, open_, tell
from journeys.critical_events.models import CriticalEvent, EventKind, EventStatus
from journeys.models import SpicedEntry

FIELDS = (
    "title", "kind", "due_on", "metric", "threshold", "unit", "forecast_on", "consequence", "value_minor", "said_by",
    "country",
)  # fmt: skip
OF_THRESHOLD = {"metric": "", "threshold": None, "unit": "", "forecast_on": None}
MISSING = {
    "due_on": "Say the day.", "metric": "Say what is counted.", "threshold": "Say how many it takes.",
    "forecast_on": "Say for which day it is forecast.",
}  # fmt: skip
NOT_OF_KIND = {"date": "Only a threshold has this.", "threshold": "A threshold has a forecast instead."}
TELLS = {
    EventStatus.REACHED: "critical_event.reached",
    EventStatus.MISSED: "critical_event.missed",
    EventStatus.WITHDRAWN: "critical_event.withdrawn",
}


@transaction.atomic
def find(
    account: Account,
    values: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]] = (),
    *,
    by: User | None,
    source: str = "meeting",
    entry: SpicedEntry | None = None,
    on: dt.date | None = None,
    now: dt.datetime | None = None,
) -> CriticalEvent:
    """`lines`: what has to happen, last first, each as `steps.add` takes it. `entry`: the statement it comes from."""
    given = {"country": account.tenant.country} | only(values, FIELDS)
    event = CriticalEvent(account=account, currency=account.currency, created_by=by, **_of_kind(given, None))
    check(event)
    of_account(account, event.said_by, "said_by")
    statements.usable(account, entry)
    event.entry = statements.standing(entry) if entry else None
    with named_refusals(CriticalEvent):
        event.save(force_insert=True)
    settled(event)
    said = statements.follow(event, source=source, on=on or local_today(account.tenant), by=by)
    change(event, {"entry": said})
    noun = "critical event" if event.is_critical else "compelling event"
    day = event.happens_on.isoformat()
    tell("critical_event.found", event, by, noun=noun, day=day, critical=event.is_critical, occurred_at=now)
    steps.lay_down(event, lines, by=by, now=now)
    return event


@transaction.atomic
def edit(
    event: CriticalEvent,
    values: Mapping[str, Any],
    *,
    by: User | None,
    source: str = "meeting",
    version: int | None = None,
    on: dt.date | None = None,
) -> CriticalEvent:
    """Changes what differs; its steps move along, SPICED is corrected. Stale `version`: Conflict."""
    row = open_(event)
    given = only(values, FIELDS)
    given = _of_kind(given, row)
    check_change(row, given)
    of_account(row.account, given.get("said_by", row.said_by), "said_by")
    changed = change(row, given, version=version)
    if changed:
        said = statements.follow(row, source=source, on=on or local_today(row.tenant), by=by)
        change(row, {"entry": said})
        tell("critical_event.changed", row, by, critical=row.is_critical, **told(changed))
        lay(row, by=by)
    return row


def reach(
    event: CriticalEvent,
    *,
    by: User | None,
    note: str = "",
    version: int | None = None,
    now: dt.datetime | None = None,
) -> CriticalEvent:
    """They were in time."""
    return _settle(event, EventStatus.REACHED, note, by, version, now)


def miss(
    event: CriticalEvent,
    *,
    by: User | None,
    note: str = "",
    version: int | None = None,
    now: dt.datetime | None = None,
) -> CriticalEvent:
    """The day went by."""
    return _settle(event, EventStatus.MISSED, note, by, version, now)


def withdraw(event: CriticalEvent, *, note: str, by: User | None, version: int | None = None) -> CriticalEvent:
    """It no longer matters to them."""
    if not note.strip():
        raise refuse("note", "Say why it no longer matters.")
    return _settle(event, EventStatus.WITHDRAWN, note, by, version)


@transaction.atomic
def reopen(event: CriticalEvent, *, by: User | None, version: int | None = None) -> CriticalEvent:
    """Ahead again."""
    row = locked(event)
    if row.is_open:
        return row
    blank = {"status": EventStatus.OPEN, "settled_at": None, "settled_by": None, "settled_note": ""}
    change(row, blank, version=version)
    tell("critical_event.reopened", row, by)
    return row


@transaction.atomic
def _settle(
    event: CriticalEvent,
    status: EventStatus,
    note: str,
    by: User | None,
    version: int | None,
    now: dt.datetime | None = None,
) -> CriticalEvent:
    row = locked(event)
    if not row.is_open:
        raise Conflict(row)
    note = note.strip()
    check_change(row, {"settled_note": note})
    values = {"status": status, "settled_at": now or Now(), "settled_by": by, "settled_note": note, "dark_since": None}
    change(row, values, version=version)
    nurtures.end(row, by=by)
    if status == EventStatus.WITHDRAWN:
        steps.let_all_go(row, by=by)
    consequence = row.consequence or "without a consequence"
    tell(TELLS[status], row, by, note=note, consequence=consequence, occurred_at=now)
    return row


def _of_kind(given: dict[str, Any], row: CriticalEvent | None) -> dict[str, Any]:
    """The values with those of the other kind emptied; what this kind needs and doesn't have is refused by name."""
    kind = given.get("kind", row.kind if row else EventKind.DATE)
    other: dict[str, Any] = OF_THRESHOLD if kind == EventKind.DATE else {"due_on": None}
    for name in other:
        if given.get(name) not in (None, ""):
            raise refuse(name, NOT_OF_KIND[str(kind)])
    needed = ("due_on",) if kind == EventKind.DATE else ("metric", "threshold", "forecast_on")
    for name in needed:
        if given.get(name, getattr(row, name, None)) in (None, ""):
            raise refuse(name, MISSING[name])
    return given | other
