"""Facts of usage: windows of 28 days, held against the whole window before; a broken pipe is no silent customer."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from accounts.actions import knowledge
from accounts.knowing import telling
from accounts.models import AccountFacts
from metrics.usage.actions import keeping, metrics
from metrics.usage.models import Daily, Intake, Metric
from tests.factories.accounts import AccountFactory, ContractFactory

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 20)
KEYS = {"reports": "count", "rows": "sum", "people": "users", "seats": "last"}


@pytest.fixture
def counted(acme):
    """Metrics of each kind, and a pipe that delivered yesterday."""
    Metric.objects.bulk_create(
        Metric(key=key, name=key, aggregate=aggregate, property="" if aggregate in ("count", "users") else "n",
               source="points" if key == "seats" else "events", unit="seats" if key == "seats" else "")
        for key, aggregate in KEYS.items()
    )  # fmt: skip
    keeping.intake_of(acme.tenant)
    Intake.objects.update(last_received_at=NOON - dt.timedelta(days=1))
    return acme


def day(account, key: str, days_ago: int, **figures) -> None:
    values = {"count": 1, "users": 0, "sum": Decimal(0)} | figures
    Daily.objects.create(
        account=account, metric=Metric.objects.get(key=key), day=TODAY - dt.timedelta(days=days_ago), **values
    )


def known(acme, account, at=NOON) -> dict:
    knowledge.follow([account.pk], tenant=acme.tenant, at=at)
    return AccountFacts.objects.get(account=account).facts


def test_each_kind_of_metric_tells_its_own_figure(counted):
    account = AccountFactory()
    for days_ago, n in ((0, 4), (27, 6), (28, 5), (55, 3)):
        day(account, "reports", days_ago, count=n, users=n)
        day(account, "rows", days_ago, sum=Decimal(n) / 2, users=1)
        day(account, "people", days_ago, users=n)
        day(account, "seats", days_ago, last=Decimal(n), count=1)
    facts = known(counted, account)
    assert facts["usage.reports.sum_28d"] == 10
    assert facts["usage.reports.change_28d"] == 25
    assert facts["usage.reports.users_28d"] == 6
    assert facts["usage.rows.sum_28d"] == 5
    assert (facts["usage.people.mean_28d"], facts["usage.people.change_28d"]) == (5, 25)
    assert (facts["usage.seats.last_28d"], facts["usage.seats.change_28d"]) == (4, -20)
    assert "usage.seats.users_28d" not in facts
    assert facts["usage.reports.seen_on"] == "2026-11-20"
    assert facts["@usage"] == "2026-11-19"


def test_seats_are_shared_by_what_is_licensed(counted):
    """As of now: what is licensed is known since it was signed, which is now."""
    account, lately = AccountFactory(), dt.datetime.now(dt.UTC).date() - dt.timedelta(days=3)
    ContractFactory(account=account, start_on=lately, end_on=lately + dt.timedelta(days=365))
    Intake.objects.update(last_received_at=dt.datetime.now(dt.UTC))
    for key, figures in (("reports", {"count": 9, "users": 4}), ("seats", {"last": Decimal(8)})):
        day(account, key, (TODAY - lately).days, **figures)
    facts = known(counted, account, at=dt.datetime.now(dt.UTC))
    assert facts["contract.licensed_seats"] == 10
    assert (facts["usage.reports.seat_share"], facts["usage.seats.seat_share"]) == (40, 80)


def test_a_window_that_wasnt_whole_isnt_held_against(counted):
    young, old, silent, stranger = (AccountFactory() for _ in range(4))
    day(young, "reports", 40)
    day(young, "reports", 3, count=9)
    for days_ago in (70, 40, 3):
        day(old, "reports", days_ago, count=2)
    day(silent, "reports", 90)
    assert "usage.reports.change_28d" not in known(counted, young)
    assert known(counted, old)["usage.reports.change_28d"] == 0
    facts = known(counted, silent)
    assert (facts["usage.reports.sum_28d"], facts["usage.reports.seen_on"]) == (0, "2026-08-22")
    assert facts["usage.rows.sum_28d"] == 0
    assert not [name for name in known(counted, stranger) if name.startswith("usage.")]


def test_days_after_the_asked_one_stay_out(counted):
    account = AccountFactory()
    day(account, "reports", 0, count=5)
    day(account, "reports", 10, count=2)
    then = NOON - dt.timedelta(days=7)
    facts = known(counted, account, at=then)
    assert (facts["usage.reports.sum_28d"], facts["usage.reports.seen_on"]) == (2, "2026-11-10")
    assert facts["@usage"] == "2026-11-13"


def test_figures_go_stale_with_the_pipe(counted):
    account = AccountFactory()
    day(account, "reports", 20, count=5)
    Intake.objects.update(last_received_at=NOON - dt.timedelta(days=8))
    known(counted, account)
    told = {each.fact.name: each for each in telling.facts_of(account, TODAY)}
    assert told["usage.reports.sum_28d"].stale
    assert not told["account.phase"].stale


def test_windows_are_found_by_the_key(counted):
    """Of many accounts, too, no day of others is read."""
    metrics.ensure_defaults()
    accounts = [AccountFactory() for _ in range(3)]
    day(accounts[0], "reports", 1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT sum(count) FROM usage_daily WHERE tenant_id = %s AND account_id = ANY(%s)"
            " AND metric_id = ANY(%s) AND day > %s AND day <= %s",
            [counted.tenant.pk, [a.pk for a in accounts], [1, 2], TODAY - dt.timedelta(days=56), TODAY],
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "usage_daily_once" in plan
