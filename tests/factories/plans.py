"""Joint Impact Plans in each state, reached through the actions that people use. Inside a tenant's context."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

from accounts.models import Account
from journeys.actions import journeys
from journeys.plans.actions import objectives, plans, steps, templates, topics
from journeys.plans.models import Objective, Plan, PlanTemplate, Step, Topic
from tests.factories.accounts import TODAY, AccountFactory

COMMITTED = TODAY - dt.timedelta(days=10)
MEASURABLE = {
    "title": "Books closed in 4 days", "metric": "Days to close", "unit": "days",
    "baseline": Decimal(9), "target": Decimal(4), "value_minor": 310_000_00,
}  # fmt: skip


def empty(cast: SimpleNamespace, account: Account | None = None) -> Plan:
    """A plan with nothing in it, whatever the workspace's templates say."""
    account = account or AccountFactory(csm=cast.cass)
    journeys.begin(account, committed_on=COMMITTED, by=cast.cass)
    blank, _ = PlanTemplate.objects.get_or_create(name="Blank")
    return plans.draft(account, by=cast.cass, template=blank)


def drafted(cast: SimpleNamespace, account: Account | None = None) -> Plan:
    """A plan out of the general template."""
    account = account or AccountFactory(csm=cast.cass)
    journeys.begin(account, committed_on=COMMITTED, by=cast.cass)
    return plans.draft(account, by=cast.cass)


def agreed(cast: SimpleNamespace, account: Account | None = None) -> Plan:
    plan = drafted(cast, account)
    plans.agree(plan, by=cast.cass)
    plan.refresh_from_db()
    return plan


def objective(cast: SimpleNamespace, plan: Plan | None = None, **values: object) -> Objective:
    """With a metric, from 9 to 4 days, unless `values` say otherwise."""
    return objectives.add(plan or empty(cast), MEASURABLE | values, by=cast.cass)


def step(cast: SimpleNamespace, plan: Plan | None = None, **values: object) -> Step:
    return steps.add(plan or empty(cast), {"title": "Give access", "side": "them"} | values, by=cast.cass)


def topic(cast: SimpleNamespace, plan: Plan | None = None, **values: object) -> Topic:
    return topics.add(plan or empty(cast), {"text": "Austin wanted the other product"} | values, by=cast.cass)


def template(cast: SimpleNamespace, **values: object) -> PlanTemplate:
    return templates.add({"name": "For plants"} | values, by=cast.olly)
