"""Objectives: worded by both sides, measured, achieved, and confirmed by the customer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts import timeline
from accounts.actions.errors import Conflict, named_refusals, refuse
from accounts.actions.validity import check, check_change, only, settled
from accounts.actions.writing import change, told
from accounts.calendar import local_today
from accounts.models import Contact, User
from journeys.plans.actions.standing import SHOWN, of_account, open_, tell
from journeys.plans.models import Confirmation, Measurement, Objective, ObjectiveKind, ObjectiveStatus, Plan
from journeys.plans.progress import number

FIELDS = (
    "kind", "horizon", "title", "detail", "audience", "our_owner", "their_owner", "due_on", "metric", "unit",
    "baseline", "target", "value_minor",
)  # fmt: skip
FIRST_IMPACT = "first_impact"  # the note for whoever counts the days to it


@transaction.atomic
def add(plan: Plan, values: Mapping[str, Any], *, by: User | None, now: dt.datetime | None = None) -> Objective:
    """At the end of the plan. `source`, beside the fields, is the SPICED entry that it comes from."""
    row = open_(plan)
    given = only(values, (*FIELDS, "source"))
    last = Objective.objects.filter(plan=row).aggregate(last=Max("position"))["last"]
    objective = Objective(plan=row, position=0 if last is None else last + 1, **given)
    check(objective)
    _may_stand(row, objective, given)
    with named_refusals(Objective):
        objective.save(force_insert=True)
    settled(objective)
    _tell("objective.added", objective, row, by, occurred_at=now)
    return objective


@transaction.atomic
def edit(
    objective: Objective,
    values: Mapping[str, Any],
    *,
    by: User | None,
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Objective:
    """Changes what differs. Stale `version`, or confirmed or dropped meanwhile: Conflict."""
    plan, row = _unsettled(objective)
    given = only(values, FIELDS)
    check_change(row, given)
    for name, value in given.items():
        setattr(row, name, value)
    _may_stand(plan, row, given)
    row.refresh_from_db()
    changed = change(row, given, version=version)
    if changed:
        _tell("objective.edited", row, plan, by, occurred_at=now, **told(changed))
    return row


@transaction.atomic
def move(objective: Objective, *, up: bool, by: User | None) -> Objective:
    """One place up or down among those that stand; at the end of the way it stays."""
    plan = open_(objective.plan)
    standing = list(Objective.objects.standing().filter(plan=plan))
    places = [one.pk for one in standing]
    here = places.index(objective.pk) if objective.pk in places else -1
    there = here - 1 if up else here + 1
    if here >= 0 and 0 <= there < len(places):
        standing.insert(there, standing.pop(here))
        for position, one in enumerate(standing):
            one.position = position
        Objective.objects.bulk_update(standing, ["position"])
    objective.refresh_from_db()
    return objective


@transaction.atomic
def drop(objective: Objective, *, reason: str, by: User | None, version: int | None = None) -> Objective:
    """No longer aimed at, with the reason; what was measured stays readable."""
    plan, row = _unsettled(objective)
    if not reason.strip():
        raise refuse("reason", "Say why this is no longer aimed at.")
    change(row, {"status": ObjectiveStatus.DROPPED, "drop_reason": reason.strip()}, version=version)
    _tell("objective.dropped", row, plan, by, reason=reason.strip())
    return row


@transaction.atomic
def measure(
    objective: Objective,
    value: Decimal,
    *,
    on: dt.date,
    evidence: str = "",
    url: str = "",
    by: User | None = None,
    contact: Contact | None = None,
    now: dt.datetime | None = None,
) -> Measurement:
    """One reading of its metric: by one of us, by a contact, or by another system."""
    plan, row = _standing(objective)
    of_account(plan, contact, "contact")
    _not_ahead(plan, on)
    if not row.metric:
        raise refuse("value", "Say first what is measured: the objective has no metric yet.")
    reading = Measurement(
        objective=row,
        value=value,
        measured_on=on,
        evidence=evidence.strip(),
        evidence_url=url.strip(),
        recorded_by=None if contact else by,
        recorded_contact=contact,
    )
    if now is not None:
        reading.recorded_at = now
    check(reading)
    reading.save(force_insert=True)
    facts = {"measurement_id": reading.pk, "value": number(value), "unit": row.unit, "on": on.isoformat()}
    _tell("impact.measured", row, plan, by, contact, occurred_at=now, metric=row.metric, **facts)
    return settled(reading)


@transaction.atomic
def achieve(
    objective: Objective,
    *,
    on: dt.date,
    evidence: str,
    by: User | None,
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Objective:
    """Reached, as we see it and can show; the customer's own word is still to come."""
    plan, row = _standing(objective)
    _not_ahead(plan, on)
    if not evidence.strip():
        raise refuse("evidence", "Say what shows it: a figure, a link, somebody's words.")
    if row.status != ObjectiveStatus.OPEN:
        raise Conflict(row)
    values = {"status": ObjectiveStatus.ACHIEVED, "achieved_on": on, "achieved_by": by, "evidence": evidence.strip()}
    change(row, values, version=version)
    _tell("impact.achieved", row, plan, by, occurred_at=now, on=on.isoformat(), evidence=evidence.strip()[:SHOWN])
    _ring(row)
    return row


@transaction.atomic
def take_back(objective: Objective, *, by: User | None, version: int | None = None) -> Objective:
    """Not achieved after all. What the customer has confirmed stays: Conflict."""
    plan, row = _standing(objective)
    if row.status != ObjectiveStatus.ACHIEVED:
        raise Conflict(row)
    values = {"status": ObjectiveStatus.OPEN, "achieved_on": None, "achieved_by": None, "evidence": ""}
    change(row, values, version=version)
    _tell("impact.taken_back", row, plan, by)
    return row


@transaction.atomic
def confirm(
    objective: Objective,
    *,
    contact: Contact,
    name: str,
    statement: str = "",
    by: User | None = None,
    now: dt.datetime | None = None,
) -> Confirmation:
    """The customer's word that it is reached, signed with a name. `by`: who of us noted it; None: they did themselves.

    A second one to the same objective is refused.
    """
    plan, row = _standing(objective)
    of_account(plan, contact, "contact")
    if not name.strip():
        raise refuse("name", "Sign with a name.")
    word = Confirmation(objective=row, contact=contact, name=name.strip(), statement=statement.strip(), recorded_by=by)
    if now is not None:
        word.confirmed_at = now
    check(word)
    with named_refusals(Confirmation):
        word.save(force_insert=True)
    on = row.achieved_on or local_today(plan.tenant, now)
    change(row, {"status": ObjectiveStatus.CONFIRMED, "achieved_on": on})
    facts = {"confirmation_id": word.pk, "name": word.name, "statement": word.statement[:SHOWN]}
    _tell("impact.confirmed", row, plan, by, contact, occurred_at=now, on=on.isoformat(), **facts)
    _ring(row)
    return settled(word)


def _locked(objective: Objective) -> tuple[Plan, Objective]:
    """The plan locked, and the objective as it stands in it."""
    plan = open_(objective.plan)
    return plan, Objective.objects.select_for_update(of=("self",)).get(pk=objective.pk)


def _standing(objective: Objective) -> tuple[Plan, Objective]:
    """What was dropped is over: nothing more is said of it."""
    plan, row = _locked(objective)
    if row.status == ObjectiveStatus.DROPPED:
        raise refuse("", "This objective was dropped.")
    return plan, row


def _unsettled(objective: Objective) -> tuple[Plan, Objective]:
    """What the customer has confirmed is said for good, and what was dropped isn't worded anew."""
    plan, row = _locked(objective)
    if row.status in (ObjectiveStatus.CONFIRMED, ObjectiveStatus.DROPPED):
        raise Conflict(row)
    return plan, row


def _may_stand(plan: Plan, objective: Objective, given: Mapping[str, Any]) -> None:
    of_account(plan, given.get("their_owner"), "their_owner")
    if objective.target is not None and objective.target == objective.baseline:
        raise refuse("target", "The target is where they are today: say what should change.")
    if objective.kind != ObjectiveKind.FIRST_IMPACT:
        return
    firsts = Objective.objects.standing().filter(plan=plan, kind=ObjectiveKind.FIRST_IMPACT)
    if other := firsts.exclude(pk=objective.pk).first():
        raise refuse("kind", f"The plan has its First Impact already: “{other.title}”.")


def _not_ahead(plan: Plan, day: dt.date) -> None:
    if day > local_today(plan.tenant):
        raise refuse("on", "This day is still to come.")


def _ring(objective: Objective) -> None:
    if objective.kind == ObjectiveKind.FIRST_IMPACT:
        timeline.ring(FIRST_IMPACT)


def _tell(
    kind: str, objective: Objective, plan: Plan, by: User | None, contact: Contact | None = None, /, **facts: Any
) -> None:
    about = {"objective_id": objective.pk, "kind": objective.kind, "title": objective.title}
    tell(kind, plan, by, contact, **(about | facts))
