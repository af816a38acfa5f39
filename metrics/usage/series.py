"""Figures of days as pages and callers read them: one metric over a stretch of days, held against the one before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Max

from accounts.calendar import DAY
from metrics.usage.models import Aggregate, Daily, Metric


@dataclass(frozen=True)
class Series:
    """`values` are the metric's own figure for each `days`, the first day of each step; `now` and `before` its sum over
    the stretch and over the one before it (its mean a day for people, its last for last values)."""

    metric: Metric
    days: list[dt.date]
    values: list[float]
    now: float | None
    before: float | None
    people: float
    last_seen: dt.date | None

    @property
    def change(self) -> float | None:
        """In percent; None where there was nothing before."""
        if not self.before or self.now is None:
            return None
        return round(100 * (self.now - self.before) / self.before, 1)


def of_account(account_id: int, *, today: dt.date, days: int, step: int) -> list[Series]:
    """Every active metric over the `days` up to today, in steps of so many days. Three queries."""
    first = today - DAY * (days - 1)
    metrics = list(Metric.objects.filter(active=True))
    rows = Daily.objects.filter(account_id=account_id, day__gte=first - DAY * days, day__lte=today)
    found: dict[int, dict[dt.date, tuple[Any, ...]]] = {}
    for metric_id, day, *figures in rows.values_list("metric_id", "day", "count", "users", "sum", "last"):
        found.setdefault(metric_id, {})[day] = tuple(figures)
    newest = _last_seen(account_id, [metric.pk for metric in metrics])
    return [_series(metric, found.get(metric.pk, {}), newest.get(metric.pk), first, days, step) for metric in metrics]


def figure(metric: Metric, row: tuple[Any, ...]) -> Decimal | int | None:
    """What the metric means, out of count, users, sum and last."""
    count, users, total, last = row
    return {Aggregate.COUNT: count, Aggregate.USERS: users, Aggregate.SUM: total, Aggregate.LAST: last}[
        Aggregate(metric.aggregate)
    ]


def _series(
    metric: Metric,
    rows: dict[dt.date, tuple[Any, ...]],
    last_seen: dt.date | None,
    first: dt.date,
    days: int,
    step: int,
) -> Series:
    known = {day: float(value) for day, row in rows.items() if (value := figure(metric, row)) is not None}
    span = [first + DAY * n for n in range(days)]
    earlier = [day - DAY * days for day in span]
    starts = span[days % step :: step]
    people = [rows[day][1] for day in span if day in rows]
    return Series(
        metric=metric,
        days=starts,
        values=_steps(metric, known, starts, step),
        now=_whole(metric, known, span),
        before=_whole(metric, known, earlier),
        people=sum(people) / len(people) if people else 0.0,
        last_seen=last_seen,
    )


def _steps(metric: Metric, known: dict[dt.date, float], starts: list[dt.date], step: int) -> list[float]:
    values, carried = [], 0.0
    for start in starts:
        inside = [known[day] for n in range(step) if (day := start + DAY * n) in known]
        if metric.aggregate == Aggregate.LAST:
            carried = inside[-1] if inside else carried
            values.append(carried)
        elif metric.aggregate == Aggregate.USERS:
            values.append(max(inside, default=0.0))
        else:
            values.append(sum(inside))
    return values


def _whole(metric: Metric, known: dict[dt.date, float], days: Iterable[dt.date]) -> float | None:
    inside = [known[day] for day in days if day in known]
    if metric.aggregate == Aggregate.LAST:
        return inside[-1] if inside else None
    if metric.aggregate == Aggregate.USERS:
        return sum(inside) / len(inside) if inside else 0.0
    return sum(inside)


def _last_seen(account_id: int, metrics: list[int]) -> dict[int, dt.date]:
    rows = Daily.objects.filter(account_id=account_id, metric_id__in=metrics, count__gt=0).order_by()
    return dict(rows.values_list("metric_id").annotate(last=Max("day")))
