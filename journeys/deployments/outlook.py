"""How deployments stand: their schedules and three figures, for many of them by the same few queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Count, Q, Sum

from accounts.calendar import add_business_days, business_days_between
from accounts.models import Tenant
from journeys.deployments import figures, schedule
from journeys.deployments.figures import Figure, Use
from journeys.deployments.models import (
    Activity,
    Cost,
    Dependency,
    Deployment,
    Escalation,
    Finding,
    PeerReview,
    Severity,
    Status,
    TimeEntry,
)

NONE = Decimal(0)
CANCELLED = Figure(figures.NONE, "Cancelled")


@dataclass(frozen=True)
class Outlook:
    """What the rows say of one deployment today."""

    schedule: schedule.Schedule
    expected_end: dt.date
    days_late: int
    hours: Use
    money: Use
    activities: int
    done: int
    late: int
    time: Figure
    budget: Figure
    quality: Figure
    reviewed: bool

    @property
    def figures(self) -> list[tuple[str, Figure]]:
        return [("Time", self.time), ("Budget", self.budget), ("Quality", self.quality)]


def outlook(deployment: Deployment, tenant: Tenant, today: dt.date) -> Outlook:
    return outlooks([deployment], tenant, today)[deployment.pk]


def outlooks(deployments: Sequence[Deployment], tenant: Tenant, today: dt.date) -> dict[int, Outlook]:
    ids = [deployment.pk for deployment in deployments]
    items = _items(ids, tenant)
    use, quality = _use(ids), _quality(ids)
    return {
        one.pk: _outlook(one, items[one.pk], use[one.pk], quality[one.pk], tenant, today) for one in deployments
    }  # fmt: skip


def items_of(deployment: Deployment, tenant: Tenant) -> list[tuple[Activity, schedule.Item]]:
    return _items([deployment.pk], tenant)[deployment.pk]


def scheduled(
    deployment: Deployment, items: Iterable[schedule.Item], tenant: Tenant, today: dt.date
) -> schedule.Schedule:
    """In the tenant's working days. Raises schedule.Circle."""
    return schedule.laid_out(
        list(items), deployment.begins_on, today,
        shift=partial(_shift, country=tenant.country), between=partial(_between, country=tenant.country),
    )  # fmt: skip


def _shift(day: dt.date, n: int, *, country: str) -> dt.date:
    return add_business_days(day, n, country)


def _between(start: dt.date, end: dt.date, *, country: str) -> int:
    return business_days_between(start, end, country)


def _items(ids: Sequence[int], tenant: Tenant) -> dict[int, list[tuple[Activity, schedule.Item]]]:
    waits: dict[int, list[int]] = defaultdict(list)
    links = Dependency.objects.filter(activity__deployment__in=ids).values_list("activity_id", "after_id")
    for activity_id, after_id in links:
        waits[activity_id].append(after_id)
    found: dict[int, list[tuple[Activity, schedule.Item]]] = defaultdict(list)
    for activity in Activity.objects.filter(deployment__in=ids).select_related("task", "our_owner", "their_owner"):
        item = schedule.Item(
            activity.pk, activity.days, tuple(sorted(waits[activity.pk])), activity.not_before_on,
            activity.finished_on(tenant.zone),
        )  # fmt: skip
        found[activity.deployment_id].append((activity, item))
    return found


def _use(ids: Sequence[int]) -> dict[int, tuple[Decimal, int]]:
    """Hours worked and costs in minor units, by deployment."""
    hours = TimeEntry.objects.filter(deployment__in=ids).order_by().values_list("deployment").annotate(n=Sum("hours"))
    costs = Cost.objects.filter(deployment__in=ids).order_by().values_list("deployment").annotate(n=Sum("amount_minor"))
    worked, spent = dict(hours), dict(costs)
    return {pk: (worked.get(pk, NONE), spent.get(pk, 0)) for pk in ids}


def _quality(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {
        pk: {"verdict": "", "open_findings": 0, "escalations": 0, "critical": 0} for pk in ids
    }
    last = PeerReview.objects.filter(deployment__in=ids).order_by("deployment_id", "-reviewed_on", "-id")
    for pk, verdict in last.distinct("deployment_id").values_list("deployment_id", "verdict"):
        found[pk]["verdict"] = verdict
    findings = Finding.objects.filter(review__deployment__in=ids, settled_on=None).order_by()
    for pk, count in findings.values_list("review__deployment").annotate(n=Count("pk")):
        found[pk]["open_findings"] = count
    raised = Escalation.objects.filter(deployment__in=ids, resolved_on=None).order_by().values_list("deployment")
    for pk, count, critical in raised.annotate(n=Count("pk"), c=Count("pk", filter=Q(severity=Severity.CRITICAL))):
        found[pk] |= {"escalations": count, "critical": critical}
    return found


def _outlook(
    one: Deployment,
    rows: list[tuple[Activity, schedule.Item]],
    use: tuple[Decimal, int],
    quality: dict[str, Any],
    tenant: Tenant,
    today: dt.date,
) -> Outlook:
    plan = scheduled(one, [item for _activity, item in rows], tenant, today)
    end = one.closed_on or plan.expected_end or max(one.planned_end_on, today)
    late = _between(one.planned_end_on, end, country=tenant.country)
    hours, money = _uses(one, [activity for activity, _item in rows], use)
    done = sum(item.done_on is not None for _activity, item in rows)
    return Outlook(
        schedule=plan, expected_end=end, days_late=late, hours=hours, money=money,
        activities=len(rows), done=done,
        late=0 if one.is_over else sum(s.end < today and not s.done for s in plan.slots.values()),
        time=CANCELLED if one.status == Status.CANCELLED else figures.on_time(late, over=one.is_over),
        budget=figures.on_budget(hours, money, over=one.is_over),
        quality=figures.on_quality(**quality), reviewed=bool(quality["verdict"]),
    )  # fmt: skip


def _uses(one: Deployment, activities: list[Activity], use: tuple[Decimal, int]) -> tuple[Use, Use]:
    worked, spent = use
    waiting = [activity for activity in activities if not activity.is_done]
    estimated = [activity.hours for activity in waiting if activity.hours is not None]
    remaining = sum(estimated, NONE) if len(estimated) == len(waiting) and activities else None
    share = Decimal(len(activities) - len(waiting)) / len(activities) if activities else NONE
    expected = figures.expected_use(worked, remaining, share, over=one.is_over)
    rate = Decimal(one.rate_minor or 0)
    hours = Use(worked, expected, one.budget_hours)
    planned = None if one.budget_minor is None else Decimal(one.budget_minor)
    return hours, Use(spent + worked * rate, spent + expected * rate, planned)
