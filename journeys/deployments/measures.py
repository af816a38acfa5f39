"""How well deployments go, over a quarter: each measure is a condition over rows, so that its rows can be shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
)

from journeys.deployments.models import DeploymentQuerySet, Integration, PeerReview, Status, TimeEntry
from journeys.deployments.quarters import Quarter

LONG = dt.timedelta(days=90)


@dataclass(frozen=True)
class Measure:
    """`of`: out of which; `met`: which of them count. Half-open span [start, end)."""

    code: str
    label: str
    says: str

    def of(self, start: dt.date, end: dt.date) -> Q:
        closed = Q(status=Status.CLOSED, closed_on__gte=start, closed_on__lt=end)
        if self.code == "long_closed":
            return _lasted_long(start, end)
        if self.code == "on_budget":
            return closed & Q(budget_hours__isnull=False)
        return closed

    def met(self, start: dt.date, end: dt.date) -> Q:
        return {
            "long_closed": Q(status=Status.CLOSED, closed_on__lt=end),
            "under_90": Q(lasted__lt=LONG),
            "reviewed": Q(reviewed=True),
            "on_time": Q(closed_on__lte=F("planned_end_on")),
            "on_budget": Q(worked__lte=F("budget_hours")) | Q(worked=None),
        }[self.code]


MEASURES = (
    Measure("long_closed", "Long ones closed", "Of those that had run for 90 days or more, closed in the quarter"),
    Measure("under_90", "Closed under 90 days", "Of those closed in the quarter"),
    Measure("reviewed", "Peer-reviewed", "Of those closed in the quarter"),
    Measure("on_time", "Closed on time", "Of those closed in the quarter, by the agreed end"),
    Measure("on_budget", "Closed in their hours", "Of those closed in the quarter that had a budget of hours"),
)
BY_CODE = {measure.code: measure for measure in MEASURES}
INTEGRATIONS = "integrations"


@dataclass(frozen=True)
class Share:
    """So many of so many; a share where there are any."""

    met: int
    of: int

    @property
    def share(self) -> float | None:
        return self.met / self.of if self.of else None


@dataclass(frozen=True)
class Line:
    """A quarter, a lead or a product with its figures in the order of MEASURES, and its integrations."""

    key: str
    label: str
    counts: list[tuple[Measure, Share]]
    integrations: int


def _lasted_long(start: dt.date, end: dt.date) -> Q:
    """Ran for 90 days at some moment of the span."""
    still = Q(closed_on=None) | Q(closed_on__gte=start, lasted__gte=LONG)
    return Q(started_on__lte=end - LONG) & still & ~Q(status=Status.CANCELLED)


def with_facts(rows: DeploymentQuerySet) -> DeploymentQuerySet:
    """Adds `lasted`, `reviewed` and `worked`."""
    worked = TimeEntry.objects.filter(deployment=OuterRef("pk")).order_by().values("deployment")
    found: DeploymentQuerySet = rows.annotate(
        lasted=ExpressionWrapper(F("closed_on") - F("started_on"), output_field=DurationField()),
        reviewed=Exists(PeerReview.objects.filter(deployment=OuterRef("pk"))),
        worked=Subquery(worked.annotate(n=Sum("hours")).values("n")),
    )
    return found


def by_quarter(rows: DeploymentQuerySet, quarters: Iterable[Quarter], today: dt.date) -> list[Line]:
    """One query for the measures of all quarters, one for their integrations."""
    spans = {quarter.name: _span(quarter, today) for quarter in quarters}
    labels = {quarter.name: quarter.label for quarter in quarters}
    wanted = {
        f"{code}_{name.replace('-', '_')}": count
        for name, span in spans.items()
        for code, count in _counts(*span).items()
    }
    said = with_facts(rows.order_by()).aggregate(**wanted)
    plugged = Integration.objects.filter(deployment__in=rows.order_by()).aggregate(
        **{name.replace("-", "_"): Count("pk", filter=_completed(*span)) for name, span in spans.items()}
    )
    return [
        _line(name, labels[name], {code: said[f"{code}_{name.replace('-', '_')}"] for code in _counts(*span)},
              plugged[name.replace("-", "_")])
        for name, span in spans.items()
    ]  # fmt: skip


def by_group(rows: DeploymentQuerySet, quarter: Quarter, today: dt.date, group: str) -> list[Line]:
    """The same of one quarter, by lead or by product."""
    span = _span(quarter, today)
    said = with_facts(rows.order_by()).values(f"{group}_id", f"{group}__name").annotate(**_counts(*span))
    plugged = dict(
        Integration.objects.filter(_completed(*span), deployment__in=rows.order_by())
        .order_by()
        .values_list(f"deployment__{group}_id")
        .annotate(n=Count("pk"))
    )
    lines = [
        _line(str(row[f"{group}_id"] or "none"), row[f"{group}__name"] or "None", row,
              plugged.get(row[f"{group}_id"], 0))
        for row in said
    ]  # fmt: skip
    told = [line for line in lines if line.integrations or any(count.of for _measure, count in line.counts)]
    return sorted(told, key=lambda line: (line.key == "none", line.label))


def rows_of(rows: DeploymentQuerySet, measure: Measure, quarter: Quarter, today: dt.date) -> DeploymentQuerySet:
    """Those that the number is out of, each with `counts`: whether it is among those that count."""
    span = _span(quarter, today)
    found: DeploymentQuerySet = with_facts(rows).filter(measure.of(*span))
    ids = with_facts(rows.order_by()).filter(measure.of(*span)).filter(measure.met(*span)).values("pk")
    return found.annotate(counts=ExpressionWrapper(Q(pk__in=ids), output_field=BooleanField()))


def integrations_of(rows: DeploymentQuerySet, quarter: Quarter, today: dt.date) -> Any:
    return Integration.objects.filter(_completed(*_span(quarter, today)), deployment__in=rows.order_by())


def _span(quarter: Quarter, today: dt.date) -> tuple[dt.date, dt.date]:
    """Until the day after today in the quarter that runs."""
    return quarter.start, min(quarter.end, today + dt.timedelta(days=1))


def _completed(start: dt.date, end: dt.date) -> Q:
    return Q(completed_on__gte=start, completed_on__lt=end)


def _counts(start: dt.date, end: dt.date) -> dict[str, Count]:
    found: dict[str, Count] = {}
    for measure in MEASURES:
        of = measure.of(start, end)
        found[f"{measure.code}_of"] = Count("pk", filter=of)
        found[f"{measure.code}_met"] = Count("pk", filter=of & measure.met(start, end))
    return found


def _line(key: str, label: str, said: Any, integrations: int) -> Line:
    counts = [(m, Share(said[f"{m.code}_met"], said[f"{m.code}_of"])) for m in MEASURES]
    return Line(key, label, counts, integrations)
