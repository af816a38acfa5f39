"""Critical events in each state, reached through the actions that people use. Inside a tenant's context."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from accounts.calendar import local_today
from accounts.models import Account, Contact
from journeys.critical_events.actions import answers, events, nurtures, stakeholders, steps
from journeys.critical_events.models import CriticalEvent, DiscoveryAnswer, Nurture, Stakeholder, TimelineStep
from tests.factories.accounts import AccountFactory, ContactFactory

CONSEQUENCE = "They rent 60 temporary workers again."
STEPS = ({"title": "Shifts planned in the new tool", "days": 5}, {"title": "Shift leads trained", "days": 3})


def found(cast: SimpleNamespace, account: Account | None = None, lines: Any = (), **values: Any) -> CriticalEvent:
    """A day in 120 days with a consequence, unless `values` say otherwise."""
    account = account or AccountFactory(csm=cast.cass)
    day = local_today(cast.tenant) + dt.timedelta(days=120)
    given = {"title": "Peak season", "due_on": day, "consequence": CONSEQUENCE, "value_minor": 310_000_00} | values
    return events.find(account, given, lines, by=cast.cass)


def planned(cast: SimpleNamespace, account: Account | None = None, **values: Any) -> CriticalEvent:
    """With two steps before it."""
    return found(cast, account, STEPS, **values)


def compelling(cast: SimpleNamespace, account: Account | None = None) -> CriticalEvent:
    return found(cast, account, consequence="", value_minor=None)


def threshold(cast: SimpleNamespace, account: Account | None = None, **values: Any) -> CriticalEvent:
    day = local_today(cast.tenant) + dt.timedelta(days=90)
    given = {
        "title": "A million subscribers", "kind": "threshold", "metric": "Subscribers", "threshold": Decimal(1_000_000),
        "unit": "people", "forecast_on": day, "due_on": None,
    }  # fmt: skip
    return found(cast, account, **(given | values))


def step(cast: SimpleNamespace, event: CriticalEvent | None = None, **values: Any) -> TimelineStep:
    return steps.add(event or found(cast), {"title": "Data brought over", "days": 4} | values, by=cast.cass)


def stakeholder(cast: SimpleNamespace, event: CriticalEvent | None = None) -> Stakeholder:
    event = event or found(cast)
    contact = Contact.objects.filter(account=event.account).first() or ContactFactory(account=event.account)
    return stakeholders.name(event, contact, "No more nights on the phone.", by=cast.cass)


def answer(cast: SimpleNamespace, account: Account | None = None, **values: Any) -> DiscoveryAnswer:
    account = account or AccountFactory(csm=cast.cass)
    given = {"question": "pains", "text": "Rotas on paper", "on": local_today(cast.tenant)} | values
    return answers.say(account, given.pop("question"), given.pop("text"), by=cast.cass, **given)


def dark(cast: SimpleNamespace, event: CriticalEvent | None = None) -> Nurture:
    titles = ["How a depot halved its overtime", "Rotas in one afternoon"]
    return nurtures.begin(event or found(cast), titles, every_days=7, by=cast.cass)
