"""A plan out of an earlier one: its activities with their order, lengths and estimates, as far from the start."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max

from accounts.actions.errors import refuse
from accounts.calendar import add_business_days, business_days_between
from accounts.models import User
from journeys.deployments.actions import timing
from journeys.deployments.actions.standing import open_, tell
from journeys.deployments.models import Activity, Dependency, Deployment


@transaction.atomic
def copy_plan(deployment: Deployment, source: Deployment, *, by: User | None) -> int:
    """How many activities it took. Owners of ours become the lead, whose team it is to hand on; theirs stay open."""
    row = open_(deployment)
    if source.pk == row.pk:
        raise refuse("source", "A plan can't be copied from itself.")
    theirs = list(Activity.objects.filter(deployment=source))
    if not theirs:
        raise refuse("source", "There is nothing in this plan.")
    last = Activity.objects.filter(deployment=row).aggregate(last=Max("position"))["last"]
    first = 0 if last is None else last + 1
    made = {
        one.pk: Activity(
            deployment=row, title=one.title, side=one.side, days=one.days, hours=one.hours, position=first + place,
            our_owner=row.lead if one.our_owner_id else None, not_before_on=_moved(one, source, row),
            start_on=row.begins_on, due_on=row.begins_on,
        )
        for place, one in enumerate(theirs)
    }  # fmt: skip
    Activity.objects.bulk_create(made.values())
    links = Dependency.objects.filter(activity__in=made).values_list("activity_id", "after_id")
    Dependency.objects.bulk_create(Dependency(activity=made[later], after=made[earlier]) for later, earlier in links)
    timing.retime(row, by=by)
    named = ("deployment__account", "our_owner", "task")
    for activity in Activity.objects.filter(pk__in=[one.pk for one in made.values()]).select_related(*named):
        timing.follow(activity, by=by)
    tell("deployment.plan_copied", row, by, source=source.name, source_id=source.pk, count=len(made))
    return len(made)


def _moved(one: Activity, source: Deployment, row: Deployment) -> dt.date | None:
    """As many working days after this start as it was after that one."""
    if one.not_before_on is None:
        return None
    country = row.tenant.country
    ahead = business_days_between(source.begins_on, one.not_before_on, country)
    return add_business_days(row.begins_on, max(ahead, 0), country)
