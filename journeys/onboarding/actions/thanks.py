"""The customer is thanked for the first impact: a task for who keeps the account, with words to start from."""

from __future__ import annotations

import datetime as dt

from accounts.actions import tasks
from accounts.calendar import add_business_days, local_today
from accounts.models import Account, BuyingRole, Task, User
from journeys.onboarding import wording
from journeys.onboarding.actions.standing import still_here
from journeys.onboarding.models import FirstImpact
from journeys.plans.actions import sharing
from journeys.plans.models import Confirmation

SOURCE = "first_impact"
GREETED = [BuyingRole.CHAMPION, BuyingRole.DECIDER]


def draft(row: FirstImpact, account: Account, *, by: User | None, now: dt.datetime | None) -> Task:
    """For the next business day. Nobody's where the account has no CSM: whoever takes it sees it.

    Who confirmed it in the plan is to be thanked already: then the words go there, and it stays one task.
    """
    keeper = still_here(account.csm) or by
    people = account.contacts.filter(departed_on=None, buying_role__in=GREETED).order_by("pk")
    first_names = [person.name.split()[0] for person in people[:2] if person.name.split()]
    on = row.reached_on or local_today(row.tenant, now)
    counted = row.days(on, since=row.tenant.first_impact_from)
    since = "kickoff" if row.tenant.first_impact_from == "kickoff" and counted is not None else "commitment"
    days = (row.days(on) if counted is None else counted) or 0
    sender = keeper.name if keeper else ""
    values = {
        "account": account,
        "title": "Thank them for the first impact",
        "detail": wording.thank_you(account.name, first_names, row.words, days, since, sender),
        "assignee": keeper,
        "due_on": add_business_days(local_today(row.tenant, now), 1, row.tenant.country),
        "source": SOURCE,
    }
    word = Confirmation.objects.filter(objective=row.objective_id).select_related("contact", "objective__plan").first()
    asked = sharing.thanks_due(word) if word else None
    return tasks.edit(asked, {"detail": values["detail"]}, by=by) if asked else tasks.add(values, by=by, now=now)


def withdraw(account: Account, *, by: User) -> None:
    for task in Task.objects.open().filter(account=account, source=SOURCE):
        tasks.drop(task, reason="The first impact was taken back.", by=by)
