"""What was known of every account, week by week, as nightly rounds would have kept it for the last fifteen months."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from accounts.actions import external_facts, fact_values, knowledge
from accounts.calendar import DAY, local_midnight, local_today
from accounts.models import Account
from csom.demo import health, maturity
from csom.demo.stage import Stage
from csom.demo.words import seeded

WEEK = 7 * DAY
WEEKS = 65
FACTS = (
    {
        "key": "open_critical_tickets",
        "label": "Open critical tickets",
        "type": "number",
        "unit": "tickets",
        "fresh_days": 21,
    },
    {"key": "invoices_overdue", "label": "Invoices overdue", "type": "number", "unit": "invoices", "fresh_days": 45},
    {"key": "merger_announced_on", "label": "Merger announced", "type": "date"},
    {"key": "price_change_on", "label": "Next price change", "type": "date"},
    {"key": "nps", "label": "NPS", "type": "number", "unit": "points", "fresh_days": 200},
)
# What the tales wrote down today was known when its plan, or the search for its event, began.
WRITTEN = (
    "UPDATE plans_objective o SET created_at = p.created_at FROM plans_plan p"
    " WHERE o.tenant_id = %(tenant)s AND p.tenant_id = o.tenant_id AND p.id = o.plan_id",
    "UPDATE plans_step s SET created_at = p.created_at FROM plans_plan p"
    " WHERE s.tenant_id = %(tenant)s AND p.tenant_id = s.tenant_id AND p.id = s.plan_id",
    "UPDATE critical_events_criticalevent SET created_at = least(created_at, (happens_on - 120)::timestamptz)"
    " WHERE tenant_id = %(tenant)s",
    "UPDATE critical_events_timelinestep s SET created_at = e.created_at FROM critical_events_criticalevent e"
    " WHERE s.tenant_id = %(tenant)s AND e.tenant_id = s.tenant_id AND e.id = s.event_id",
    "UPDATE usage_intake SET last_received_at = %(now)s WHERE tenant_id = %(tenant)s AND last_received_at IS NULL",
)


def remember(stage: Stage) -> None:
    """Inside the workspace's context, after all tales and before any play is on."""
    _run(stage, *WRITTEN)
    admin = stage.by_role["admin"][0]
    for values in FACTS:
        external_facts.define(values, by=admin)
    health.begin(stage)
    maturity.begin(stage)
    known: list[int] = []
    for at in _rounds(stage):
        day = local_today(stage.tenant, at)
        if known:
            knowledge.seen(known, day - DAY)
        known = list(Account.objects.filter(created_at__lte=at).order_by("pk").values_list("pk", flat=True))
        _send(stage, known, at, day)
        health.go_on(stage, at, known)
        maturity.go_on(stage, at, known)
        knowledge.follow(known, tenant=stage.tenant, at=at)
        knowledge.seen(known, day)
    # All that was told on the way is known by now.
    while knowledge.take(stage.now, most=10_000):
        pass
    health.finish(stage)


def _rounds(stage: Stage) -> list[dt.datetime]:
    """The first minute of a day a week, and this moment; the months that their versions end in are made ready."""
    days = [stage.today - WEEK * n for n in range(WEEKS, 0, -1)]
    months = sorted({day.replace(day=1) for day in [*days, stage.today]})
    with connection.cursor() as cursor:
        for month in months:
            cursor.execute("SELECT accounts_pastfacts_ensure_month(%s)", [month])
    return [local_midnight(stage.tenant, day) + dt.timedelta(minutes=1) for day in days] + [stage.now]


def _send(stage: Stage, known: list[int], at: dt.datetime, day: dt.date) -> None:
    """The help desk counts once a week, billing sends what is overdue, and every quarter some answer a survey."""
    rows: list[dict[str, Any]] = []
    rng = seeded(stage.spec["workspace"]["slug"], "facts", (stage.today - day).days)
    for pk in known:
        fate = stage.fate_of(pk)
        mood, late = fate.mood_on(day), fate.shows("invoices", day)
        if rng.random() < 0.5:
            rows.append(
                _row(pk, "open_critical_tickets", min(9, int(rng.expovariate(1.6 if mood > 0.3 else 0.5))), day)
            )
        if rng.random() < (0.2 if late else 0.05):
            rows.append(_row(pk, "invoices_overdue", rng.randint(1, 3) if late or rng.random() < 0.08 else 0, day))
        if rng.random() < 0.03:
            rows.append(_row(pk, "nps", max(0, min(10, round(mood * 7 + rng.random() * 4))), day))
        if rng.random() < 0.0006:
            rows.append(_row(pk, "merger_announced_on", day - DAY * rng.randint(1, 9), day))
        if pk % 17 == 0 and stage.today - day < 3 * WEEK:
            rows.append(_row(pk, "price_change_on", stage.today + 100 * DAY, day))
    if rows:
        fact_values.push(rows, reader=None, today=day, now=at)


def _row(pk: int, key: str, value: Any, day: dt.date) -> dict[str, Any]:
    said = value.isoformat() if isinstance(value, dt.date) else value
    return {"account_id": pk, "key": key, "value": said, "observed_on": day}


def _run(stage: Stage, *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, {"tenant": stage.tenant.pk, "now": stage.now})
