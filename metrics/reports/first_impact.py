"""Time to First Impact over many accounts: how long until, who is still waiting, by whom and since when."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    CharField,
    Count,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat, ExtractQuarter, ExtractYear, Greatest, TruncDate

from accounts.models import Phase
from accounts.models.account import AccountQuerySet
from journeys.onboarding.models import FirstImpact, Handoff
from metrics.survival import Curve, curve

# Rows of FirstImpact with what the report adds to them.
Waits = QuerySet[Any]
MARKS = (30, 60, 90)
SINCE = {"commit": "Mutual commitment", "kickoff": "Kickoff"}

COHORT = Concat(
    Cast(ExtractYear("committed_on"), CharField()),
    Value(" Q"),
    Cast(ExtractQuarter("committed_on"), CharField()),
    output_field=CharField(),
)
# What a journey's row is grouped by. An account with several products counts in each of them.
GROUPS: dict[str, tuple[str, Any]] = {
    "segment": ("Segment", F("account__segment")),
    "product": ("Product", F("account__contracts__lines__product__name")),
    "csm": ("CSM", F("account__csm__name")),
    "cohort": ("Quarter of commitment", COHORT),
}


class Days(Func):
    """From the second day to the first, as PostgreSQL subtracts dates."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


@dataclass(frozen=True)
class Line:
    """One group; `label` is what its accounts have in common, empty where they have nothing there."""

    label: str
    curve: Curve


def waits(accounts: AccountQuerySet, *, since: str, today: dt.date, zone: zoneinfo.ZoneInfo) -> Waits:
    """One row per journey that has begun to count, with days `waited` and `there`: whether it is over.

    A journey that ended without its First Impact waited until it ended. From the kickoff: only those that had one.
    """
    start = "committed_on" if since == "commit" else "kickoff_on"
    ended = TruncDate("journey__ended_at", tzinfo=zone)
    until = Coalesce("reached_on", ended, Value(today), output_field=DateField())
    rows: Waits = FirstImpact.objects.filter(account__in=accounts.order_by().values("pk"), **{f"{start}__lte": today})
    return rows.annotate(
        waited=Greatest(Days(until, F(start)), Value(0)),
        there=Q(reached_on__isnull=False),
    ).order_by()


def coming(accounts: AccountQuerySet) -> int:
    """How many have committed and don't count yet: nobody has accepted their handoff."""
    handed = Handoff.objects.open().filter(account=OuterRef("pk"))
    return accounts.filter(Exists(handed), phase=Phase.COMMIT).count()


def overall(rows: Waits) -> Curve:
    """All of them, each once."""
    return _curve(rows.values_list("waited", "there").annotate(n=Count("pk")))


def by_group(rows: Waits, group: str) -> list[Line]:
    """One line per group by its label, in one statement whatever the number of accounts."""
    counted = grouped(rows, group).values_list("label", "waited", "there").annotate(n=Count("pk", distinct=True))
    lines: dict[str, list[tuple[int, bool, int]]] = {}
    for label, days, there, n in counted:
        lines.setdefault(label, []).append((days, there, n))
    return [Line(label, _curve(lines[label])) for label in sorted(lines, key=lambda text: (not text, text.casefold()))]


def grouped(rows: Waits, group: str) -> Waits:
    """The same rows with `label`, the empty text where there is none."""
    return rows.annotate(label=Coalesce(GROUPS[group][1], Value(""), output_field=CharField()))


def _curve(counted: Iterable[tuple[int, bool, int]]) -> Curve:
    days: list[int] = []
    reached: list[bool] = []
    for waited, there, n in counted:
        days += [waited] * n
        reached += [there] * n
    return curve(days, reached)
