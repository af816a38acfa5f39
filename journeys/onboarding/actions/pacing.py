"""How long onboarding should take, and when it rests: targets by segment, holds with their reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import timeline
from accounts.actions.errors import Conflict, named_refusals, refuse
from accounts.actions.validity import check, check_change, only, settled
from accounts.actions.writing import change
from accounts.calendar import local_today
from accounts.models import Account, User
from journeys.models import Journey
from journeys.onboarding.models import DEFAULT_DAYS, OnboardingHold, OnboardingTarget

TARGET = ("segment", "days")


def target_days(segment: str) -> int:
    """Of this segment, else of all others, else what comes with the product."""
    rows = OnboardingTarget.objects.values_list("segment", "days")
    by_segment = {name.strip().casefold(): days for name, days in rows}
    return by_segment.get(segment.strip().casefold(), by_segment.get("", DEFAULT_DAYS))


@transaction.atomic
def set_target(values: Mapping[str, Any], *, by: User) -> OnboardingTarget:
    """A line for a segment, or for every other one."""
    target = OnboardingTarget(**only(values, TARGET))
    _check(target)
    with named_refusals(OnboardingTarget):
        target.save(force_insert=True)
    _tell_target("onboarding_target.set", target, by)
    return target


@transaction.atomic
def edit_target(
    target: OnboardingTarget, values: Mapping[str, Any], *, by: User, version: int | None = None
) -> OnboardingTarget:
    given = only(values, TARGET)
    check_change(target, given)
    _check(OnboardingTarget(segment=given.get("segment", target.segment), days=given.get("days", target.days)))
    if change(target, given, version=version):
        _tell_target("onboarding_target.set", target, by)
    return target


@transaction.atomic
def remove_target(target: OnboardingTarget, *, by: User) -> None:
    """The segment goes by the line for every other one again."""
    _tell_target("onboarding_target.removed", target, by)
    target.delete()


@transaction.atomic
def put_on_hold(
    account: Account,
    *,
    reason: str,
    from_on: dt.date | None = None,
    until_on: dt.date | None = None,
    by: User,
    now: dt.datetime | None = None,
) -> OnboardingHold:
    """Onboarding rests from this day, until another or until somebody goes on. The days go on counting."""
    row = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    journey = Journey.objects.running().filter(account=row).first()
    if journey is None:
        raise refuse("", "This account has no journey yet; its handoff comes first.")
    today = local_today(row.tenant, now)
    first = from_on or today
    if until_on is not None and until_on <= max(first, today):
        raise refuse("until_on", "Choose a day after today on which it goes on, or leave it open.")
    if OnboardingHold.objects.filter(journey=journey).on(max(first, today)).exists():
        raise refuse("", "Onboarding is on hold already.")
    hold = OnboardingHold(
        account=row, journey=journey, from_on=first, until_on=until_on, reason=reason.strip(), put_by=by
    )
    check(hold)
    with named_refusals(OnboardingHold):
        hold.save(force_insert=True)
    settled(hold)
    until = until_on.isoformat() if until_on else "somebody goes on"
    _tell("onboarding.held", hold, by, reason=hold.reason, until=until, from_on=first.isoformat())
    return hold


@transaction.atomic
def go_on(
    hold: OnboardingHold, *, by: User, version: int | None = None, now: dt.datetime | None = None
) -> OnboardingHold:
    """It rests no longer, from today on. One that is over already stays as it was: Conflict."""
    row = OnboardingHold.objects.select_for_update(of=("self",)).select_related("account").get(pk=hold.pk)
    today = local_today(row.tenant, now)
    if row.until_on is not None and row.until_on <= today:
        raise Conflict(row)
    change(row, {"until_on": max(today, row.from_on), "lifted_by": by}, version=version)
    _tell("onboarding.went_on", row, by, reason=row.reason)
    return row


def _check(target: OnboardingTarget) -> None:
    check(target)
    if not 1 <= target.days <= 730:
        raise refuse("days", "A target is between 1 and 730 days.")


def _tell(kind: str, hold: OnboardingHold, by: User, **facts: Any) -> None:
    timeline.record(kind, account=hold.account, by=by, hold_id=hold.pk, actor=by.name, **facts)


def _tell_target(kind: str, target: OnboardingTarget, by: User) -> None:
    timeline.record(kind, by=by, actor=by.name, segment=target.segment or "every other segment", days=target.days)
