"""The onboarding board of a workspace with thousands on the way: as many queries and as long a page as with few."""

import datetime as dt
import os
import time

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts.calendar import local_today
from accounts.models import Account, Phase
from accounts.tenancy.context import tenant_context
from journeys.models import Journey
from journeys.onboarding.models import FirstImpact
from journeys.plans.models import Objective, Plan, PlanStatus, Step

FEW = 100
MANY = int(os.environ.get("CSOM_BOARD_OF", "500"))  # 5000 to measure
HEAVIEST = 400_000  # bytes, before the server packs them


def many(cast, count: int) -> None:
    """On the way, each with plan, first objective and four steps; in different stages, some late."""
    today, start = local_today(cast.tenant), Account.objects.count()
    numbers = range(start, start + count)
    accounts = Account.objects.bulk_create(
        Account(
            name=f"Customer {n:05}", phase=Phase.ONBOARDING, csm=cast.cass,
            phase_since=dt.datetime.now(dt.UTC) - dt.timedelta(days=n % 70),
        )
        for n in numbers
    )  # fmt: skip
    journeys = Journey.objects.bulk_create(
        Journey(account=one, committed_on=today - dt.timedelta(days=n % 70)) for n, one in enumerate(accounts)
    )
    plans = Plan.objects.bulk_create(
        Plan(account=journey.account, journey=journey, status=(PlanStatus.DRAFT, PlanStatus.RUNNING)[n % 2])
        for n, journey in enumerate(journeys)
    )
    objectives = Objective.objects.bulk_create(
        Objective(plan=plan, title="One team plans in it", kind="first_impact") for plan in plans
    )
    FirstImpact.objects.bulk_create(
        FirstImpact(
            account=plan.account, journey=plan.journey, committed_on=plan.journey.committed_on, objective=first,
            kickoff_on=plan.journey.committed_on if n % 3 else None, definition="One team plans in it",
        )
        for n, (plan, first) in enumerate(zip(plans, objectives, strict=True))
    )  # fmt: skip
    Step.objects.bulk_create(
        Step(plan=plan, title=f"Step {k}", position=k, due_on=today + dt.timedelta(days=n % 30 - 10 + k))
        for n, plan in enumerate(plans)
        for k in range(4)
    )


def _know_the_tables() -> None:
    """As the database does by itself in the night; only the owner of a table may ask for it."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def opened(client, path: str) -> tuple[int, int, float]:
    """Queries, bytes, seconds."""
    with CaptureQueriesContext(
        connection,
    ) as seen:
        began = time.perf_counter()
        answer = client.get(path)
        took = time.perf_counter() - began
    assert answer.status_code == 200
    return len(seen), len(answer.content), took


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("path", ["/onboarding/board/?scope=all", "/onboarding/board/?scope=all&stage=held"])
def test_thousands_cost_no_more_queries_and_no_longer_page(acme_cast, page, path):
    cass = page(acme_cast.cass, acme_cast.tenant)
    with tenant_context(acme_cast.tenant):
        many(acme_cast, FEW)
    opened(cass, path)
    few, _weight, _took = opened(cass, path)
    with tenant_context(acme_cast.tenant):
        many(acme_cast, MANY - FEW)
    _know_the_tables()
    queries, weight, took = opened(cass, path)
    print(f"{MANY} accounts: {queries} queries, {weight:,} bytes, {took:.2f} s")
    assert queries == few
    assert weight < HEAVIEST
