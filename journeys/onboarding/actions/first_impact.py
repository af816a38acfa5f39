"""First Impact of a journey: begun with the commitment, defined at the kickoff, reached once; that ends onboarding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions import accounts
from accounts.actions.errors import Conflict, refuse
from accounts.actions.validity import check_change, only
from accounts.actions.writing import change, told
from accounts.calendar import local_today
from accounts.models import Account, Contact, Phase, User
from journeys.models import Journey
from journeys.onboarding.actions import thanks
from journeys.onboarding.models import FirstImpact, ReachedHow
from journeys.plans.actions import objectives
from journeys.plans.models import Objective, ObjectiveKind, ObjectiveStatus, Plan

FIELDS = ("definition", "objective", "event", "times", "users")
THEIR_WORD = "The customer's own word."
TOO_LATE = "It can be taken back on the same day, by who noted it, as long as the customer hasn't confirmed."


@transaction.atomic
def begin(journey: Journey, plan: Plan | None, *, by: User | None) -> FirstImpact:
    """The journey's one; its words are those of the plan's first objective until the kickoff has better ones."""
    begun = {"account_id": journey.account_id, "committed_on": journey.committed_on, "objective": _first_of(plan)}
    row, _made = FirstImpact.objects.get_or_create(journey=journey, defaults=begun)
    return row


@transaction.atomic
def define(
    impact: FirstImpact, values: Mapping[str, Any], *, by: User | None, version: int | None = None
) -> FirstImpact:
    """What it is, and by which usage it would be seen: definition, objective, event, times, users.

    `objective` comes first in the plan; the one that was first stays an impact. Reached meanwhile: Conflict.
    """
    row = _locked(impact)
    if row.reached_on is not None:
        raise Conflict(row)
    given = only(values, FIELDS)
    objective: Objective | None = given.get("objective")
    if objective is not None:
        _prioritise(row, objective, by)
    check_change(row, given)
    if given.get("times", row.times) < given.get("users", row.users):
        raise refuse("times", "So many people need at least as many times.")
    changed = change(row, given, version=version)
    if changed:
        _tell("first_impact.defined", row, by, **(told(changed) | {"definition": row.words}))
    return row


@transaction.atomic
def reach(
    impact: FirstImpact,
    *,
    on: dt.date,
    how: str,
    evidence: str = "",
    by: User | None,
    contact: Contact | None = None,
    name: str = "",
    version: int | None = None,
    now: dt.datetime | None = None,
) -> FirstImpact:
    """It is there: the clock stops, onboarding is over, the customer is thanked. Once; a second time is a Conflict.

    `how` confirmed with a `contact`: their word, noted by `by`, goes into the plan as well.
    """
    row = _locked(impact)
    _may_be_reached(row, on, how, evidence, contact, now)
    objective = row.objective
    if objective is not None and not objective.plan.is_closed:
        _in_the_plan(objective, on, how, evidence, by, contact, name)
    values = {"reached_on": on, "reached_how": how, "reached_by": by, "evidence": evidence.strip()}
    change(row, values | {"recorded_at": now or Now()}, version=version)
    account = Account.objects.select_for_update(of=("self",)).select_related("csm").get(pk=row.account_id)
    if account.phase == Phase.ONBOARDING:
        accounts.change_phase(account, Phase.ADOPTION, by=by, now=now)
    thanks.draft(row, account, by=by, now=now)
    since = {"days_from_commit": row.days(on), "days_from_kickoff": row.days(on, since="kickoff")}
    told_how = {"how": how, "how_label": row.get_reached_how_display().lower(), "definition": row.words}
    _tell("first_impact.reached", row, by, occurred_at=now, on=on.isoformat(), **since, **told_how)
    return row


@transaction.atomic
def reopen(impact: FirstImpact, *, by: User, version: int | None = None, now: dt.datetime | None = None) -> FirstImpact:
    """Taken back on the same day by who said it, unless the customer confirmed. What it said in the plan goes, too."""
    row = _locked(impact)
    if row.reached_on is None:
        raise Conflict(row)
    if not may_reopen(row, by, now):
        raise refuse("", TOO_LATE)
    _out_of_the_plan(row, by)
    cleared = {"reached_on": None, "reached_how": "", "reached_by": None, "evidence": "", "recorded_at": None}
    change(row, cleared, version=version)
    account = Account.objects.select_for_update(of=("self",)).get(pk=row.account_id)
    if account.phase == Phase.ADOPTION:
        accounts.change_phase(account, Phase.ONBOARDING, by=by, now=now)
    thanks.withdraw(account, by=by)
    _tell("first_impact.reopened", row, by, occurred_at=now)
    return row


def may_reopen(row: FirstImpact, by: User, now: dt.datetime | None = None) -> bool:
    if row.recorded_at is None or row.reached_by_id != by.pk or row.reached_how != ReachedHow.EVIDENCE:
        return False
    confirmed = row.objective is not None and row.objective.status == ObjectiveStatus.CONFIRMED
    return not confirmed and local_today(row.tenant, row.recorded_at) == local_today(row.tenant, now)


def _locked(impact: FirstImpact) -> FirstImpact:
    rows = FirstImpact.objects.select_for_update(of=("self",))
    return rows.select_related("account", "journey", "objective__plan").get(pk=impact.pk)


def _may_be_reached(
    row: FirstImpact, on: dt.date, how: str, evidence: str, contact: Contact | None, now: dt.datetime | None
) -> None:
    if row.reached_on is not None:
        raise Conflict(row)
    if how not in ReachedHow.values:
        raise refuse("how", "It is confirmed by the customer, shown with evidence, or seen in usage.")
    if on > local_today(row.tenant, now):
        raise refuse("on", "This day is still to come.")
    if on < row.committed_on:
        raise refuse("on", "This is before the commitment.")
    if row.journey.ended_at is not None:
        raise refuse("", "This journey has ended.")
    if how == ReachedHow.EVIDENCE and not evidence.strip():
        raise refuse("evidence", "Say what shows it: a figure, a link, somebody's words.")
    if contact is not None and contact.account_id != row.account_id:
        raise refuse("contact", "This person belongs to another account.")


def _in_the_plan(
    objective: Objective, on: dt.date, how: str, evidence: str, by: User | None, contact: Contact | None, name: str
) -> None:
    """The plan says the same: achieved with the evidence, or confirmed where one of theirs has given their word."""
    if objective.status == ObjectiveStatus.OPEN and (how != ReachedHow.CONFIRMED or contact is not None):
        objective = objectives.achieve(objective, on=on, evidence=evidence or THEIR_WORD, by=by)
    if contact is not None and objective.status == ObjectiveStatus.ACHIEVED:
        objectives.confirm(objective, contact=contact, name=name or contact.name, statement=evidence, by=by)


def _out_of_the_plan(row: FirstImpact, by: User) -> None:
    """What was achieved by other words, on another day or by somebody else was so before, and stays."""
    objective = row.objective
    if objective is None or objective.plan.is_closed or objective.status != ObjectiveStatus.ACHIEVED:
        return
    said = (objective.achieved_on, objective.achieved_by_id, objective.evidence)
    if said == (row.reached_on, row.reached_by_id, row.evidence or THEIR_WORD):
        objectives.take_back(objective, by=by)


def _prioritise(row: FirstImpact, chosen: Objective, by: User | None) -> None:
    if chosen.plan.account_id != row.account_id:
        raise refuse("objective", "This objective belongs to another account.")
    if chosen.status == ObjectiveStatus.DROPPED:
        raise refuse("objective", "This objective was dropped.")
    before = _first_of(chosen.plan)
    if before is not None and before.pk != chosen.pk:
        objectives.edit(before, {"kind": ObjectiveKind.IMPACT}, by=by)
    if chosen.kind != ObjectiveKind.FIRST_IMPACT:
        objectives.edit(chosen, {"kind": ObjectiveKind.FIRST_IMPACT}, by=by)


def _first_of(plan: Plan | None) -> Objective | None:
    if plan is None:
        return None
    found: Objective | None = (
        Objective.objects.standing().filter(plan=plan, kind=ObjectiveKind.FIRST_IMPACT).select_related("plan").first()
    )
    return found


def _tell(kind: str, row: FirstImpact, by: User | None, **facts: Any) -> None:
    about: dict[str, Any] = {"first_impact_id": row.pk, "actor": by.name if by else "CSOM"}
    timeline.record(kind, account=row.account, by=by, **(about | facts))
